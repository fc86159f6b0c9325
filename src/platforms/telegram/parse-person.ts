import { instantOf } from "../../core/clock.ts";
import { isObject } from "../../core/json.ts";
import { platformIdOf } from "./message-id.ts";
import { readChat, readPerson } from "./person.ts";
import { type Fields, listAt, objectAt, textAt, wholeAt } from "./read.ts";
import type { Reading } from "./reading.ts";

/** A vote in one of our polls. Telegram tells neither chat nor message, so the poll's id has to find them. */
export function readVote(vote: Fields, updateId: number): Reading {
  const pollId = textAt(vote, "poll_id");
  const sender = readPerson(objectAt(vote, "user"));
  const options = listAt(vote, "option_ids");
  if (pollId === undefined || !options) return { unknown: "a vote without its poll or its options" };
  if (!sender) return { unknown: "a vote in the name of a chat" };
  const keys = options.filter((option) => Number.isSafeInteger(option)).map(String);
  if (keys.length < options.length) return { unknown: "a vote whose options are no numbers" };
  const answer = { by: "poll", pollId, keys } as const;
  return { event: { kind: "received", sender, platformId: `pv:${updateId}`, answer } };
}

/** In a private chat the bot's own membership is whether the person blocks it. */
export function readMembership(update: Fields): Reading {
  const chat = readChat(objectAt(update, "chat"));
  const sender = readPerson(objectAt(update, "from"));
  if (!chat || !sender) return { unknown: "a membership without its chat or its person" };
  if (chat.type !== "private") return { unknown: "the bot's membership in a group or channel" };
  const status = objectAt(update, "new_chat_member")?.status;
  if (status === "kicked") return { event: { kind: "blocked", chat, sender, ...atOf(update) } };
  if (status === "member") return { event: { kind: "unblocked", chat, sender, ...atOf(update) } };
  return { unknown: "a membership that is neither kicked nor member" };
}

export function readReaction(update: Fields, updateId: number): Reading {
  const chat = readChat(objectAt(update, "chat"));
  const sender = readPerson(objectAt(update, "user"));
  const messageId = wholeAt(update, "message_id");
  const reactions = listAt(update, "new_reaction");
  if (!chat || messageId === undefined || !reactions)
    return { unknown: "a reaction without its chat or its message" };
  if (!sender) return { unknown: "a reaction in the name of a chat" };
  const newest = reactions.filter(isObject).findLast((reaction) => reaction.type === "emoji");
  const emoji = reactions.length === 0 ? "" : newest && textAt(newest, "emoji");
  if (emoji === undefined) return { unknown: "a reaction that is no emoji" };
  const target = platformIdOf(Number(chat.id), messageId);
  const platformId = `rx:${updateId}`;
  return { event: { kind: "reaction", chat, sender, platformId, target, emoji, ...atOf(update) } };
}

function atOf(update: Fields): { at?: number } {
  const at = instantOf(update.date);
  return at === undefined ? {} : { at };
}
