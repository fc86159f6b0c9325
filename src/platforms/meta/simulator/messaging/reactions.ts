/** Names of reactions and the emoji that each stands for (webhook-events/message-reactions, read 2026-11-21). */
const named: Record<string, readonly string[]> = {
  love: ["❤️", "❤", "😍"],
  smile: ["😆", "😀", "😂"],
  wow: ["😮"],
  sad: ["😢"],
  angry: ["😠", "😡"],
  like: ["👍"],
  dislike: ["👎"],
};

/** How a webhook calls an emoji; whatever has no name of its own is `other`. */
export function reactionName(emoji: string): string {
  return Object.entries(named).find(([, emojis]) => emojis.includes(emoji))?.[0] ?? "other";
}

const graphemes = new Intl.Segmenter();

/** One sign as a person sees it, and shown as a picture. */
function isOneEmoji(text: string): boolean {
  const isOne = [...graphemes.segment(text)].length === 1;
  const isPicture =
    /^(?:[\d#*]\uFE0F?\u20E3|(?![\d#*])\p{Emoji}\uFE0F|\p{RI}{2}|(?!\p{RI})\p{Emoji_Presentation})/u;
  return isOne && (isPicture.test(text) || text === "❤");
}

/** The emoji that a business's `reaction` puts on the message: a name or any one emoji; undefined for anything else. */
export function emojiOf(reaction: string): string | undefined {
  if (Object.hasOwn(named, reaction)) return named[reaction]?.[0];
  return isOneEmoji(reaction) ? reaction : undefined;
}
