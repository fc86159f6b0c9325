import { z } from "zod";
import { maxMetadataBytes, requestLimits, type SizeLimit, sizeLimits } from "./limits.ts";
import type { MessageType, RenderOptions, SendRequest } from "./message.ts";
import { contentShape, optionsShape, previewShape, sendShape } from "./message-shape.ts";
import type { ObjectShape, Shape } from "./shape.ts";
import type { PreviewRequest } from "./validate.ts";

/** Where the description of a shape stands: the limits in force, and the pointer that they are keyed by. */
interface Position {
  limits: readonly SizeLimit[];
  at: string;
}

const formNotes = {
  trimmed: "No white space at either end.",
  https_url: "An absolute https URL.",
  web_url: "An absolute https or http URL.",
  no_emoji: "No emoji.",
  emoji: "One emoji; empty takes the reaction back.",
};

/** Content keys hold their object one level down, interactive types are the object itself. */
const contentKeys = new Set(Object.keys(contentShape.is === "either" ? contentShape.of : {}));

const request: Position = { limits: requestLimits, at: "" };

/**
 * The same shapes and limits as `validate.ts`, for JSON Schema and OpenAPI. They describe; they do not judge:
 * zod counts UTF-16 units where JSON Schema and the platforms count code points.
 */
export const sendRequestSchema = describe(sendShape, request) as z.ZodType<SendRequest>;
export const previewRequestSchema = z.union([
  sendRequestSchema,
  describe(previewShape, request),
]) as z.ZodType<PreviewRequest>;

export const optionsSchema = describe(optionsShape, {
  limits: requestLimits,
  at: "/options",
}) as z.ZodType<RenderOptions>;

function describe(shape: Shape, here: Position): z.ZodType {
  switch (shape.is) {
    case "string":
      return describeString(shape, here);
    case "number":
      return describeNumber(shape.whole === true, here);
    case "boolean":
      return z.boolean();
    case "list":
      return describeList(shape.of, here);
    case "strings":
      return z.record(z.string(), z.string()).describe(`At most ${maxMetadataBytes} bytes as JSON.`);
    case "json":
      return z.record(z.string(), z.unknown());
    case "object":
      return describeObject(shape, here);
    default:
      return describeUnion(Object.entries(shape.of), here);
  }
}

function describeUnion(members: [string, ObjectShape][], here: Position): z.ZodType {
  const schemas = members.map(([name, member]) => describeObject(member, enter(name, here)));
  return schemas.length === 1 ? schemas[0]! : z.union(schemas);
}

/** Limits are keyed by message type: a union's member of that name starts a new set of them. */
function enter(name: string, here: Position): Position {
  const isType = Object.hasOwn(sizeLimits, name) && here.at === "" && here.limits.length === 0;
  return isType ? { limits: sizeLimits[name as MessageType], at: contentKeys.has(name) ? "-" : "" } : here;
}

function below({ limits, at }: Position, step: string): Position {
  return { limits, at: at === "-" ? "" : `${at}/${step}` };
}

function describeObject(shape: ObjectShape, here: Position): z.ZodType {
  const fields: Record<string, z.ZodType> = {};
  for (const [name, field] of Object.entries(shape.required))
    fields[name] = describe(field, fieldPosition(name, here));
  for (const [name, field] of Object.entries(shape.optional)) {
    fields[name] = describe(field, fieldPosition(name, here)).optional();
  }
  return z.strictObject(fields);
}

function fieldPosition(name: string, here: Position): Position {
  // The content of a request and the interactive object have limits of their own, not those around them.
  return name === "content" || name === "interactive" ? { limits: [], at: "" } : below(here, name);
}

function describeString(shape: Extract<Shape, { is: "string" }>, here: Position): z.ZodType {
  if (shape.values) return z.enum(shape.values as [string, ...string[]]);
  let schema = z.string();
  if (shape.form === "filled") schema = schema.min(1);
  const notes: string[] = shape.form && shape.form !== "filled" ? [formNotes[shape.form]] : [];
  for (const limit of limitsAt(here)) {
    if (limit.unit === "code_points") {
      if (limit.min) schema = schema.min(limit.min);
      if (limit.max) schema = schema.max(limit.max);
    } else notes.push(`At most ${limit.max} ${limit.unit?.replace("_", " ")}.`);
    notes.push(`Source: ${limit.source}, read ${limit.read}.`);
  }
  return notes.length > 0 ? schema.describe(notes.join(" ")) : schema;
}

function describeNumber(whole: boolean, here: Position): z.ZodType {
  let schema = whole ? z.int() : z.number();
  for (const { min, max } of limitsAt(here)) {
    if (min !== undefined) schema = schema.min(min);
    if (max !== undefined) schema = schema.max(max);
  }
  return schema;
}

function describeList(of: Shape, here: Position): z.ZodType {
  let schema = z.array(describe(of, below(here, "*")));
  for (const { min, max } of limitsAt(here)) {
    if (min !== undefined) schema = schema.min(min);
    if (max !== undefined) schema = schema.max(max);
  }
  return schema;
}

function limitsAt({ limits, at }: Position): SizeLimit[] {
  return limits.filter((limit) => limit.at === at);
}
