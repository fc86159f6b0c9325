import type { Call, RenderContext } from "../../core/platform.ts";
import { chatIdOf } from "./draft.ts";
import type { Impossible } from "./interactive.ts";
import { readPlatformId } from "./message-id.ts";

/**
 * The emoji that Telegram takes as a reaction.
 * Source: https://core.telegram.org/bots/api#reactiontypeemoji, read 2026-11-21.
 */
const allowed =
  "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡".split(
    " ",
  );

/** Keyboards add variation selectors (U+FE0F) that Telegram's own list does not have. */
const withoutSelectors = (emoji: string) => emoji.replaceAll("\uFE0F", "");
const bySigns = new Map(allowed.map((emoji) => [withoutSelectors(emoji), emoji]));

/** The emoji as Telegram writes it, or undefined where it takes no such reaction. */
function reactionEmoji(emoji: string): string | undefined {
  return bySigns.get(withoutSelectors(emoji));
}

/** A reaction to the quoted message; an empty emoji takes it back. */
export function drawReaction(emoji: string, context: RenderContext): { call: Call } | Impossible {
  const target = context.quotes === undefined ? undefined : readPlatformId(context.quotes);
  if (!target)
    return { path: "/content/reaction/message_id", reason: "The message to react to is not on Telegram." };
  const known = emoji === "" ? "" : reactionEmoji(emoji);
  if (known === undefined)
    return {
      path: "/content/reaction/emoji",
      reason: "Telegram takes only some emoji as reactions, and this is none of them.",
    };
  const reaction = known === "" ? [] : [{ type: "emoji", emoji: known }];
  const body = { chat_id: chatIdOf(context.to), message_id: target.messageId, reaction };
  return { call: { method: "POST", path: "/bot/setMessageReaction", body, part: "reaction" } };
}
