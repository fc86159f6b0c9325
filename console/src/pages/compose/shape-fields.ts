import { isObject } from "../../../../src/core/json.ts";
import { requestLimits, type SizeLimit, sizeLimits, typeOf } from "../../../../src/core/limits.ts";
import { sendShape } from "../../../../src/core/message-shape.ts";
import type { ObjectShape, Shape } from "../../../../src/core/shape.ts";
import { steps } from "./value.ts";

/** A field that an object may have. */
export interface ShapeField {
  name: string;
  shape: Shape;
  required: boolean;
}

/** The body that is written here: the channel and the recipient are chosen when it is sent. */
export const bodyShape: ObjectShape = {
  is: "object",
  required: { content: sendShape.required.content! },
  optional: { ...sendShape.optional, from: sendShape.required.from!, to: sendShape.required.to! },
};

/** The member of a choice that a value is; undefined while it is none of them. */
export function memberOf(
  shape: Extract<Shape, { is: "variant" | "either" }>,
  value: unknown,
): string | undefined {
  if (!isObject(value)) return undefined;
  if (shape.is === "variant") {
    const type = String(value.type);
    return Object.hasOwn(shape.of, type) ? type : undefined;
  }
  return Object.keys(shape.of).find((name) => Object.hasOwn(value, name));
}

/** The fields that a value of this shape may have, given what it holds already. */
export function fieldsOf(shape: Shape, value: unknown): ShapeField[] {
  if (shape.is === "object") return listed(shape);
  if (shape.is !== "variant" && shape.is !== "either") return [];
  const member = memberOf(shape, value);
  if (member !== undefined) return listed(shape.of[member]!);
  const all = new Map(
    Object.values(shape.of)
      .flatMap(listed)
      .map((field) => [field.name, field]),
  );
  // Whoever has not said which one it is may begin with what tells them apart.
  const first = shape.is === "variant" ? ["type"] : Object.keys(shape.of);
  return first.map((name) => {
    const values = shape.is === "variant" ? Object.keys(shape.of) : undefined;
    const found: Shape = values ? { is: "string", values } : all.get(name)!.shape;
    return { name, shape: found, required: true };
  });
}

function listed(shape: ObjectShape): ShapeField[] {
  const of = (fields: Record<string, Shape>, required: boolean) =>
    Object.entries(fields).map(([name, field]) => ({ name, shape: field, required }));
  return [...of(shape.required, true), ...of(shape.optional, false)];
}

/** The shape of what stands, or may stand, at a pointer into a body. */
export function shapeAt(body: unknown, pointer: string): Shape | undefined {
  return steps(pointer).reduce<{ shape?: Shape; value: unknown }>(
    ({ shape, value }, step) => ({
      shape: shape && shapeBelow(shape, value, step),
      value: inside(value, step),
    }),
    { shape: bodyShape, value: body },
  ).shape;
}

function shapeBelow(shape: Shape, value: unknown, step: string): Shape | undefined {
  if (shape.is === "list") return shape.of;
  // The `type` of a variant may be any of its members, whichever it is now.
  if (shape.is === "variant" && step === "type") return { is: "string", values: Object.keys(shape.of) };
  if (shape.is === "either" && Object.hasOwn(shape.of, step)) return shape.of[step]!.required[step];
  return fieldsOf(shape, value).find(({ name }) => name === step)?.shape;
}

function inside(value: unknown, step: string): unknown {
  if (Array.isArray(value)) return value[Number(step)];
  return isObject(value) ? value[step] : undefined;
}

/** The limits that hold at a pointer into a body. */
export function limitsAt(body: Record<string, unknown>, pointer: string): SizeLimit[] {
  const pattern = pointer.replace(/\/\d+(?=\/|$)/g, "/*");
  if (!pattern.startsWith("/content")) return requestLimits.filter(({ at }) => at === pattern);
  const found = isObject(body.content) ? typeOf(body.content) : undefined;
  if (!found) return [];
  const root = `/content/${found.key}`;
  return sizeLimits[found.type].filter(({ at }) => `${root}${at}` === pattern);
}
