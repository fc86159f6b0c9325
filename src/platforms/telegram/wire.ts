/**
 * The shapes of the Bot API that cross the wire, as https://core.telegram.org/bots/api has them (Bot API 10.3,
 * read 2026-11-21). Only fields that this project writes or reads.
 */

export interface User {
  id: number;
  is_bot: boolean;
  first_name: string;
  last_name?: string;
  username?: string;
  language_code?: string;
}

export interface Chat {
  id: number;
  type: "private" | "group" | "supergroup" | "channel";
  title?: string;
  username?: string;
  first_name?: string;
  last_name?: string;
}

export interface MessageEntity {
  type: "bold" | "italic" | "strikethrough" | "code" | "pre";
  /** In UTF-16 code units, as `length`. */
  offset: number;
  length: number;
}

export interface InlineKeyboardButton {
  text: string;
  callback_data?: string;
  url?: string;
}
export interface InlineKeyboardMarkup {
  inline_keyboard: InlineKeyboardButton[][];
}
export interface KeyboardButton {
  text: string;
  request_location?: boolean;
}
export interface ReplyKeyboardMarkup {
  keyboard: KeyboardButton[][];
  resize_keyboard?: boolean;
  one_time_keyboard?: boolean;
}
export type ReplyMarkup = InlineKeyboardMarkup | ReplyKeyboardMarkup;

export interface File {
  file_id: string;
  file_unique_id: string;
  file_size?: number;
  file_path?: string;
}
export interface PhotoSize extends File {
  width: number;
  height: number;
}
export interface NamedFile extends File {
  file_name?: string;
  mime_type?: string;
}
export interface Sticker extends PhotoSize {
  type: "regular" | "mask" | "custom_emoji";
  is_animated: boolean;
  is_video: boolean;
  emoji?: string;
}

export interface Location {
  latitude: number;
  longitude: number;
  horizontal_accuracy?: number;
  live_period?: number;
}
export interface Venue {
  location: Location;
  title: string;
  address: string;
}
export interface Contact {
  phone_number: string;
  first_name: string;
  last_name?: string;
  user_id?: number;
  vcard?: string;
}

export interface PollOption {
  persistent_id?: string;
  text: string;
  voter_count: number;
}
export interface Poll {
  id: string;
  question: string;
  options: PollOption[];
  total_voter_count: number;
  is_closed: boolean;
  is_anonymous: boolean;
  type: "regular" | "quiz";
  allows_multiple_answers: boolean;
  allows_revoting?: boolean;
}

export interface Message {
  message_id: number;
  from?: User;
  sender_chat?: Chat;
  chat: Chat;
  /** Seconds since 1970, as `edit_date`. */
  date: number;
  edit_date?: number;
  media_group_id?: string;
  reply_to_message?: Message;
  reply_markup?: InlineKeyboardMarkup;
  text?: string;
  entities?: MessageEntity[];
  caption?: string;
  caption_entities?: MessageEntity[];
  photo?: PhotoSize[];
  animation?: NamedFile;
  video?: NamedFile;
  video_note?: File;
  document?: NamedFile;
  audio?: NamedFile;
  voice?: NamedFile;
  sticker?: Sticker;
  contact?: Contact;
  venue?: Venue;
  location?: Location;
  poll?: Poll;
}

export interface CallbackQuery {
  id: string;
  from: User;
  message?: Message;
  chat_instance: string;
  data?: string;
}
export interface PollAnswer {
  poll_id: string;
  user?: User;
  voter_chat?: Chat;
  /** Empty: the vote was taken back. */
  option_ids: number[];
  option_persistent_ids?: string[];
}
export interface ChatMember {
  user: User;
  status: "creator" | "administrator" | "member" | "restricted" | "left" | "kicked";
  until_date?: number;
}
export interface ChatMemberUpdated {
  chat: Chat;
  from: User;
  date: number;
  old_chat_member: ChatMember;
  new_chat_member: ChatMember;
}
export type ReactionType =
  | { type: "emoji"; emoji: string }
  | { type: "custom_emoji"; custom_emoji_id: string }
  | { type: "paid" };
export interface MessageReactionUpdated {
  chat: Chat;
  message_id: number;
  user?: User;
  actor_chat?: Chat;
  date: number;
  old_reaction: ReactionType[];
  new_reaction: ReactionType[];
}

/** Exactly one of the optional fields is there. */
export interface Update {
  update_id: number;
  message?: Message;
  edited_message?: Message;
  channel_post?: Message;
  edited_channel_post?: Message;
  callback_query?: CallbackQuery;
  poll?: Poll;
  poll_answer?: PollAnswer;
  my_chat_member?: ChatMemberUpdated;
  message_reaction?: MessageReactionUpdated;
}

/** What every method answers. The HTTP status repeats `error_code`. */
export type Envelope<Result> =
  | { ok: true; result: Result; description?: string }
  | {
      ok: false;
      error_code: number;
      description: string;
      parameters?: { retry_after?: number; migrate_to_chat_id?: number };
    };
