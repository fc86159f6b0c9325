import type { JsonObject } from "../../../core/json.ts";
import type { Handling } from "../../../core/simulation.ts";
import { botUser, chatNamed, chatOf, chatToWrite, userOf } from "./chats.ts";
import {
  deleteMessage,
  deleteMessages,
  editMessageCaption,
  editMessageMedia,
  editMessageReplyMarkup,
  editMessageText,
  setMessageReaction,
} from "./edit.ts";
import { getFile, type MediaKind } from "./files.ts";
import { type Ask, jsonOf } from "./parameters.ts";
import { sendPoll, stopPoll } from "./polls.ts";
import { answerCallbackQuery } from "./queries.ts";
import { BotApiRefusal } from "./refusal.ts";
import {
  checkChatAction,
  sendContact,
  sendLocation,
  sendMedia,
  sendMediaGroup,
  sendMessage,
  sendVenue,
} from "./send.ts";
import { deleteWebhook, getUpdates, getWebhookInfo, ok, setWebhook } from "./updates.ts";
import type { Written } from "./write.ts";

const told = (result: Parameters<typeof ok>[0], person?: string): Handling => ({
  kind: "answer",
  answer: ok(result),
  ...(person === undefined ? {} : { person }),
});

const writes = (method: (ask: Ask) => Written) => (ask: Ask) => {
  const { message, person } = method(ask);
  return told(message, person);
};
const media = (kind: MediaKind) => writes((ask) => sendMedia(ask, kind));

function getMe(ask: Ask): JsonObject {
  return {
    ...botUser(ask.bot),
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
  };
}

function getChat(ask: Ask): Handling {
  const person = chatNamed(ask);
  return told({ ...chatOf(person), accent_color_id: 0, max_reaction_count: 11 }, person.id);
}

function getChatMember(ask: Ask): Handling {
  const person = chatNamed(ask);
  return told({ user: userOf(person), status: "member" }, person.id);
}

function setMyCommands(ask: Ask): Handling {
  const commands = jsonOf(ask, "commands");
  ask.world.saveNote(`telegram commands ${ask.bot.id}`, {
    commands: Array.isArray(commands) ? commands : [],
  });
  return told(true);
}

function getMyCommands(ask: Ask): Handling {
  const note = ask.world.note(`telegram commands ${ask.bot.id}`);
  return told((note?.commands ?? []) as JsonObject[]);
}

const methods: Record<string, (ask: Ask) => Handling> = {
  getme: (ask) => told(getMe(ask)),
  getupdates: getUpdates,
  setwebhook: setWebhook,
  deletewebhook: deleteWebhook,
  getwebhookinfo: (ask) => told(getWebhookInfo(ask)),
  sendmessage: writes(sendMessage),
  sendphoto: media("photo"),
  sendvideo: media("video"),
  senddocument: media("document"),
  sendanimation: media("animation"),
  sendaudio: media("audio"),
  sendvoice: media("voice"),
  sendvideonote: media("video_note"),
  sendsticker: media("sticker"),
  sendmediagroup: (ask) => {
    const { messages, person } = sendMediaGroup(ask);
    return told(messages, person);
  },
  sendlocation: writes(sendLocation),
  sendvenue: writes(sendVenue),
  sendcontact: writes(sendContact),
  sendpoll: writes(sendPoll),
  sendchataction: (ask) => {
    checkChatAction(ask);
    return told(true, chatToWrite(ask).id);
  },
  stoppoll: (ask) => {
    const { poll, person } = stopPoll(ask);
    return told(poll, person);
  },
  answercallbackquery: (ask) => told(true, answerCallbackQuery(ask)),
  editmessagetext: writes(editMessageText),
  editmessagecaption: writes(editMessageCaption),
  editmessagemedia: writes(editMessageMedia),
  editmessagereplymarkup: writes(editMessageReplyMarkup),
  deletemessage: (ask) => told(true, deleteMessage(ask)),
  deletemessages: (ask) => told(true, deleteMessages(ask)),
  setmessagereaction: (ask) => told(true, setMessageReaction(ask)),
  getfile: (ask) => told(getFile(ask)),
  getchat: getChat,
  getchatmember: getChatMember,
  setmycommands: setMyCommands,
  getmycommands: getMyCommands,
  deletemycommands: (ask) => setMyCommands({ ...ask, fields: {} }),
  setmyname: () => told(true),
  setmydescription: () => told(true),
  setmyshortdescription: () => told(true),
  setchatmenubutton: () => told(true),
  setmydefaultadministratorrights: () => told(true),
  close: () => told(true),
  logout: () => told(true),
};

/** Runs a method by its name, whose case does not matter. */
export function runMethod(name: string, ask: Ask): Handling {
  const key = name.toLowerCase();
  const method = Object.hasOwn(methods, key) ? methods[key] : undefined;
  if (!method) throw new BotApiRefusal(404, "Not Found: method not found");
  return method(ask);
}

/** What puts a message before a person: these are struck by the faults of calls. */
export const putsMessage = (name: string) =>
  /^send(?!chataction)/i.test(name) && Object.hasOwn(methods, name.toLowerCase());

/** What a webhook's answer may not ask for: it could not be told the result. */
export const allowedInAnswer = (name: string) =>
  !/^(get.*|setwebhook|deletewebhook|close|logout)$/i.test(name) &&
  Object.hasOwn(methods, name.toLowerCase());
