/**
 * The shapes of the Bot API that cross the wire, as https://core.telegram.org/bots/api has them (Bot API 10.3,
 * read 2026-11-21). Only what this project writes: what it reads, it takes for
 * `unknown` first.
 */

export interface MessageEntity {
  type: "bold" | "italic" | "strikethrough" | "code" | "pre";
  /** In UTF-16 code units, as `length`. */
  offset: number;
  length: number;
}

interface InlineKeyboardButton {
  text: string;
  callback_data?: string;
  url?: string;
}
export interface InlineKeyboardMarkup {
  inline_keyboard: InlineKeyboardButton[][];
}
interface KeyboardButton {
  text: string;
  request_location?: boolean;
}
export interface ReplyKeyboardMarkup {
  keyboard: KeyboardButton[][];
  resize_keyboard?: boolean;
  one_time_keyboard?: boolean;
}
export type ReplyMarkup = InlineKeyboardMarkup | ReplyKeyboardMarkup;
