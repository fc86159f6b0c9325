import { nameOf } from "./field-problems.ts";
import { isObject, pointerStep } from "./json.ts";
import type { SizeLimit, Uniqueness } from "./limits.ts";
import type { FieldProblem, Unit } from "./problem.ts";
import { codePoints, measure } from "./text.ts";

/** A value and the pointer to it. */
export type Place = [pointer: string, value: unknown];

interface Step {
  name: string;
  /** As it stands in a pointer. */
  pointer: string;
}

/** Of the rules' own patterns, which are few and the same for every message. */
const stepsOf = new Map<string, readonly Step[]>();

/** The steps of such a pattern. */
export function stepsIn(pattern: string): readonly Step[] {
  const known = stepsOf.get(pattern);
  if (known) return known;
  const names = pattern === "" ? [] : pattern.slice(1).split("/");
  const steps = names.map((name) => ({ name, pointer: pointerStep(name) }));
  stepsOf.set(pattern, steps);
  return steps;
}

/** Every value under `root` that a pointer pattern names, `*` standing for every index of an array. */
export function placesAt(root: unknown, pattern: string, pointer = ""): Place[] {
  const places: Place[] = [];
  descend({ steps: stepsIn(pattern), places }, 0, [pointer, root]);
  return places;
}

function descend(
  walk: { steps: readonly Step[]; places: Place[] },
  from: number,
  [pointer, root]: Place,
): void {
  let [at, value] = [pointer, root];
  for (let index = from; index < walk.steps.length; index++) {
    const step = walk.steps[index]!;
    if (step.name === "*") {
      if (!Array.isArray(value)) return;
      for (const [n, item] of value.entries()) descend(walk, index + 1, [at + pointerStep(n), item]);
      return;
    }
    if (!isObject(value) || !Object.hasOwn(value, step.name)) return;
    value = value[step.name];
    at += step.pointer;
  }
  walk.places.push([at, value]);
}

/** The problem of one value with one limit; none for a value of another type, which is told elsewhere. */
export function sizeProblem(limit: SizeLimit, [pointer, value]: Place): FieldProblem | undefined {
  const actual = sizeOf(value, limit.unit);
  if (actual === undefined) return undefined;
  if (limit.max !== undefined && actual > limit.max) return outside(pointer, limit, actual, "max");
  if (limit.min !== undefined && actual < limit.min) return outside(pointer, limit, actual, "min");
  if (limit.min && typeof value === "string" && value.trim() === "") return blank(pointer);
  return undefined;
}

function sizeOf(value: unknown, unit: Unit | undefined): number | undefined {
  if (unit === undefined) return typeof value === "number" ? value : undefined;
  if (unit === "items") return Array.isArray(value) ? value.length : undefined;
  return typeof value === "string" ? measure(value, unit) : undefined;
}

function outside(pointer: string, limit: SizeLimit, actual: number, side: "min" | "max"): FieldProblem {
  const { unit } = limit;
  const bound = limit[side]!;
  const sized = unit ? `has ${actual} ${words(unit, actual)}; it must have` : `is ${actual}; it must be`;
  const reach = side === "max" ? "at most" : "at least";
  const change = unit === "items" ? ["Add some.", "Remove some."] : ["Make it longer.", "Make it shorter."];
  const hint = unit ? change[side === "max" ? 1 : 0] : `Use a number from ${limit.min} to ${limit.max}.`;
  return {
    pointer,
    rule: ruleOf(unit, side),
    limit: bound,
    actual,
    ...(unit && { unit }),
    message: `${nameOf(pointer)} ${sized} ${reach} ${bound}.`,
    hint,
  };
}

function ruleOf(unit: Unit | undefined, side: "min" | "max"): string {
  if (unit === undefined) return side === "max" ? "maximum" : "minimum";
  return `${side}_${unit === "code_points" ? "length" : unit}`;
}

function words(unit: Unit, count: number): string {
  const name = unit === "code_points" ? "characters" : unit.replace("_", " ");
  return count === 1 ? name.replace(/s$/, "") : name;
}

function blank(pointer: string): FieldProblem {
  const message = `${nameOf(pointer)} holds nothing but white space.`;
  return { pointer, rule: "blank", message, hint: "Write something that can be seen." };
}

/** A label that fits by characters and not by UTF-16 units: no source says which of the two is counted. */
export function utf16Warning(limit: SizeLimit, [pointer, value]: Place): FieldProblem | undefined {
  // Longer texts are cut nowhere near their limit; labels are where clients and servers disagree.
  const isLabel = limit.unit === "code_points" && limit.max !== undefined && limit.max <= 72;
  if (!isLabel || typeof value !== "string" || value.length <= limit.max!) return undefined;
  if (codePoints(value) > limit.max!) return undefined;
  const message = `${nameOf(pointer)} fits by characters, but has ${value.length} UTF-16 units.`;
  const hint = "A platform that counts UTF-16 units would refuse it: use fewer emoji.";
  return { pointer, rule: "utf16_length", limit: limit.max!, actual: value.length, message, hint };
}

/** Values that repeat an earlier one (problems), or that differ from it only by case (warnings). */
export function repetitions(rule: Uniqueness, root: unknown, pointer: string) {
  const problems: FieldProblem[] = [];
  const warnings: FieldProblem[] = [];
  for (const [within, scope] of placesAt(root, rule.within, pointer)) {
    const exact = new Map<unknown, string>();
    const folded = new Map<unknown, string>();
    for (const [at, value] of placesAt(scope, rule.each, within)) {
      // An empty value breaks its length rule already.
      if ((typeof value !== "string" && typeof value !== "number") || value === "") continue;
      const key = rule.caseMatters ? String(value).toLowerCase() : value;
      if (exact.has(value)) problems.push(repeated(at, exact.get(value)!));
      else if (folded.has(key)) warnings.push(nearlyRepeated(at, folded.get(key)!));
      exact.set(value, exact.get(value) ?? at);
      folded.set(key, folded.get(key) ?? at);
    }
  }
  return { problems, warnings };
}

function repeated(pointer: string, first: string): FieldProblem {
  const message = `${nameOf(pointer)} repeats the value of ${first}.`;
  return { pointer, rule: "unique", message, hint: "Give every one a value of its own." };
}

function nearlyRepeated(pointer: string, first: string): FieldProblem {
  const message = `${nameOf(pointer)} differs from ${first} only by case.`;
  return {
    pointer,
    rule: "unique_ignoring_case",
    message,
    hint: "WhatsApp has refused such pairs: word them apart.",
  };
}
