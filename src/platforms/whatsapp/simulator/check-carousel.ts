import { checkHeader, type KnowsMedia } from "./check-media.ts";
import { checkUrlAction } from "./check-url-action.ts";
import { array, at, exactly, type Fields, invalid, object, text, unique } from "./fields.ts";
import { limits } from "./limits.ts";

/** The ids of a card's quick replies; empty for a card with a link. */
function checkQuickReplies(action: Fields, where: string): string[] {
  object(action, where, ["buttons"]);
  const buttons = array(action.buttons, at(where, "buttons"));
  if (buttons.length < 1 || buttons.length > limits.quickReplies) {
    invalid(`Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: ${limits.quickReplies}`);
  }
  const titles: string[] = [];
  const ids = buttons.map((value, index) => {
    const here = at(at(where, "buttons"), index);
    const button = object(value, here, ["type", "quick_reply"]);
    exactly(button.type, at(here, "type"), ["quick_reply"]);
    const reply = object(button.quick_reply, at(here, "quick_reply"), ["id", "title"]);
    const replyAt = at(here, "quick_reply");
    const rule = { name: "Button title", max: limits.quickReplyTitle };
    titles.push(text(reply.title, at(replyAt, "title"), rule));
    return text(reply.id, at(replyAt, "id"), { name: "Button id", max: limits.quickReplyId });
  });
  unique(titles, "Buttons titles must be unique.");
  return ids;
}

function checkCard(value: unknown, where: string, knows: KnowsMedia): { shape: string; ids: string[] } {
  const card = object(value, where, ["card_index", "type", "header", "body", "action"]);
  exactly(card.type, at(where, "type"), ["cta_url"]);
  checkHeader(card.header, ["image", "video"], knows, at(where, "header"));
  if (card.body !== undefined) {
    const body = object(card.body, at(where, "body"), ["text"]);
    const bodyAt = at(at(where, "body"), "text");
    const given = text(body.text, bodyAt, { name: "Card body text", max: limits.cardBody });
    if (given.split("\n").length - 1 > limits.cardLineBreaks) {
      invalid(`Card body text has too many line breaks. Max line breaks: ${limits.cardLineBreaks}`);
    }
  }
  const action = object(card.action, at(where, "action"));
  if (action.buttons === undefined) {
    checkUrlAction(action, at(where, "action"));
    return { shape: "url", ids: [] };
  }
  const ids = checkQuickReplies(action, at(where, "action"));
  return { shape: `${ids.length} quick replies`, ids };
}

/** The action of a media carousel: every card has the same kind and number of buttons. */
export function checkCarousel(action: Fields, where: string, knows: KnowsMedia): void {
  object(action, where, ["cards"]);
  const cards = array(action.cards, at(where, "cards"));
  if (cards.length < limits.minCards || cards.length > limits.cards) {
    invalid(`Invalid cards count. Min allowed cards: ${limits.minCards}, Max allowed cards: ${limits.cards}`);
  }
  const checked = cards.map((card, index) => checkCard(card, at(at(where, "cards"), index), knows));
  for (const [index, card] of cards.entries()) {
    if ((card as Fields).card_index !== index) {
      invalid(`${at(at(at(where, "cards"), index), "card_index")} must be ${index}.`);
    }
  }
  if (new Set(checked.map((card) => card.shape)).size > 1) {
    invalid("All cards must have the same type and number of buttons.");
  }
  unique(
    checked.flatMap((card) => card.ids),
    "Buttons ids must be unique.",
  );
}
