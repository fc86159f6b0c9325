import type { FieldProblem } from "./problem.ts";

/** A field that is needed and not there; `values` are what it may be. */
export function required(pointer: string, values?: string[]): FieldProblem {
  const hint = values ? `Add it: ${quoted(values)}.` : "Add it.";
  return { pointer, rule: "required", message: `${nameOf(pointer)} is missing.`, hint };
}

/** A field that nobody reads; `known` are those that are read there. */
export function unknownField(pointer: string, known: string[]): FieldProblem {
  const hint = known.length > 0 ? `Remove it, or use ${quoted(known)}.` : "Remove it.";
  return { pointer, rule: "unknown_field", message: `There is no field ${nameOf(pointer)} here.`, hint };
}

/** A value that is not of the `wanted` type. */
export function wrongType(pointer: string, value: unknown, wanted: string): FieldProblem {
  const actual = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const message = `${nameOf(pointer)} must be ${wanted}; it is ${actual === "object" || actual === "array" ? "an" : "a"} ${actual}.`;
  const hint = `Give ${wanted}, or leave it out where it is optional.`;
  return { pointer, rule: "type", limit: wanted, actual, message: message.replace("a null", "null"), hint };
}

/** A text that is none of the few that exist. */
export function notOneOf(pointer: string, value: string, values: readonly string[]): FieldProblem {
  const message = `${nameOf(pointer)} is none of the values that exist.`;
  const limit = values.join(", ");
  return {
    pointer,
    rule: "one_of",
    limit,
    actual: value.slice(0, 80),
    message,
    hint: `Use ${quoted(values)}.`,
  };
}

/** A list of names for a sentence. */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

/** A field's own name, quoted, for sentences about it. */
export function nameOf(pointer: string): string {
  if (pointer === "") return "The body";
  const steps = pointer.split("/");
  // A place in a list says nothing by itself: `buttons/0`.
  const last = steps.slice(/^\d+$/.test(steps.at(-1)!) ? -2 : -1).join("/");
  return `\`${last.replaceAll("~1", "/").replaceAll("~0", "~").slice(0, 80)}\``;
}
