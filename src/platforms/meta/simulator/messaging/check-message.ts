import { isObject } from "../../../../core/json.ts";
import { refuse } from "../refusal.ts";
import { checkTemplate, type KnowsFile, unknownFile } from "./check-template.ts";
import {
  at,
  atMost,
  codePoints,
  exactly,
  type Fields,
  list,
  missing,
  object,
  text,
  url,
  type Where,
} from "./fields.ts";
import { limits } from "./limits.ts";
import type { MessagingRules } from "./rules.ts";

/** What of the request a message is checked against. */
export interface MessageContext {
  rules: MessagingRules;
  knows: KnowsFile;
  /** The type of the file that came with the request itself, if one did. */
  upload?: string;
}

function checkMedium(type: string, payload: Fields, where: Where, context: MessageContext): void {
  object(payload, where, ["url", "attachment_id", "is_reusable"]);
  if (payload.attachment_id !== undefined) {
    if (!context.knows(String(payload.attachment_id))) unknownFile();
    return;
  }
  if (payload.url === undefined && context.upload !== undefined) return;
  if (payload.url === undefined) missing(at(where, "url"));
  const { pathname } = new URL(url(payload.url, at(where, "url")));
  const endings = context.rules.attachments[type]?.endings;
  const given = /\.([A-Za-z0-9]{1,5})$/.exec(pathname)?.[1]?.toLowerCase();
  // What a link without an ending leads to is not looked at here.
  if (endings && given !== undefined && !endings.includes(given)) {
    refuse(100, `The file of a ${type} must be of the type ${endings.join(", ")}.`, { subcode: 2018047 });
  }
}

/** `{type, payload}`: a template or a medium. */
export function checkAttachment(value: unknown, where: Where, context: MessageContext): void {
  const attachment = object(value, where, ["type", "payload"]);
  const types = Object.keys(context.rules.attachments);
  const hasTemplates = where === "message[attachment]";
  const type = exactly(attachment.type, at(where, "type"), [...types, ...(hasTemplates ? ["template"] : [])]);
  if (type === "like_heart") return;
  const payload = attachment.payload;
  if (payload === undefined && context.upload !== undefined) return;
  if (payload === undefined) missing(at(where, "payload"));
  if (!isObject(payload)) refuse(100, `Param ${at(where, "payload")} must be an object.`);
  if (type === "template") checkTemplate(payload, context.rules, context.knows);
  else checkMedium(type, payload, at(where, "payload"), context);
}

function checkImages(value: unknown, context: MessageContext): void {
  const where = "message[attachments]";
  const images = list(value, where, { min: 1, max: context.rules.maxImages });
  for (const [index, image] of images.entries()) {
    exactly((image as Fields | null)?.type, at(at(where, index), "type"), ["image"]);
    checkAttachment(image, at(where, index), context);
  }
}

const replyTypes = ["text", "user_phone_number", "user_email"];

function checkQuickReply(value: unknown, where: Where, rules: MessagingRules): void {
  const icon = rules.quickReplies.icons ? ["image_url"] : [];
  const reply = object(value, where, ["content_type", "title", "payload", ...icon]);
  if (exactly(reply.content_type, at(where, "content_type"), replyTypes) !== "text") return;
  const { title, payload } = reply;
  if (title === undefined || (title === "" && reply.image_url === undefined)) {
    refuse(100, "Title is required for this quick reply content type", { subcode: 2018098 });
  }
  // A long title is cut, not refused; see `shownTitle`.
  if (title !== "") text(title, at(where, "title"));
  if (payload === undefined || payload === "") {
    refuse(100, "Payload is required for this quick reply content type", { subcode: 2018099 });
  }
  if (typeof payload !== "string" && typeof payload !== "number") {
    refuse(100, `Param ${at(where, "payload")} must be a string.`);
  }
  atMost(codePoints(String(payload)), at(where, "payload"), limits.payload);
  if (reply.image_url !== undefined) url(reply.image_url, at(where, "image_url"));
}

function checkQuickReplies(message: Fields, rules: MessagingRules): void {
  const where = "message[quick_replies]";
  const replies = list(message.quick_replies, where, { min: 1, max: limits.quickReplies });
  for (const [index, reply] of replies.entries()) checkQuickReply(reply, at(where, index), rules);
  if (message.text === undefined && !rules.quickReplies.onAttachments) {
    refuse(100, "Quick replies can only be sent with a text.");
  }
}

const bodies = ["text", "attachment", "attachments", "sticker_id"] as const;

/** Refuses a `message` that Meta would refuse. */
export function checkMessage(value: unknown, context: MessageContext): Fields {
  const { rules } = context;
  const sticker = rules.platform === "messenger" ? ["sticker_id"] : [];
  const keys = ["text", "attachment", "attachments", "quick_replies", "metadata", ...sticker];
  const message = object(value, "message", keys);
  const given = bodies.filter((key) => message[key] !== undefined && message[key] !== "");
  if (given.length === 0) {
    refuse(100, "Message cannot be empty, must provide valid attachment or text", { subcode: 2018034 });
  }
  if (given.length > 1)
    refuse(100, `A message holds one of ${bodies.join(", ")}, not ${given.join(" and ")}.`);
  if (given[0] === "text") rules.checkText(text(message.text, "message[text]"), "message[text]");
  if (given[0] === "attachment") checkAttachment(message.attachment, "message[attachment]", context);
  if (given[0] === "attachments") checkImages(message.attachments, context);
  if (message.quick_replies !== undefined) checkQuickReplies(message, rules);
  if (message.metadata !== undefined) {
    text(message.metadata, "message[metadata]", rules.metadata.max);
  }
  return message;
}
