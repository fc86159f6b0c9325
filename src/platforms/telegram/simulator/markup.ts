import { isObject, type Json, type JsonObject } from "../../../core/json.ts";
import { codePoints, utf8Bytes } from "./count.ts";
import { limits } from "./limits.ts";
import { type Ask, asObject, objectOf } from "./parameters.ts";
import { badRequest } from "./refusal.ts";

export interface Markup {
  /** Echoed in the message. */
  inline?: JsonObject;
  /** Belongs to the chat, not to the message. */
  keyboard?: { rows: JsonObject[][]; once: boolean };
  remove?: boolean;
}

const actions = [
  "callback_data",
  "url",
  "web_app",
  "login_url",
  "switch_inline_query",
  "switch_inline_query_current_chat",
  "switch_inline_query_chosen_chat",
  "copy_text",
  "callback_game",
  "pay",
  "disabled",
];

/** The link rules of the server's LinkManager: five schemes, a host with a dot, http by default. */
function checkUrl(url: string): string {
  const wrong = (why: string) => badRequest(`inline keyboard button URL '${url}' is invalid: ${why}`);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme && ["tg", "ton", "tonsite"].includes(scheme)) return url;
  const bareHost = !scheme || /^[^/]*\.[^/]*:\d/.test(url);
  if (!bareHost && scheme !== "http" && scheme !== "https") wrong("Unsupported URL protocol");
  const whole = bareHost ? `http://${url}` : url;
  const host = URL.canParse(whole) ? new URL(whole).hostname : "";
  if (!host.includes(".") && !host.startsWith("[")) wrong("Wrong HTTP URL");
  return whole;
}

function inlineButton(value: Json): JsonObject | null {
  if (!isObject(value))
    badRequest("can't parse inline keyboard button: InlineKeyboardButton must be an Object");
  const button = value as JsonObject;
  const text = button.text;
  if (typeof text !== "string") badRequest("can't parse inline keyboard button: Can't find field \"text\"");
  const given = actions.filter((action) => button[action] !== undefined);
  if (given.length === 0) {
    badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  }
  if (given.length > 1) badRequest("can't parse inline keyboard button: exactly one action must be used");
  // Without a word: this is what the server does with a button that has no text.
  if ((text as string).trim() === "") return null;
  const { callback_data, url, web_app, copy_text } = button;
  if (callback_data !== undefined) {
    const bytes = typeof callback_data === "string" ? utf8Bytes(callback_data) : 0;
    if (bytes < 1 || bytes > limits.callbackDataBytes) badRequest("BUTTON_DATA_INVALID");
  }
  if (url !== undefined) return { ...button, url: checkUrl(String(url)) };
  if (web_app !== undefined && !String(asObject(web_app).url).startsWith("https://")) {
    badRequest(
      `inline keyboard button Web App URL '${String(asObject(web_app).url)}' is invalid: Only HTTPS links are allowed`,
    );
  }
  const copied = copy_text === undefined ? 1 : codePoints(String(asObject(copy_text).text ?? ""));
  if (copied < 1 || copied > limits.copyText) badRequest("BUTTON_COPY_TEXT_INVALID");
  return button;
}

function rowsOf(markup: JsonObject, field: string, name: string): Json[][] {
  const rows = markup[field];
  if (!Array.isArray(rows) || rows.some((row) => !Array.isArray(row))) {
    badRequest(`field "${field}" of the ${name} must be an Array of Arrays`);
  }
  return rows as Json[][];
}

function inlineMarkup(markup: JsonObject): Markup {
  const rows = rowsOf(markup, "inline_keyboard", "InlineKeyboardMarkup").map((row) =>
    row.map(inlineButton).filter((button) => button !== null),
  );
  const kept = rows.filter((row) => row.length > 0);
  if (kept.length === 0) return {};
  const inline = { inline_keyboard: kept };
  if (kept.flat().length > limits.buttons || utf8Bytes(JSON.stringify(inline)) > limits.markupBytes) {
    badRequest("reply markup is too long");
  }
  return { inline };
}

const requests = [
  "request_location",
  "request_contact",
  "request_users",
  "request_chat",
  "request_poll",
  "web_app",
];

function keyboardButton(value: Json): JsonObject {
  if (typeof value === "string") return { text: value };
  const button = asObject(value);
  if (typeof button.text !== "string") badRequest("can't parse keyboard button: Can't find field \"text\"");
  if (requests.filter((request) => button[request]).length > 1) {
    badRequest("can't parse keyboard button: at most one request may be used");
  }
  return button;
}

function keyboardMarkup(markup: JsonObject): Markup {
  const rows = rowsOf(markup, "keyboard", "ReplyKeyboardMarkup").map((row) => row.map(keyboardButton));
  const placeholder = markup.input_field_placeholder;
  if (placeholder !== undefined && codePoints(String(placeholder)) > limits.placeholder) {
    badRequest("reply keyboard placeholder must be at most 64 characters long");
  }
  return { keyboard: { rows, once: markup.one_time_keyboard === true } };
}

/** Reads `reply_markup`: an inline keyboard, a reply keyboard, its removal, or none of them. */
export function markupOf(ask: Ask): Markup {
  const markup = objectOf(ask, "reply_markup");
  if (!markup) return {};
  if (markup.inline_keyboard !== undefined) return inlineMarkup(markup);
  if (markup.keyboard !== undefined) return keyboardMarkup(markup);
  return markup.remove_keyboard === true ? { remove: true } : {};
}

/** Reads `reply_markup` where only an inline keyboard may stand. */
export function inlineOf(ask: Ask): JsonObject | undefined {
  const markup = objectOf(ask, "reply_markup");
  return markup ? inlineMarkup({ inline_keyboard: [], ...markup }).inline : undefined;
}
