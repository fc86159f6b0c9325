import { isObject, type JsonObject } from "../../../core/json.ts";
import type { SimulatedMessage, SimulatedPerson } from "../../../core/simulation.ts";
import {
  botUser,
  chatOf,
  chatToWrite,
  mintMessageId,
  nativeMessage,
  personState,
  unixSeconds,
} from "./chats.ts";
import { codePoints, utf8Bytes } from "./count.ts";
import { draw } from "./draw.ts";
import { entityField, formatted } from "./formatting.ts";
import { botRate, chatRate, limits } from "./limits.ts";
import { type Markup, markupOf } from "./markup.ts";
import { type Ask, asObject, flagOf, integerOf, objectOf } from "./parameters.ts";
import { badRequest, tooManyRequests } from "./refusal.ts";

export interface Written {
  message: JsonObject;
  person: string;
}

/** Text of a message: 1 to 4096 code points once formatting is taken out. */
export function textPart(ask: Ask): JsonObject {
  const source = typeof ask.fields.text === "string" ? ask.fields.text : String(ask.fields.text ?? "");
  if (source === "") badRequest("message text is empty");
  if (utf8Bytes(source) > limits.textBytes) badRequest("text is too long");
  const { text, entities } = formatted(ask, { text: "text", mode: "parse_mode", entities: "entities" });
  if (text === "") badRequest("text must be non-empty");
  if (codePoints(text) > limits.text) badRequest("message is too long");
  return { text, ...entityField("entities", entities) };
}

/** Caption of a medium: up to 1024 code points. */
export function captionPart(ask: Ask): JsonObject {
  const names = { text: "caption", mode: "parse_mode", entities: "caption_entities" };
  const { text, entities } = formatted(ask, names);
  if (codePoints(text) > limits.caption) badRequest("message caption is too long");
  return text === "" ? {} : { caption: text, ...entityField("caption_entities", entities) };
}

function quoted(ask: Ask, person: SimulatedPerson): SimulatedMessage | undefined {
  const parameters = objectOf(ask, "reply_parameters");
  const id = parameters ? Number(parameters.message_id) : integerOf(ask, "reply_to_message_id");
  if (id === undefined) return undefined;
  const message = ask.world.message(person.id, String(id));
  const lenient = parameters
    ? ["true", "1"].includes(String(parameters.allow_sending_without_reply))
    : flagOf(ask, "allow_sending_without_reply") === true;
  if (!message && !lenient) badRequest("message to be replied not found");
  return message;
}

/** A message as another one quotes it: without what that one quotes in its turn. */
export function asReply(message: SimulatedMessage): JsonObject {
  const { reply_to_message: _quoted, ...rest } = nativeMessage(message);
  return rest;
}

function takeBudget(ask: Ask, person: SimulatedPerson): void {
  const bot = ask.bot.id;
  const chatMs = ask.world.take(`telegram chat ${bot} ${person.address}`, chatRate);
  if (chatMs > 0) throw tooManyRequests(Math.max(1, Math.ceil(chatMs / 1000)));
  const botMs = ask.world.take(`telegram bot ${bot}`, botRate);
  if (botMs > 0) throw tooManyRequests(Math.max(1, Math.ceil(botMs / 1000)));
}

/** A reply keyboard replaces the one that the chat had; its removal leaves none. */
function place(ask: Ask, person: SimulatedPerson, markup: Markup, id: string): void {
  if (!markup.keyboard && !markup.remove) return;
  const keyboard = markup.keyboard && { message: id, ...markup.keyboard };
  const state = JSON.parse(JSON.stringify({ ...personState(person), keyboard })) as JsonObject;
  ask.world.savePerson({ ...person, state });
}

/** Puts a bot's message into the chat and gives the Message object. `content` is made last: it may keep files. */
export function write(ask: Ask, content: () => JsonObject, extra: JsonObject = {}): Written {
  const markup = markupOf(ask);
  const made = content();
  const person = chatToWrite(ask);
  const reply = quoted(ask, person);
  takeBudget(ask, person);
  return keep(ask, person, { made, markup, reply, extra });
}

function keep(
  ask: Ask,
  person: SimulatedPerson,
  parts: { made: JsonObject; markup: Markup; reply?: SimulatedMessage; extra: JsonObject },
): Written {
  const { made, markup, reply, extra } = parts;
  const id = mintMessageId(ask.world, person);
  const message: JsonObject = {
    message_id: id,
    from: botUser(ask.bot),
    chat: chatOf(person),
    date: unixSeconds(ask.world),
    ...(reply ? { reply_to_message: asReply(reply) } : {}),
    ...made,
    ...(markup.inline ? { reply_markup: markup.inline } : {}),
  };
  // A message that carries a reply keyboard cannot be edited.
  const fixed: JsonObject = markup.keyboard ? { fixed: true } : {};
  const native = { message, ...fixed, ...extra };
  const view = { ...draw(native), ...(reply ? { quotes: reply.id } : {}) };
  ask.world.saveMessage({
    id: String(id),
    person: person.id,
    from: "business",
    at: ask.world.now(),
    view,
    native,
  });
  place(ask, person, markup, String(id));
  return { message, person: person.id };
}

/** Several messages of one call (an album) share one place in the budget. */
export function writeAlbum(ask: Ask, contents: JsonObject[]): { messages: JsonObject[]; person: string } {
  const person = chatToWrite(ask);
  const reply = quoted(ask, person);
  takeBudget(ask, person);
  const media_group_id = String(ask.world.next("telegram album", 13_000_000_001));
  const messages = contents.map(
    (content) =>
      keep(ask, person, { made: { ...content, media_group_id }, markup: {}, reply, extra: {} }).message,
  );
  return { messages, person: person.id };
}

/** Saves a message that has changed, and draws it anew. */
export function rewrite(ask: Ask, stored: SimulatedMessage, native: JsonObject): JsonObject {
  const { reactions, quotes } = stored.view;
  const kept = { ...(reactions ? { reactions } : {}), ...(quotes ? { quotes } : {}) };
  ask.world.saveMessage({ ...stored, native, view: { ...draw(native), ...kept } });
  return isObject(native.message) ? asObject(native.message) : {};
}
