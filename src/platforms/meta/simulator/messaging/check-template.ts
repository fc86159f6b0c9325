import { refuse } from "../refusal.ts";
import { checkButton, checkDefaultAction } from "./check-buttons.ts";
import { at, exactly, type Fields, list, missing, object, text, url, type Where } from "./fields.ts";
import { limits } from "./limits.ts";
import type { MessagingRules } from "./rules.ts";

/** Whether an attachment id is one that was uploaded to this account. */
export type KnowsFile = (id: string) => boolean;

/** Meta's errors do not say where in the message a template stands. */
const root: Where = "name_placeholder";

function checkButtons(value: unknown, where: Where, rules: MessagingRules): void {
  const buttons = list(value, where, { min: 1, max: limits.buttons });
  for (const [index, button] of buttons.entries()) checkButton(button, at(where, index), rules);
}

function checkButtonTemplate(payload: Fields, rules: MessagingRules): void {
  object(payload, root, ["template_type", "text", "buttons", "sharable"]);
  text(payload.text, at(root, "text"), limits.buttonText);
  const where = at(root, "buttons");
  if (Array.isArray(payload.buttons) && payload.buttons.length === 0) {
    refuse(100, `param ${where} must be non-empty.`);
  }
  checkButtons(payload.buttons, where, rules);
}

/** The title and at least one more of what a person sees. */
function checkElement(value: unknown, where: Where, rules: MessagingRules): void {
  const element = object(value, where, ["title", "subtitle", "image_url", "default_action", "buttons"]);
  const more = ["image_url", "subtitle", "buttons"].some((key) => element[key] !== undefined);
  if (element.title === undefined || !more) {
    const sentence =
      "Incomplete element data: title and at least one other field (image url, subtitle or buttons) is required with non-empty value";
    refuse(100, sentence, { subcode: 2018035 });
  }
  text(element.title, at(where, "title"), limits.elementTitle);
  if (element.subtitle !== undefined) text(element.subtitle, at(where, "subtitle"), limits.elementSubtitle);
  if (element.image_url !== undefined) url(element.image_url, at(where, "image_url"));
  if (element.default_action !== undefined) {
    checkDefaultAction(element.default_action, at(where, "default_action"));
  }
  if (element.buttons !== undefined) checkButtons(element.buttons, at(where, "buttons"), rules);
}

function checkGenericTemplate(payload: Fields, rules: MessagingRules): void {
  object(payload, root, ["template_type", "elements", "image_aspect_ratio", "sharable"]);
  const where = at(root, "elements");
  const elements = list(payload.elements, where, { min: 1, max: limits.elements });
  for (const [index, element] of elements.entries()) checkElement(element, at(where, index), rules);
  if (payload.image_aspect_ratio !== undefined) {
    exactly(payload.image_aspect_ratio, at(root, "image_aspect_ratio"), ["horizontal", "square"]);
  }
}

/** One picture or film that Facebook has already: uploaded, or under a URL of its own. */
function checkMediaTemplate(payload: Fields, rules: MessagingRules, knows: KnowsFile): void {
  object(payload, root, ["template_type", "elements", "sharable"]);
  const [only] = list(payload.elements, at(root, "elements"), { min: 1, max: 1 });
  const where = at(at(root, "elements"), 0);
  const element = object(only, where, ["media_type", "attachment_id", "url", "buttons"]);
  exactly(element.media_type, at(where, "media_type"), ["image", "video"]);
  if (element.attachment_id === undefined && element.url === undefined) missing(at(where, "attachment_id"));
  if (element.attachment_id !== undefined) {
    if (!knows(String(element.attachment_id))) unknownFile();
  } else if (!/(^|\.)facebook\.com$/.test(new URL(url(element.url, at(where, "url"))).hostname)) {
    refuse(100, "The url of a media template must be one of Facebook's own.", { subcode: 2018188 });
  }
  if (element.buttons !== undefined) checkButtons(element.buttons, at(where, "buttons"), rules);
}

export function unknownFile(): never {
  refuse(100, "The attachment_id is invalid or has expired.", { subcode: 2018074 });
}

/** Refuses a template that the platform does not have, or that it would not take. */
export function checkTemplate(payload: Fields, rules: MessagingRules, knows: KnowsFile): void {
  const type = payload.template_type;
  if (type === undefined) missing("message[attachment][payload][template_type]");
  if (typeof type !== "string" || !rules.templates.includes(type)) refuse(100, "Invalid template type");
  if (type === "button") checkButtonTemplate(payload, rules);
  else if (type === "generic") checkGenericTemplate(payload, rules);
  else checkMediaTemplate(payload, rules, knows);
}
