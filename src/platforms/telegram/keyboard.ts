import { codePoints } from "../../core/text.ts";
import { callbackData } from "./callback.ts";
import type { Drawing } from "./draft.ts";
import type { InlineKeyboardMarkup, ReplyKeyboardMarkup } from "./wire.ts";

interface Label {
  key: string;
  title: string;
}

/** Three titles of this many code points still stand side by side on a narrow phone (judged, not documented). */
const maxSideBySide = 10;

/** A button per choice: each in a row of its own, or all in one when `sideBySide` and every title is short. */
export function choiceKeyboard(
  token: string,
  labels: readonly Label[],
  sideBySide: boolean,
): InlineKeyboardMarkup {
  const buttons = labels.map(({ key, title }) => ({ text: title, callback_data: callbackData(token, key) }));
  const short = labels.every(({ title }) => codePoints(title) <= maxSideBySide);
  return { inline_keyboard: sideBySide && short ? [buttons] : buttons.map((button) => [button]) };
}

export function urlKeyboard(label: string, url: string): InlineKeyboardMarkup {
  return { inline_keyboard: [[{ text: label, url }]] };
}

/** The button that shares one's place; private chats only. */
export function locationKeyboard(label: string): ReplyKeyboardMarkup {
  return {
    keyboard: [[{ text: label, request_location: true }]],
    resize_keyboard: true,
    one_time_keyboard: true,
  };
}

/**
 * Whether Telegram takes a URL for a button: http or https, and a host with a dot or an IPv6 address.
 * Source: https://github.com/tdlib/td/blob/master/td/telegram/LinkManager.cpp (check_link), read 2026-11-21.
 */
export function isButtonUrl(url: string): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return false;
  return parsed.hostname.startsWith("[") || /[^.]\.[^.]/.test(parsed.hostname);
}

/** The ledger's line for a URL that stands in the text because no button takes it. */
export function urlAsText(path: string): Drawing {
  const did = "Set the URL in the text: Telegram's buttons take http and https with a dot in the host only.";
  return { drafts: [], steps: [{ path, rule: "url_as_text", did }] };
}
