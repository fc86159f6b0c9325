import { plain } from "../../../../src/core/marked.ts";
import type { Bubble, Card, Control, Controls, Media, Part } from "../screen.ts";
import { type Fields, fields, label, list, words } from "./fields.ts";

/** A quick reply's title is cut here by the apps, whatever came (Meta's page on quick replies, read 2026-11-21). */
const quickReplyCodePoints = 20;

/** What Messenger and Instagram show of the body of one `POST …/messages`. */
export function messagingBubble(id: string, body: Fields): Bubble {
  if (body.sender_action !== undefined) return reactionBubble(id, body);
  const quoted = words(fields(body.reply_to).mid);
  const quote = quoted === undefined ? {} : { quote: { bubble: quoted } };
  return { id, from: "business", parts: partsOf(fields(body.message)), ...quote };
}

/** The chips over the input bar, where the message has any. */
export function quickRepliesOf(bubble: string, body: Fields): Controls | undefined {
  const message = fields(body.message);
  const first = buttonsOf(message).length;
  const controls = list(message.quick_replies).map(({ title }, index) => ({
    label: [...label(title)].slice(0, quickReplyCodePoints).join(""),
    kind: "reply" as const,
    button: { button: first + index },
  }));
  return controls.length > 0 ? { bubble, controls } : undefined;
}

function reactionBubble(id: string, { sender_action, payload }: Fields): Bubble {
  if (sender_action !== "react")
    return { id, from: "business", parts: [{ kind: "service", service: "reaction_removed" }] };
  const emoji = label(fields(payload).reaction);
  return { id, from: "person", parts: [], reactions: [{ from: "business", emoji }] };
}

function partsOf({ text, attachment }: Fields): Part[] {
  if (words(text)) return [{ kind: "text", text: plain(label(text)) }];
  const { type, payload } = fields(attachment);
  if (type !== "template")
    return type === undefined ? [] : [{ kind: "media", media: mediaOf(label(type), fields(payload)) }];
  const template = fields(payload);
  if (template.template_type === "generic")
    return [{ kind: "cards", look: "template", cards: list(template.elements).map(cardOf) }];
  const controls = buttonsOf({ attachment }).map((button, index) => controlOf(button, { button: index }));
  return [
    { kind: "text", text: plain(label(template.text)) },
    { kind: "controls", look: "template", controls, rows: controls.map((_, index) => [index]) },
  ];
}

function buttonsOf({ attachment }: Fields): Fields[] {
  const { template_type, buttons } = fields(fields(attachment).payload);
  return template_type === "button" ? list(buttons) : [];
}

function controlOf({ type, title, url }: Fields, button: Control["button"]): Control {
  return type === "web_url"
    ? { label: label(title), kind: "url", url: label(url), button }
    : { label: label(title), kind: "reply", button };
}

function cardOf({ title, subtitle, image_url, buttons }: Fields, card: number): Card {
  const text = words(subtitle);
  return {
    ...(words(image_url) && { media: { type: "image" as const, link: words(image_url) } }),
    title: label(title),
    ...(text && { text: plain(text) }),
    controls: list(buttons).map((button, index) => controlOf(button, { card, button: index })),
  };
}

const mediaTypes: Record<string, Media["type"]> = { image: "image", video: "video", audio: "audio" };

/** What Meta calls a file, people call a document. */
function mediaOf(type: string, { url, attachment_id: id }: Fields): Media {
  return {
    type: mediaTypes[type] ?? "document",
    ...(words(url) && { link: words(url) }),
    ...(words(id) && { id: words(id) }),
  };
}
