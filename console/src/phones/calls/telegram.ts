import { type Marked, plain, trim } from "../../../../src/core/marked.ts";
import type { Bubble, Control, Controls, Media, Part, Poll } from "../screen.ts";
import { type Fields, fields, label, list, number, words } from "./fields.ts";

/** What Telegram shows of one call of the Bot API, by its method. */
export function telegramBubble(id: string, method: string, body: Fields): Bubble {
  if (method === "setMessageReaction") return reactionBubble(id, body);
  const quoted = fields(body.reply_parameters).message_id;
  const quote = quoted === undefined ? {} : { quote: { bubble: String(quoted) } };
  const parts = [...contentOf(method, body), ...inlineKeyboard(body)];
  return { id, from: "business", parts, ...quote };
}

function reactionBubble(id: string, { reaction }: Fields): Bubble {
  const [emoji] = list(reaction).map((one) => label(one.emoji));
  if (emoji === undefined)
    return { id, from: "business", parts: [{ kind: "service", service: "reaction_removed" }] };
  return { id, from: "person", parts: [], reactions: [{ from: "business", emoji }] };
}

const mediaFields: Record<string, { field: string; type: Media["type"] }> = {
  sendPhoto: { field: "photo", type: "image" },
  sendVideo: { field: "video", type: "video" },
  sendDocument: { field: "document", type: "document" },
  sendAudio: { field: "audio", type: "audio" },
  sendVoice: { field: "voice", type: "voice" },
  sendSticker: { field: "sticker", type: "sticker" },
};

function contentOf(method: string, body: Fields): Part[] {
  const medium = mediaFields[method];
  if (medium)
    return [
      { kind: "media", media: mediaOf(medium.type, label(body[medium.field])) },
      ...textParts(body.caption, body.caption_entities),
    ];
  switch (method) {
    case "sendPoll":
      return [{ kind: "poll", poll: pollOf(body) }];
    case "sendVenue":
    case "sendLocation":
      return [{ kind: "place", place: placeOf(body) }];
    case "sendContact":
      return [{ kind: "contacts", contacts: [contactOf(body)] }];
    default:
      return textParts(body.text, body.entities);
  }
}

/** A link names the file by its last step; a file_id names nothing that a person sees. */
function mediaOf(type: Media["type"], source: string): Media {
  if (!/^https?:/i.test(source)) return { type, id: source };
  return { type, link: source };
}

const styles: Record<string, Marked["spans"][number]["style"]> = {
  bold: "bold",
  italic: "italic",
  strikethrough: "strike",
  code: "code",
  pre: "mono",
};

/** Telegram takes the blanks from both ends. */
function textParts(value: unknown, entities: unknown): Part[] {
  if (!words(value)) return [];
  const spans = list(entities).flatMap(({ type, offset, length }) => {
    const style = styles[label(type)];
    const start = number(offset);
    return style ? [{ start, end: start + number(length), style }] : [];
  });
  return [{ kind: "text", text: trim({ text: label(value), spans }) }];
}

function pollOf(body: Fields): Poll {
  const description = words(body.description);
  return {
    question: plain(label(body.question)).text.trim(),
    ...(description && { description }),
    options: list(body.options).map(({ text }) => ({ text: label(text).trim(), voted: false })),
    anonymous: body.is_anonymous !== false,
    multiple: body.allows_multiple_answers === true,
    closed: body.is_closed === true,
  };
}

function placeOf({ latitude, longitude, title, address }: Fields) {
  return {
    latitude: number(latitude),
    longitude: number(longitude),
    ...(words(title) && { name: words(title) }),
    ...(words(address) && { address: words(address) }),
  };
}

function contactOf({ first_name, last_name, phone_number }: Fields) {
  const name = [first_name, last_name].map(label).filter((part) => part !== "");
  return { name: name.join(" "), phones: [label(phone_number)] };
}

interface Rows {
  controls: Control[];
  rows: number[][];
}

/** Buttons counted through the rows, which keep their shape. */
function rowsOf(value: unknown, control: (button: Fields, index: number) => Control): Rows {
  const controls: Control[] = [];
  const rows = (Array.isArray(value) ? value : []).map((row) =>
    list(row).map((button) => controls.push(control(button, controls.length)) - 1),
  );
  return { controls, rows };
}

function inlineKeyboard({ reply_markup }: Fields): Part[] {
  const { controls, rows } = rowsOf(fields(reply_markup).inline_keyboard, ({ text, url }, button) =>
    words(url)
      ? { label: label(text), kind: "url", url: words(url), button: { button } }
      : { label: label(text), kind: "reply", button: { button } },
  );
  return controls.length > 0 ? [{ kind: "controls", look: "keyboard", controls, rows }] : [];
}

/** The keyboard that takes the place of the person's own. */
export function replyKeyboardOf(
  bubble: string,
  { reply_markup }: Fields,
): (Controls & { rows: number[][] }) | undefined {
  const { controls, rows } = rowsOf(
    fields(reply_markup).keyboard,
    ({ text, request_location: asks }, button) => ({
      label: label(text),
      kind: asks === true ? "location" : "reply",
      button: { button },
    }),
  );
  return controls.length > 0 ? { bubble, controls, rows } : undefined;
}
