import { nameOf } from "../../console/src/phones/media-name.ts";
import type { Bubble, Card, Media, Part, Screen } from "../../console/src/phones/screen.ts";

export interface Seen {
  bubbles: object[];
  reactions: object[];
  [more: string]: unknown;
}

/** Whether nothing is there to be seen. */
export function isEmpty({ bubbles, reactions }: Seen): boolean {
  return bubbles.length === 0 && reactions.length === 0;
}

/**
 * What can be seen on a phone of what the business sent, without the names that each side gives to messages and files:
 * texts and how they look, files, options and their order, where they stand, and what was reacted to.
 */
export function seen({ bubbles, quickReplies, keyboard }: Screen): Seen {
  const business = bubbles.filter(({ from }) => from === "business");
  const drawn = {
    bubbles: business.map(seenBubble),
    quickReplies: quickReplies && { on: placeOf(quickReplies.bubble, business), ...quickReplies, bubble: 0 },
    keyboard: keyboard && { on: placeOf(keyboard.bubble, business), ...keyboard, bubble: 0 },
    reactions: bubbles.flatMap(({ reactions }) => reactions ?? []),
  };
  return JSON.parse(JSON.stringify(drawn));
}

function placeOf(id: string, bubbles: readonly Bubble[]): number {
  return bubbles.findIndex((bubble) => bubble.id === id);
}

function seenBubble({ parts, quote, edited }: Bubble): object {
  return { parts: parts.map(seenPart), quotes: quote !== undefined, edited };
}

function seenPart(part: Part): object {
  if (part.kind === "media") return { ...part, media: seenMedia(part.media) };
  if (part.kind === "cards") return { ...part, cards: part.cards.map(seenCard) };
  return part;
}

function seenCard({ media, ...card }: Card): object {
  return { ...card, media: media && seenMedia(media) };
}

function seenMedia(media: Media): object {
  return { type: media.type, name: nameOf(media) };
}
