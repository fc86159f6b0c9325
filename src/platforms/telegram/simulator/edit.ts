import type { JsonObject } from "../../../core/json.ts";
import type { SimulatedMessage } from "../../../core/simulation.ts";
import { chatNamed, nativeMessage, unixSeconds } from "./chats.ts";
import { fileGiven, type MediaKind, mediaField } from "./files.ts";
import { deleteWithinMs } from "./limits.ts";
import { inlineOf } from "./markup.ts";
import { type Ask, asObject, integerOf, jsonOf, objectOf } from "./parameters.ts";
import { badRequest } from "./refusal.ts";
import { captionPart, rewrite, textPart, type Written } from "./write.ts";

function editable(ask: Ask): SimulatedMessage {
  const person = chatNamed(ask);
  const id = integerOf(ask, "message_id");
  if (id === undefined) badRequest("message identifier is not specified");
  const stored = ask.world.message(person.id, String(id)) ?? badRequest("message to edit not found");
  if (stored.from !== "business" || stored.native.fixed === true) badRequest("message can't be edited");
  return stored;
}

const unchanged =
  "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";

/** Replaces `fields` of a message; its inline keyboard is the one given now, or none. */
function edit(ask: Ask, stored: SimulatedMessage, fields: JsonObject, dropped: readonly string[]): Written {
  const message = nativeMessage(stored);
  const inline = inlineOf(ask);
  const gone = [...dropped, "reply_markup", "edit_date"];
  const kept = Object.fromEntries(Object.entries(message).filter(([key]) => !gone.includes(key)));
  const changed = { ...kept, ...fields, ...(inline ? { reply_markup: inline } : {}) };
  if (sameContent(message, changed)) badRequest(unchanged);
  const edited = { ...changed, edit_date: unixSeconds(ask.world) };
  return { message: rewrite(ask, stored, { ...stored.native, message: edited }), person: stored.person };
}

function sameContent(before: JsonObject, after: JsonObject): boolean {
  const sorted = ({ edit_date: _date, ...message }: JsonObject) =>
    JSON.stringify(Object.entries(message).sort(([one], [other]) => (one < other ? -1 : 1)));
  return sorted(before) === sorted(after);
}

export function editMessageText(ask: Ask): Written {
  const stored = editable(ask);
  if (nativeMessage(stored).text === undefined) badRequest("there is no text in the message to edit");
  return edit(ask, stored, textPart(ask), ["text", "entities"]);
}

export function editMessageCaption(ask: Ask): Written {
  const stored = editable(ask);
  const message = nativeMessage(stored);
  const captioned = ["photo", "video", "document", "animation", "audio", "voice"];
  if (!captioned.some((kind) => message[kind] !== undefined)) {
    badRequest("there is no caption in the message to edit");
  }
  return edit(ask, stored, captionPart(ask), ["caption", "caption_entities"]);
}

export function editMessageReplyMarkup(ask: Ask): Written {
  return edit(ask, editable(ask), {}, []);
}

export function editMessageMedia(ask: Ask): Written {
  const stored = editable(ask);
  const media = objectOf(ask, "media") ?? badRequest("media is empty");
  const kind = String(media.type);
  const kinds = ["photo", "video", "document", "animation", "audio"];
  if (!kinds.includes(kind)) badRequest("can't parse InputMedia: type of the media is invalid");
  const single: Ask = { ...ask, fields: { ...media } };
  const kept = fileGiven(single, kind as MediaKind, typeof media.media === "string" ? media.media : "");
  const fields = { ...mediaField(ask.world, kept), ...captionPart(single) };
  return edit(ask, stored, fields, [...kinds, "text", "entities", "caption", "caption_entities"]);
}

function deletable(ask: Ask, person: string, id: string): SimulatedMessage | undefined {
  const stored = ask.world.message(person, id);
  return stored && ask.world.now() - stored.at < deleteWithinMs ? stored : undefined;
}

export function deleteMessage(ask: Ask): string {
  const person = chatNamed(ask);
  const id = String(integerOf(ask, "message_id") ?? "");
  if (!ask.world.message(person.id, id)) badRequest("message to delete not found");
  if (!deletable(ask, person.id, id)) badRequest("message can't be deleted for everyone");
  ask.world.removeMessage(person.id, id);
  return person.id;
}

/** Those that are not there are passed over. */
export function deleteMessages(ask: Ask): string {
  const person = chatNamed(ask);
  const ids = jsonOf(ask, "message_ids");
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > 100)
    return badRequest("message identifiers are not specified");
  for (const id of ids) {
    if (deletable(ask, person.id, String(id))) ask.world.removeMessage(person.id, String(id));
  }
  return person.id;
}

/** The reactions that everybody may use (core.telegram.org/bots/api#reactiontypeemoji, 2026-11-21). */
const allowed =
  "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡".split(
    " ",
  );

export function isReaction(emoji: string): boolean {
  return allowed.includes(emoji);
}

export function setMessageReaction(ask: Ask): string {
  const person = chatNamed(ask);
  const stored = ask.world.message(person.id, String(integerOf(ask, "message_id") ?? ""));
  if (!stored) return badRequest("message to react not found");
  const list = jsonOf(ask, "reaction") ?? [];
  if (!Array.isArray(list)) return badRequest("reaction must be an Array");
  if (list.length > 1) badRequest("REACTIONS_TOO_MANY");
  const emoji = list.length === 0 ? "" : String(asObject(list[0]).emoji ?? "");
  if (list.length === 1 && !isReaction(emoji)) badRequest("REACTION_INVALID");
  const others = (stored.view.reactions ?? []).filter((known) => known.from !== "business");
  const own = emoji === "" ? [] : [{ from: "business" as const, emoji }];
  ask.world.saveMessage({ ...stored, view: { ...stored.view, reactions: [...others, ...own] } });
  return person.id;
}
