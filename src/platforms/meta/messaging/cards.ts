import { links } from "../../../core/link.ts";
import type { CarouselCard, CarouselInteractive } from "../../../core/message.ts";
import type { RenderContext } from "../../../core/platform.ts";
import { codePoints } from "../../../core/text.ts";
import { type Option, optionsOf, postback } from "./choices.ts";
import { root } from "./compose.ts";
import { type Dialect, templateLimits } from "./dialect.ts";
import { type Drawing, inOrder, textDrawing, told } from "./draft.ts";
import { isTaken, mediaDrawing } from "./media.ts";
import { unstyled } from "./style.ts";
import type { Button, Element } from "./wire.ts";

/** A card as it is drawn in either way. */
interface Card {
  path: string;
  /** `2/3`: what it is called where it has no text. */
  place: string;
  header: CarouselCard["header"];
  /** Without markup; empty where it has none. */
  text: string;
  /** Where its URL button leads. */
  url?: string;
  buttons: Button[];
  options: Option[];
  notes: Drawing;
}

/** The text, then cards side by side, or a message for each where a card holds what a template does not. */
export function drawCarousel(
  { body, action }: CarouselInteractive,
  { token }: RenderContext,
  dialect: Dialect,
): Drawing {
  const cards = readCards(action.cards, token, dialect);
  const { text, notes } = unstyled(body.text, `${root}/body`, dialect);
  const draw = cards.every(({ header }) => isShown(header, dialect)) ? templateDrawing : messagesDrawing;
  const all = [notes, draw(text, cards, dialect), ...cards.map((card) => card.notes)];
  return { ...inOrder(all), choices: cards.flatMap(({ options }) => options.map(({ choice }) => choice)) };
}

function readCards(cards: readonly CarouselCard[], token: string, dialect: Dialect): Card[] {
  let firstKey = 0;
  return cards.map((card, index) => {
    const path = `${root}/action/cards/${index}`;
    const options = optionsOf(repliesOf(card), firstKey);
    firstKey += options.length;
    return {
      path,
      place: `${index + 1}/${cards.length}`,
      header: card.header,
      ...unstyled(card.body?.text ?? "", `${path}/body`, dialect),
      options,
      ...buttonsOf(card, options, token),
    };
  });
}

function repliesOf({ action, card_index }: CarouselCard) {
  if (!("buttons" in action)) return [];
  return action.buttons.map(({ quick_reply: { id, title } }) => ({
    reply: { type: "button_reply" as const, button_reply: { id, title, card_index } },
    title,
  }));
}

function buttonsOf({ action }: CarouselCard, options: readonly Option[], token: string) {
  if ("buttons" in action) return { buttons: options.map((option) => postback(token, option)) };
  const { display_text: title, url } = action.parameters;
  return { url, buttons: [{ type: "web_url" as const, title, url }] };
}

/** What a template shows: a picture by its link, of a kind that a message of its own would show too. */
function isShown(header: CarouselCard["header"], dialect: Dialect): boolean {
  return (
    header.type === "image" && header.image.link !== undefined && isTaken("image", header.image, dialect)
  );
}

function pictureOf(header: CarouselCard["header"]): string | undefined {
  return header.type === "image" ? header.image.link : undefined;
}

function templateDrawing(body: string, cards: readonly Card[], dialect: Dialect): Drawing {
  const shown = cards.map((card) => ({ card, words: cut(card.text) }));
  const apart = shown.filter(({ card, words }) => card.text !== "" && !words).map(({ card }) => card);
  const text = [body, ...apart.map((card) => `${card.place}\n${card.text}`)].join("\n\n");
  const elements = shown.map(({ card, words }) => elementOf(card, words ?? { title: card.place }));
  const payload = { template_type: "generic" as const, elements };
  const path = `${root}/action/cards`;
  const did = "Sent the text first and the cards after it; their pictures may be cropped.";
  const named = "Called a card by its number: it needs a title.";
  return inOrder([
    textDrawing(text, { path: `${root}/body`, part: "message" }, dialect),
    { drafts: [{ message: { attachment: { type: "template", payload } }, part: "cards" }], steps: [] },
    told({ path, rule: "cards_after_text", did }),
    ...shown.map(({ card, words }) => cutNotes(card, words)),
    shown.some(({ words }) => !words) ? told({ path, rule: "added", did: named }) : told(),
  ]);
}

function elementOf({ header, url, buttons }: Card, words: Words): Element {
  return {
    ...words,
    image_url: pictureOf(header),
    ...(url !== undefined && { default_action: { type: "web_url", url } }),
    buttons,
  };
}

interface Words {
  title: string;
  subtitle?: string;
}

/**
 * A card's text as its title and subtitle, cut at its line break, after a sentence, or at a space. Undefined where it
 * does not fit whole, or holds a link, which no title opens.
 */
function cut(text: string): Words | undefined {
  if (text === "" || links(text).length > 0) return undefined;
  if (isLine(text, templateLimits.cardTitle)) return { title: text };
  const cuts = Array.from(text.matchAll(/\s+/gu), ({ index, 0: space }) => ({
    title: text.slice(0, index),
    subtitle: text.slice(index + space.length),
  })).filter(
    ({ title, subtitle }) =>
      isLine(title, templateLimits.cardTitle) && isLine(subtitle, templateLimits.cardSubtitle),
  );
  return cuts.findLast(({ title }) => /[.!?。！？؟।]$/u.test(title)) ?? cuts.at(-1);
}

function isLine(text: string, max: number): boolean {
  return codePoints(text) <= max && !text.includes("\n");
}

function cutNotes({ path, text }: Card, words: Words | undefined): Drawing {
  const step = (rule: string, did: string) => told({ path: `${path}/body`, rule, did });
  if (text === "") return told();
  if (words === undefined)
    return step("card_text", "Set the card's text before the cards, under the card's number.");
  if (words.subtitle === undefined) return told();
  return step("card_text", "Set the card's text as its title and subtitle.");
}

function messagesDrawing(body: string, cards: readonly Card[], dialect: Dialect): Drawing {
  const path = `${root}/action/cards`;
  const { image } = dialect.formats;
  const kinds = image ? `pictures by link only (${image.join(", ")})` : "no video and no uploaded file";
  const did = `Sent the ${cards.length} cards as messages below the text: cards on ${dialect.title} show ${kinds}.`;
  const named = "Called a card by its number: its buttons need a text.";
  return inOrder([
    textDrawing(body, { path: `${root}/body`, part: "message" }, dialect),
    told({ path, rule: "cards_as_messages", did }),
    ...cards.map((card, index) => messageDrawing(card, `card ${index + 1}`, dialect)),
    cards.some(({ text }) => text === "") ? told({ path, rule: "added", did: named }) : told(),
  ]);
}

function messageDrawing(
  { path, header, text, place, buttons }: Card,
  part: string,
  dialect: Dialect,
): Drawing {
  const media = header.type === "image" ? header.image : header.video;
  const at = { path: `${path}/header/${header.type}`, part: `${part} media` };
  return inOrder([
    mediaDrawing(header.type, media, at, dialect),
    textDrawing(text || place, { path: `${path}/body`, part, controls: { buttons } }, dialect),
  ]);
}
