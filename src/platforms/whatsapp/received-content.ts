import { isObject, isWithinDepth } from "../../core/json.ts";
import type { InboundContent, Reply } from "../../core/message.ts";
import { textOf } from "../meta/read.ts";

/** Reads the object of one message type; undefined where it is not what Meta documents. */
type Read = (value: unknown) => unknown;

const readers: Record<string, Read> = {
  text: (value) => pick(value, { body: "string" }, ["body"]),
  image: media,
  video: media,
  audio: media,
  document: media,
  sticker: media,
  location: place,
  contacts: (value) =>
    Array.isArray(value) && value.length > 0 && value.every(isObject) ? value : undefined,
  order: (value) => (isObject(value) ? value : undefined),
  // A template's quick reply, and a button of a message that was sent directly.
  button: (value) => pick(value, { payload: "string", text: "string" }, []),
  interactive: (value) => replyOf(value) ?? otherInteractive(value),
};

/** Some objects are handed on as they came. Writing JSON recurses: one nested without end could not be stored. */
const maxDepth = 32;

/** A contact's message as the customer gets it: `type` and the object of that name. */
export function contentOf(message: Record<string, unknown>): InboundContent | undefined {
  const type = textOf(message, "type");
  if (!type || !isKnownType(type) || !isWithinDepth(message[type], maxDepth)) return undefined;
  const value = readers[type]!(message[type]);
  return value === undefined ? undefined : { type, [type]: value };
}

/** Whether messages of this type are read at all. */
export function isKnownType(type: string): boolean {
  return Object.hasOwn(readers, type);
}

/** The fields of the given types that are there; undefined when a needed one is not, or when none is. */
function pick(
  value: unknown,
  types: Record<string, string>,
  needed: string[],
): Record<string, unknown> | undefined {
  if (!isObject(value)) return undefined;
  const fits = Object.keys(types).filter(
    (key) => Object.hasOwn(value, key) && typeof value[key] === types[key],
  );
  if (fits.length === 0 || needed.some((key) => !fits.includes(key))) return undefined;
  return Object.fromEntries(fits.map((key) => [key, value[key]]));
}

const mediaFields = {
  id: "string",
  mime_type: "string",
  sha256: "string",
  caption: "string",
  filename: "string",
  voice: "boolean",
  animated: "boolean",
};

/** The file's `url` is left out: it lives five minutes and wants a token. */
function media(value: unknown): unknown {
  return pick(value, mediaFields, ["id"]);
}

/** Numbers in Meta's samples, text on some of its pages. */
function place(value: unknown): unknown {
  if (!isObject(value)) return undefined;
  const [latitude, longitude] = [value.latitude, value.longitude].map(coordinate);
  if (latitude === undefined || longitude === undefined) return undefined;
  return { latitude, longitude, ...pick(value, { name: "string", address: "string", url: "string" }, []) };
}

function coordinate(value: unknown): number | undefined {
  const isNumeric = typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));
  const number = isNumeric ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

const replyFields: Record<Reply["type"], { types: Record<string, string>; needed: string[] }> = {
  button_reply: { types: { id: "string", title: "string" }, needed: ["id"] },
  list_reply: { types: { id: "string", title: "string", description: "string" }, needed: ["id"] },
  nfm_reply: {
    types: { name: "string", body: "string", response_json: "string" },
    needed: ["response_json"],
  },
};

/** What was picked or filled in, in the shape of both the platform and the seed; undefined for anything else. */
export function replyOf(interactive: unknown): Reply | undefined {
  const type = textOf(interactive, "type");
  if (!type || !isObject(interactive) || !Object.hasOwn(replyFields, type)) return undefined;
  const { types, needed } = replyFields[type as Reply["type"]];
  const reply = pick(interactive[type], types, needed);
  return reply && ({ type, [type]: reply } as unknown as Reply);
}

/** A reply of another kind (a call's permission, say) is handed on as it came. */
function otherInteractive(interactive: unknown): unknown {
  const type = textOf(interactive, "type");
  const isReply = type === undefined || Object.hasOwn(replyFields, type);
  return isReply || !isObject(interactive) || !isObject(interactive[type]) ? undefined : interactive;
}
