import { isObject } from "../../core/json.ts";
import type { Reply } from "../../core/message.ts";
import { readCallbackData } from "./callback.ts";
import { platformIdOf } from "./message-id.ts";
import { readChat, readPerson } from "./person.ts";
import { type Fields, listAt, objectAt, textAt, wholeAt } from "./read.ts";
import type { Reading } from "./reading.ts";

/** A tap on an inline button. Its own id is the platform id: one message can be tapped many times. */
export function readCallback(query: Fields): Reading {
  const id = textAt(query, "id");
  const sender = readPerson(objectAt(query, "from"));
  const data = textAt(query, "data");
  if (id === undefined || !sender) return { unknown: "a tap without its id or its person" };
  if (data === undefined) return { unknown: "a tap without data (a game's, say)" };
  const message = objectAt(query, "message");
  const chat = message && readChat(objectAt(message, "chat"));
  const messageId = message && wholeAt(message, "message_id");
  // Telegram writes 0 for a message that can no longer be named.
  const tapped = chat && messageId ? platformIdOf(Number(chat.id), messageId) : undefined;
  const place = { ...(chat ? { chat } : {}), ...(tapped ? { quotes: tapped } : {}) };
  const event = { kind: "received", ...place, sender, platformId: `cq:${id}`, demand: id } as const;
  const where = tapped ? { platformId: tapped } : {};
  const ours = readCallbackData(data);
  if (ours) return { event: { ...event, answer: { by: "token", ...ours, ...where } } };
  const reply: Reply = {
    type: "button_reply",
    button_reply: { id: data, title: titleOf(message, data) ?? data },
  };
  const content = { type: "interactive", interactive: reply };
  return { event: { ...event, content, answer: { by: "reply", reply, ...where } } };
}

/** The label of the button that carries this data, from the keyboard that comes with the tap. */
function titleOf(message: Fields | undefined, data: string): string | undefined {
  const markup = message && objectAt(message, "reply_markup");
  const buttons = (markup && listAt(markup, "inline_keyboard"))?.flat().filter(isObject) ?? [];
  const tapped = buttons.find((button) => button.callback_data === data);
  return tapped && textAt(tapped, "text");
}
