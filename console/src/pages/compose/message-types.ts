import { isObject } from "../../../../src/core/json.ts";
import { typeOf } from "../../../../src/core/limits.ts";
import type { MessageType } from "../../../../src/core/message.ts";
import { contentShape } from "../../../../src/core/message-shape.ts";
import { samples, urlCarousel } from "../../../../src/core/samples.ts";
import type { ObjectShape } from "../../../../src/core/shape.ts";

const contents = contentShape.is === "either" ? contentShape.of : {};

/** The shape of the object that holds a type, and where it stands in `content`. */
export interface TypePlace {
  type: MessageType;
  pointer: string;
}

/** Interactive types by their own names, and the plain contents. */
export const interactiveTypes = membersOf(contents.interactive);
export const plainTypes = Object.keys(contents).filter((key) => key !== "interactive");

function membersOf(shape: ObjectShape | undefined): string[] {
  const inner = shape?.required.interactive;
  return inner?.is === "variant" ? Object.keys(inner.of) : [];
}

/** The type of the message in a body. */
export function typeIn(body: Record<string, unknown>): TypePlace | undefined {
  const found = isObject(body.content) ? typeOf(body.content) : undefined;
  return found && { type: found.type, pointer: `/content/${found.key}` };
}

/** A message of another type, that keeps what the two have in common. */
export function asType(body: Record<string, unknown>, type: MessageType): Record<string, unknown> {
  const made = type === "carousel" ? urlCarousel(3) : samples()[type];
  const before = isObject(body.content) ? body.content.interactive : undefined;
  if (!("interactive" in made) || !isObject(before)) return { ...body, content: made };
  const next: Record<string, unknown> = { ...made.interactive };
  for (const part of ["header", "body", "footer"]) {
    const isKnown = part === "body" || Object.hasOwn(next, part);
    const isText = part !== "header" || (isObject(before.header) && before.header.type === "text");
    if (isKnown && isText && Object.hasOwn(before, part)) next[part] = before[part];
    else if (isKnown && part !== "body" && !Object.hasOwn(before, part)) delete next[part];
  }
  return { ...body, content: { interactive: next } };
}
