import type { JsonObject } from "../../../core/json.ts";
import type { ScreenButton, ScreenMedia, ScreenView } from "../../../core/simulation.ts";
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

export function inlineButtons(message: JsonObject): JsonObject[] {
  const rows = asObject(message.reply_markup).inline_keyboard;
  return Array.isArray(rows) ? (rows as JsonObject[][]).flat() : [];
}

function drawButton(button: JsonObject): ScreenButton {
  const label = String(button.text);
  const url = button.url ?? asObject(button.web_app).url ?? asObject(button.login_url).url;
  return typeof url === "string" ? { label, kind: "url", url } : { label, kind: "reply" };
}

function drawPoll(message: JsonObject, native: JsonObject): Pick<ScreenView, "poll"> {
  if (message.poll === undefined) return {};
  const { question, description, options } = asObject(message.poll);
  const votes = Array.isArray(native.votes) ? native.votes : [];
  const drawn = (Array.isArray(options) ? options : []).map((option, index) => ({
    text: String(asObject(option).text),
    ...(votes.includes(index) ? { voted: true } : {}),
  }));
  const more = typeof description === "string" ? { description } : {};
  return { poll: { question: String(question), ...more, options: drawn } };
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

/** What the person's client makes of a Message; formatting shows as plain text. */
export function draw(native: JsonObject): ScreenView {
  const message = asObject(native.message);
  const text = message.text ?? message.caption;
  const buttons = inlineButtons(message).map(drawButton);
  return {
    ...drawMedia(message, native),
    ...(typeof text === "string" ? { text } : {}),
    ...drawPoll(message, native),
    ...drawPlace(message),
    ...drawContact(message),
    ...(buttons.length > 0 ? { buttons } : {}),
    ...(message.edit_date === undefined ? {} : { edited: true }),
  };
}
