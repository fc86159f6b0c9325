import { oneLine } from "../../core/direction.ts";
import { join, plain, trim } from "../../core/marked.ts";
import { readMarkup } from "../../core/markup.ts";
import type { CarouselCard, CarouselInteractive, Choice, QuickReply } from "../../core/message.ts";
import { type Drawing, fileDrawing, inOrder, textDrawing } from "./draft.ts";
import { choiceKeyboard, isButtonUrl, urlAsText, urlKeyboard } from "./keyboard.ts";

const root = "/content/interactive";

/** The text, then a message per card with its own buttons: Telegram has nothing that scrolls sideways and is tapped. */
export function drawCarousel(carousel: CarouselInteractive, token: string): Drawing {
  const { cards } = carousel.action;
  const body = trim(readMarkup(carousel.body.text));
  const text = textDrawing(body, { path: `${root}/body`, part: "message" });
  const did = `Sent the ${cards.length} cards as messages below the text: Telegram has no carousel.`;
  const steps = [{ path: `${root}/action/cards`, rule: "cards_as_messages", did }];
  let firstKey = 0;
  const drawings = cards.map((card, index) => {
    const drawing = drawCard(card, { token, index, firstKey });
    firstKey += drawing.choices?.length ?? 0;
    return drawing;
  });
  return inOrder([text, { drafts: [], steps }, ...drawings]);
}

interface CardPlace {
  token: string;
  index: number;
  /** The key of the card's first choice: keys count over the whole carousel. */
  firstKey: number;
}

function drawCard(card: CarouselCard, place: CardPlace): Drawing {
  const path = `${root}/action/cards/${place.index}`;
  const [kind, media] = fileOf(card);
  const body = trim(readMarkup(card.body?.text ?? ""));
  const at = { path: `${path}/body`, part: `card ${place.index + 1}` };
  if ("buttons" in card.action) {
    const choices = choicesOf(card.action.buttons, card.card_index, place.firstKey);
    const labels = card.action.buttons.map(({ quick_reply: { title } }, index) => ({
      key: String(place.firstKey + index),
      title,
    }));
    const replyMarkup = choiceKeyboard(place.token, labels, true);
    return { ...fileDrawing(kind, media, body, { ...at, replyMarkup }), choices };
  }
  const { display_text: label, url } = card.action.parameters;
  if (isButtonUrl(url))
    return fileDrawing(kind, media, body, { ...at, replyMarkup: urlKeyboard(label, url) });
  const text = join([body, plain(oneLine(label, ": ", url))], "\n\n");
  return inOrder([fileDrawing(kind, media, text, at), urlAsText(`${path}/action/parameters/url`)]);
}

function fileOf({ header }: CarouselCard) {
  return header.type === "image" ? (["photo", header.image] as const) : (["video", header.video] as const);
}

function choicesOf(buttons: readonly QuickReply[], cardIndex: number, firstKey: number): Choice[] {
  return buttons.map(({ quick_reply: { id, title } }, index) => ({
    key: String(firstKey + index),
    reply: { type: "button_reply", button_reply: { id, title, card_index: cardIndex } },
  }));
}
