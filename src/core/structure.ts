import { nameOf, notOneOf, quoted, required, unknownField, wrongType } from "./field-problems.ts";
import { badCharacters, checkForm, isCarried, isFormed } from "./form.ts";
import { isObject, pointerStep } from "./json.ts";
import type { FieldProblem } from "./problem.ts";
import type { Form, ObjectShape, Shape } from "./shape.ts";

/** Names that could reach an object's prototype in a careless reader: refused even where names are free. */
const forbiddenNames = new Set(["__proto__", "constructor", "prototype"]);

/** Every place where `value` departs from `shape`; one mistake is one problem. */
export function checkStructure(shape: Shape, value: unknown, pointer: string): FieldProblem[] {
  switch (shape.is) {
    case "string":
      return checkString(shape, value, pointer);
    case "number":
      return checkNumber(shape, value, pointer);
    case "boolean":
      return typeof value === "boolean" ? [] : [wrongType(pointer, value, "true or false")];
    case "list":
      if (!Array.isArray(value)) return [wrongType(pointer, value, "an array")];
      return value.flatMap((item, index) => checkStructure(shape.of, item, pointer + pointerStep(index)));
    case "strings":
    case "json":
      if (!isObject(value)) return [wrongType(pointer, value, "an object")];
      return checkFree(value, pointer, shape.is === "strings");
    default:
      return checkObject(shape, value, pointer);
  }
}

function checkObject(
  shape: Extract<Shape, { is: "object" | "variant" | "either" }>,
  value: unknown,
  pointer: string,
) {
  if (!isObject(value)) return [wrongType(pointer, value, "an object")];
  if (shape.is === "variant") return checkVariant(shape.of, value, pointer);
  if (shape.is === "either") return checkEither(shape.of, value, pointer);
  return checkFields(shape, value, pointer);
}

/** Whether `checkStructure` finds nothing: the same rules, without a word for any of them. */
export function fitsStructure(shape: Shape, value: unknown): boolean {
  switch (shape.is) {
    case "string":
      return typeof value === "string" && fitsString(shape, value);
    case "number":
      return isNumber(shape, value);
    case "boolean":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value) && value.every((item) => fitsStructure(shape.of, item));
    case "strings":
    case "json":
      return checkStructure(shape, value, "").length === 0;
    default:
      return isObject(value) && fitsObject(shape, value);
  }
}

function fitsObject(
  shape: Extract<Shape, { is: "object" | "variant" | "either" }>,
  value: Record<string, unknown>,
): boolean {
  if (shape.is === "object") return fitsFields(shape, value);
  if (shape.is === "variant") {
    const { type } = value;
    if (!Object.hasOwn(value, "type") || typeof type !== "string") return false;
    return Object.hasOwn(shape.of, type) && fitsFields(shape.of[type]!, value);
  }
  let found: ObjectShape | undefined;
  for (const key in shape.of) {
    if (!Object.hasOwn(value, key)) continue;
    if (found) return false;
    found = shape.of[key];
  }
  return found !== undefined && fitsFields(found, value);
}

function fitsFields(shape: ObjectShape, value: Record<string, unknown>): boolean {
  const { required, known } = fieldsIn(shape);
  for (const name of required) if (!Object.hasOwn(value, name)) return false;
  for (const name of Object.keys(value)) {
    const field = known.get(name);
    if (!field || !fitsStructure(field, value[name])) return false;
  }
  return true;
}

function fitsString({ values, form }: { values?: readonly string[]; form?: Form }, value: string): boolean {
  if (values) return values.includes(value);
  return isCarried(value) && (form === undefined || isFormed(form, value));
}

interface Fields {
  required: readonly string[];
  known: ReadonlyMap<string, Shape>;
}

/** Shapes are few and live as long as the process; what they hold is asked for with every message. */
const fieldsOf = new WeakMap<ObjectShape, Fields>();

function fieldsIn(shape: ObjectShape): Fields {
  const before = fieldsOf.get(shape);
  if (before) return before;
  const known = new Map(Object.entries({ ...shape.required, ...shape.optional }));
  const fields = { required: Object.keys(shape.required), known };
  fieldsOf.set(shape, fields);
  return fields;
}

function checkFields(shape: ObjectShape, value: Record<string, unknown>, pointer: string): FieldProblem[] {
  const fields = fieldsIn(shape);
  const problems: FieldProblem[] = [];
  for (const name of fields.required)
    if (!Object.hasOwn(value, name)) problems.push(required(pointer + pointerStep(name)));
  for (const name of Object.keys(value)) {
    const at = pointer + pointerStep(name);
    const field = fields.known.get(name);
    if (!field) problems.push(unknownField(at, [...fields.known.keys()]));
    else for (const problem of checkStructure(field, value[name], at)) problems.push(problem);
  }
  return problems;
}

function checkVariant(
  of: Record<string, ObjectShape>,
  value: Record<string, unknown>,
  pointer: string,
): FieldProblem[] {
  const at = `${pointer}/type`;
  if (!Object.hasOwn(value, "type")) return [required(at, Object.keys(of))];
  const problems = checkString({ values: Object.keys(of) }, value.type, at);
  return problems.length > 0 ? problems : checkFields(of[String(value.type)]!, value, pointer);
}

function checkEither(
  of: Record<string, ObjectShape>,
  value: Record<string, unknown>,
  pointer: string,
): FieldProblem[] {
  const keys = Object.keys(of);
  const present = keys.filter((key) => Object.hasOwn(value, key));
  if (present.length === 1) return checkFields(of[present[0]!]!, value, pointer);
  const known = new Set(
    Object.values(of).flatMap((shape) => Object.keys({ ...shape.required, ...shape.optional })),
  );
  const strangers = Object.keys(value).filter((name) => !known.has(name));
  if (present.length === 0 && strangers.length > 0) {
    return strangers.map((name) => unknownField(pointer + pointerStep(name), keys));
  }
  const message = `${nameOf(pointer)} must have exactly one of ${quoted(keys)}; it has ${present.length}.`;
  const hint = present.length === 0 ? `Add one of ${quoted(keys)}.` : "Keep one and remove the others.";
  return [{ pointer, rule: "exactly_one", limit: 1, actual: present.length, unit: "items", message, hint }];
}

function checkString(
  shape: { values?: readonly string[]; form?: Form },
  value: unknown,
  pointer: string,
): FieldProblem[] {
  if (typeof value !== "string") return [wrongType(pointer, value, "a string")];
  if (shape.values && !shape.values.includes(value)) return [notOneOf(pointer, value, shape.values)];
  return badCharacters(value, pointer) ?? (shape.form ? checkForm(shape.form, value, pointer) : []);
}

function checkNumber(shape: { whole?: true }, value: unknown, pointer: string): FieldProblem[] {
  const wanted = shape.whole ? "a whole number" : "a number";
  return isNumber(shape, value) ? [] : [wrongType(pointer, value, wanted)];
}

function isNumber(shape: { whole?: true }, value: unknown): boolean {
  return typeof value === "number" && (shape.whole ? Number.isSafeInteger(value) : Number.isFinite(value));
}

/** Names are free here, yet never those that reach a prototype, and no text may hold what cannot be carried. */
function checkFree(value: unknown, pointer: string, onlyStrings: boolean): FieldProblem[] {
  if (typeof value === "string") return badCharacters(value, pointer) ?? [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => checkFree(item, pointer + pointerStep(index), false));
  }
  if (!isObject(value)) return [];
  return Object.keys(value).flatMap((name) => {
    const at = pointer + pointerStep(name);
    if (forbiddenNames.has(name)) return [unknownField(at, [])];
    const item = value[name];
    if (onlyStrings && typeof item !== "string") return [wrongType(at, item, "a string")];
    return badCharacters(name, at) ?? checkFree(item, at, onlyStrings);
  });
}
