import { plain } from "../../../src/core/marked.ts";
import { readMarkup } from "../../../src/core/markup.ts";
import type { PlatformName } from "../../../src/core/platform.ts";
import type { ScreenButton, ScreenView } from "../../../src/core/simulation.ts";
import type { Bubble, Card, Control, Controls, Media, Part, Quote, Screen } from "./screen.ts";

/** A message as `GET /simulator/people/{id}/screen` has it. */
export type SimulatedView = ScreenView & { id: string; from: string; at?: string };

/** The phone of a simulated person: read from their screen and nothing else. */
export function screenOfSimulator(platform: PlatformName, messages: readonly SimulatedView[]): Screen {
  const bubbles = messages.map((message) => bubbleOf(platform, message, messages));
  const quickReplies = hanging(messages.at(-1), "quick_reply");
  const keyboard = messages
    .map((message) => hanging(message, "keyboard"))
    .findLast((found) => found !== undefined);
  return {
    platform,
    bubbles,
    ...(quickReplies && { quickReplies: { bubble: quickReplies.bubble, controls: quickReplies.controls } }),
    ...(keyboard && { keyboard }),
  };
}

/** The controls of a message that stand apart from its bubble. */
function hanging(
  message: SimulatedView | undefined,
  place: ScreenButton["place"],
): (Controls & { rows: number[][] }) | undefined {
  const { controls, rows } = placed(message?.buttons ?? [], place);
  return message && controls.length > 0 ? { bubble: message.id, controls, rows } : undefined;
}

/** The buttons of one place with their number in the message, and the rows that they stand in. */
function placed(buttons: readonly ScreenButton[], place?: ScreenButton["place"]) {
  const chosen = buttons
    .map((button, index) => ({ button, index }))
    .filter((one) => one.button.place === place);
  const controls = chosen.map(({ button, index }) => controlOf(button, { button: index }));
  const rows: number[][] = [];
  for (const [at, { button }] of chosen.entries()) {
    const row = button.row ?? at;
    rows[row] = [...(rows[row] ?? []), at];
  }
  return { controls, rows: rows.filter((row) => row !== undefined) };
}

function controlOf({ label, kind, url }: ScreenButton, button: Control["button"]): Control {
  return { label, kind, ...(url !== undefined && { url }), button };
}

function bubbleOf(platform: PlatformName, message: SimulatedView, all: readonly SimulatedView[]): Bubble {
  const { id, from, quotes, reactions, edited, at } = message;
  return {
    id,
    from: from === "person" ? "person" : "business",
    parts: partsOf(platform, message),
    ...(quotes !== undefined && { quote: quoteOf(platform, quotes, all) }),
    ...(reactions && reactions.length > 0 && { reactions }),
    ...(edited && { edited }),
    ...(at !== undefined && { at: Date.parse(at) }),
  };
}

function quoteOf(platform: PlatformName, id: string, all: readonly SimulatedView[]): Quote {
  const quoted = all.find((message) => message.id === id);
  if (!quoted) return { bubble: id };
  const text =
    textOf(platform, quoted)?.text ?? quoted.poll?.question ?? quoted.header ?? quoted.contacts?.[0]?.name;
  return {
    bubble: id,
    from: quoted.from === "person" ? "person" : "business",
    ...(text !== undefined && { text }),
  };
}

function partsOf(platform: PlatformName, message: SimulatedView): Part[] {
  const { header, footer, media, location, contacts, poll, list, cards } = message;
  const parts: Part[] = [];
  if (media) parts.push({ kind: "media", media: mediaOf(media) });
  if (header !== undefined) parts.push({ kind: "header", text: plain(header) });
  const text = textOf(platform, message);
  if (text) parts.push({ kind: "text", text });
  if (footer !== undefined) parts.push({ kind: "footer", text: readMarkup(footer) });
  if (poll) parts.push({ kind: "poll", poll: pollOf(poll) });
  if (location) parts.push({ kind: "place", place: location });
  if (contacts) parts.push({ kind: "contacts", contacts });
  if (cards) parts.push(cardsPart(platform, cards));
  return [...parts, ...controlsPart(platform, message, list)];
}

function textOf(platform: PlatformName, { text, spans }: SimulatedView) {
  if (text === undefined || text === "") return undefined;
  if (platform === "telegram") return { text, spans: spans ?? [] };
  return platform === "whatsapp" ? readMarkup(text) : plain(text);
}

function pollOf(poll: NonNullable<ScreenView["poll"]>) {
  return {
    question: poll.question,
    ...(poll.description !== undefined && { description: poll.description }),
    options: poll.options.map(({ text, voted }) => ({ text, voted: voted === true })),
    anonymous: poll.anonymous === true,
    multiple: poll.multiple === true,
    closed: poll.closed === true,
  };
}

function mediaOf({ type, voice, link, id, filename }: NonNullable<ScreenView["media"]>): Media {
  return {
    type: (voice ? "voice" : type) as Media["type"],
    ...(link !== undefined && { link }),
    ...(id !== undefined && { id }),
    ...(filename !== undefined && { filename }),
  };
}

function cardsPart(platform: PlatformName, cards: NonNullable<ScreenView["cards"]>): Part {
  const read = platform === "whatsapp" ? readMarkup : plain;
  const drawn = cards.map(
    ({ media, title, text, buttons }, card): Card => ({
      ...(media && { media: mediaOf(media) }),
      ...(title !== undefined && { title }),
      ...(text !== undefined && { text: read(text) }),
      controls: buttons.map((button, index) => controlOf(button, { card, button: index })),
    }),
  );
  return { kind: "cards", look: platform === "whatsapp" ? "carousel" : "template", cards: drawn };
}

const looks = {
  whatsapp: "buttons",
  messenger: "template",
  instagram: "template",
  telegram: "keyboard",
} as const;

function controlsPart(platform: PlatformName, message: SimulatedView, list: ScreenView["list"]): Part[] {
  const { controls, rows } = placed(message.buttons ?? []);
  const [opener] = controls;
  if (list && opener) return [{ kind: "list", control: opener, sections: list.sections }];
  return controls.length > 0 ? [{ kind: "controls", look: looks[platform], controls, rows }] : [];
}
