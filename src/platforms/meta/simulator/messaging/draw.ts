import { isObject } from "../../../../core/json.ts";
import type { ScreenButton, ScreenCard, ScreenMedia, ScreenView } from "../../../../core/simulation.ts";
import { limits } from "./limits.ts";

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields => (isObject(value) ? value : {});
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fields) : []);

/** Labels that the client itself writes, in English. */
const ownLabels: Record<string, string> = { account_link: "Log In", account_unlink: "Log Out" };

function drawButton({ type, title, url, payload }: Fields): ScreenButton {
  if (type === "postback") return { label: String(title), kind: "reply" };
  const label = title === undefined ? (ownLabels[String(type)] ?? "") : String(title);
  return { label, kind: "url", url: type === "phone_number" ? `tel:${String(payload)}` : String(url ?? "") };
}

/** A quick reply's title is cut at 20 characters; the cut one is what the person sees and what the tap sends. */
export const shownTitle = (title: unknown): string =>
  [...String(title ?? "")].slice(0, limits.quickReplyTitle).join("");

/**
 * The quick replies that a person is offered. Those that ask for a phone number or an address are shown only to
 * people whose profile has one, and nobody's here has.
 */
export const quickRepliesOf = (native: Fields): Fields[] =>
  list(native.quick_replies).filter((reply) => reply.content_type === "text");

const drawButtons = (value: unknown): ScreenButton[] => list(value).map(drawButton);

function drawCard({ title, subtitle, image_url, buttons }: Fields): ScreenCard {
  return {
    ...(image_url === undefined ? {} : { media: { type: "image", link: String(image_url) } }),
    title: String(title),
    ...(subtitle === undefined ? {} : { text: String(subtitle) }),
    buttons: drawButtons(buttons),
  };
}

/** What Meta calls a file, the simulator's screens call a document on every platform. */
function drawMedium(type: string, payload: Fields): ScreenMedia {
  const { url, attachment_id: id } = payload;
  return {
    type: type === "file" ? "document" : type,
    ...(url === undefined ? {} : { link: String(url) }),
    ...(id === undefined ? {} : { id: String(id) }),
  };
}

function drawTemplate(payload: Fields): ScreenView {
  if (payload.template_type === "button") {
    return { text: String(payload.text), buttons: drawButtons(payload.buttons) };
  }
  const elements = list(payload.elements);
  if (payload.template_type === "generic") return { cards: elements.map(drawCard) };
  const [element = {}] = elements;
  const buttons = drawButtons(element.buttons);
  return {
    media: drawMedium(String(element.media_type), element),
    ...(buttons.length > 0 ? { buttons } : {}),
  };
}

function drawAttachment(value: unknown): ScreenView {
  const { type, payload } = fields(value);
  if (type === "template") return drawTemplate(fields(payload));
  return { media: drawMedium(String(type), fields(payload)) };
}

/** What the person's client makes of a message, but for its quick replies, which come and go. */
export function draw(message: Fields): ScreenView {
  if (message.text !== undefined && message.text !== "") return { text: String(message.text) };
  if (message.attachment !== undefined) return drawAttachment(message.attachment);
  if (message.sticker_id !== undefined) return { media: { type: "sticker", id: String(message.sticker_id) } };
  const images = list(message.attachments);
  return { cards: images.map((image) => ({ ...drawAttachment(image), buttons: [] })) };
}
