/** What a string must look like besides its length. */
export type Form = "filled" | "trimmed" | "https_url" | "web_url" | "emoji" | "no_emoji";

/** An object with exactly these fields: any other is refused. */
export interface ObjectShape {
  is: "object";
  required: Record<string, Shape>;
  optional: Record<string, Shape>;
}

/** The structure of JSON, without sizes: those are in `limits.ts`. */
export type Shape =
  | { is: "string"; values?: readonly string[]; form?: Form }
  | { is: "number"; whole?: true }
  | { is: "boolean" }
  | { is: "list"; of: Shape }
  /** An object of strings under free names. */
  | { is: "strings" }
  /** An object of any JSON. */
  | { is: "json" }
  | ObjectShape
  /** Objects that say by their `type` which one they are. */
  | { is: "variant"; of: Record<string, ObjectShape> }
  /** Objects told apart by the one key of these that they have. */
  | { is: "either"; of: Record<string, ObjectShape> };

export const string: Shape = { is: "string" };
export const filled: Shape = { is: "string", form: "filled" };
/** An id of the caller's own: it comes back as it was given, so it may not be trimmed on the way. */
export const id: Shape = { is: "string", form: "trimmed" };
export const boolean: Shape = { is: "boolean" };
export const number: Shape = { is: "number" };
export const whole: Shape = { is: "number", whole: true };
export const strings: Shape = { is: "strings" };
export const json: Shape = { is: "json" };

export function oneOf(...values: string[]): Shape {
  return { is: "string", values };
}

export function formed(form: Form): Shape {
  return { is: "string", form };
}

export function list(of: Shape): Shape {
  return { is: "list", of };
}

export function object(required: Record<string, Shape>, optional: Record<string, Shape> = {}): ObjectShape {
  return { is: "object", required, optional };
}

export function variant(of: Record<string, ObjectShape>): Shape {
  return { is: "variant", of };
}

export function either(of: Record<string, ObjectShape>): Shape {
  return { is: "either", of };
}
