import type { JsonObject } from "../../../core/json.ts";
import type { ScreenButton, ScreenMedia, ScreenSpan, ScreenView } from "../../../core/simulation.ts";
import { asObject } from "./parameters.ts";

/** How the sender named a file: the link that it came from, or its id. */
function media(type: string, value: JsonObject, native: JsonObject): ScreenMedia {
  const { file_id, file_name } = value;
  return {
    type: type === "photo" ? "image" : type,
    id: String(file_id),
    ...(typeof native.link === "string" ? { link: native.link } : {}),
    ...(typeof file_name === "string" ? { filename: file_name } : {}),
  };
}

const mediaTypes = ["video", "document", "animation", "audio", "voice", "video_note", "sticker"];

function drawMedia(message: JsonObject, native: JsonObject): Pick<ScreenView, "media"> {
  const sizes = message.photo;
  if (Array.isArray(sizes)) return { media: media("photo", asObject(sizes.at(-1)), native) };
  const type = mediaTypes.find((known) => message[known] !== undefined);
  return type === undefined ? {} : { media: media(type, asObject(message[type]), native) };
}

function inlineRows(message: JsonObject): JsonObject[][] {
  const rows = asObject(message.reply_markup).inline_keyboard;
  return Array.isArray(rows) ? (rows as JsonObject[][]) : [];
}

export const inlineButtons = (message: JsonObject): JsonObject[] => inlineRows(message).flat();

/** The buttons of a keyboard in order; with the row of each where not every one has a row of its own. */
export function inRows(rows: readonly JsonObject[][]): { button: JsonObject; row?: number }[] {
  const isShared = rows.some((buttons) => buttons.length !== 1);
  return rows.flatMap((buttons, row) => buttons.map((button) => (isShared ? { button, row } : { button })));
}

function drawButton({ button, ...row }: ReturnType<typeof inRows>[number]): ScreenButton {
  const label = String(button.text);
  const url = button.url ?? asObject(button.web_app).url ?? asObject(button.login_url).url;
  return typeof url === "string" ? { label, kind: "url", url, ...row } : { label, kind: "reply", ...row };
}

const styles: Record<string, ScreenSpan["style"]> = {
  bold: "bold",
  italic: "italic",
  strikethrough: "strike",
  code: "code",
  pre: "mono",
};

/** The formatting that a phone shows here; mentions, commands and the like are only words. */
function drawSpans(entities: unknown): Pick<ScreenView, "spans"> {
  const spans = (Array.isArray(entities) ? entities.map(asObject) : []).flatMap(
    ({ type, offset, length }) => {
      const style = styles[String(type)];
      return style ? [{ start: Number(offset), end: Number(offset) + Number(length), style }] : [];
    },
  );
  return spans.length > 0 ? { spans } : {};
}

function drawPoll(message: JsonObject, native: JsonObject): Pick<ScreenView, "poll"> {
  if (message.poll === undefined) return {};
  const { question, description, options, ...poll } = asObject(message.poll);
  const votes = Array.isArray(native.votes) ? native.votes : [];
  const drawn = (Array.isArray(options) ? options : []).map((option, index) => ({
    text: String(asObject(option).text),
    ...(votes.includes(index) ? { voted: true } : {}),
  }));
  const more = typeof description === "string" ? { description } : {};
  const flags = {
    ...(poll.is_anonymous === true ? { anonymous: true as const } : {}),
    ...(poll.allows_multiple_answers === true ? { multiple: true as const } : {}),
    ...(poll.is_closed === true ? { closed: true as const } : {}),
  };
  return { poll: { question: String(question), ...more, options: drawn, ...flags } };
}

function drawPlace(message: JsonObject): Pick<ScreenView, "location"> {
  const { latitude, longitude } = asObject(message.location);
  if (latitude === undefined) return {};
  const { title, address } = asObject(message.venue);
  return {
    location: {
      latitude: Number(latitude),
      longitude: Number(longitude),
      ...(title === undefined ? {} : { name: String(title) }),
      ...(address === undefined ? {} : { address: String(address) }),
    },
  };
}

function drawContact(message: JsonObject): Pick<ScreenView, "contacts"> {
  if (message.contact === undefined) return {};
  const { first_name, last_name, phone_number } = asObject(message.contact);
  const name = [first_name, last_name].filter((part) => typeof part === "string" && part !== "").join(" ");
  return { contacts: [{ name, phones: [String(phone_number)] }] };
}

/** What the person's client makes of a Message. */
export function draw(native: JsonObject): ScreenView {
  const message = asObject(native.message);
  const text = message.text ?? message.caption;
  const buttons = inRows(inlineRows(message)).map(drawButton);
  return {
    ...drawMedia(message, native),
    ...(typeof text === "string" ? { text } : {}),
    ...drawSpans(message.entities ?? message.caption_entities),
    ...drawPoll(message, native),
    ...drawPlace(message),
    ...drawContact(message),
    ...(buttons.length > 0 ? { buttons } : {}),
    ...(message.edit_date === undefined ? {} : { edited: true }),
  };
}
