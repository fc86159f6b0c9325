import type { Choice, Reply } from "../../../core/message.ts";
import { writePayload } from "./payload.ts";
import type { Button, QuickReply } from "./wire.ts";

/** A choice, and the words on the control that picks it. */
export interface Option {
  choice: Choice;
  title: string;
}

/** The options of a message in order: a key is the option's place among all of them, from `firstKey` on. */
export function optionsOf(replies: readonly { reply: Reply; title: string }[], firstKey = 0): Option[] {
  return replies.map(({ reply, title }, index) => ({
    choice: { key: String(firstKey + index), reply },
    title,
  }));
}

export function postback(token: string, { choice, title }: Option): Button {
  return { type: "postback", title, payload: writePayload(token, choice.key) };
}

export function quickReply(token: string, { choice, title }: Option): QuickReply {
  return { content_type: "text", title, payload: writePayload(token, choice.key) };
}
