import { isObject } from "../../../core/json.ts";
import type { Call } from "../../../core/platform.ts";
import { fingerprint } from "../../access.ts";
import { type Fields, objectOf, objectsIn, textOf } from "../read.ts";

/** The words of a template, at whatever depth: the shape in which an echo repeats it is not documented. */
const shown = new Set(["title", "subtitle", "text"]);

/**
 * What an echo would show of the message of a call, or undefined where none comes: reactions are not echoed.
 * Source: developers.facebook.com/documentation/business-messaging/instagram-messaging/webhooks, read 2026-11-21.
 */
export function likeness({ body }: Call): string | undefined {
  return likenessOf(objectOf(body, "message"));
}

/**
 * What can be compared of a message and its echo, as a fingerprint: its text, or the kind of its file, or a template's
 * words. Quick replies are not echoed, and a file has another address there than the one that it was sent with.
 */
export function likenessOf(message: Fields | undefined): string | undefined {
  const text = message && textOf(message, "text");
  if (text !== undefined) return fingerprint(JSON.stringify(["text", plainly(text)]));
  const seen = attachmentsOf(message ?? {}).map(([type, payload]) => [type, ...wordsIn(payload).sort()]);
  return seen.length > 0 ? fingerprint(JSON.stringify(seen)) : undefined;
}

/** A message is sent with one attachment or a list of them, and echoed with a list. */
function attachmentsOf(message: Fields): [type: string, payload: unknown][] {
  const one = objectOf(message, "attachment");
  const all = one
    ? [one]
    : [...objectsIn({ attachments: [], ...message }, "attachments", "", [])].map(([each]) => each);
  return all.map((each) => [textOf(each, "type") ?? "", each.type === "template" ? each.payload : undefined]);
}

function wordsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === "string" ? (shown.has(key) ? [plainly(inner)] : []) : wordsIn(inner),
  );
}

/** White space may be trimmed and folded on the way. */
function plainly(text: string): string {
  return text.normalize("NFC").replace(/\s+/gu, " ").trim();
}
