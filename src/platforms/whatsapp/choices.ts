import type { CarouselCard, Choice, Interactive } from "../../core/message.ts";

/** The replies that a message offers, by their ids: so that a pick comes back with all that was written on it. */
export function choicesOf(interactive: Interactive): Choice[] {
  if (interactive.type === "button") {
    return interactive.action.buttons.map(({ reply: { id, title } }) => buttonChoice({ id, title }));
  }
  if (interactive.type === "list") {
    return interactive.action.sections
      .flatMap((section) => section.rows)
      .map(({ id, title, description }) => ({
        key: id,
        reply: { type: "list_reply", list_reply: { id, title, ...(description && { description }) } },
      }));
  }
  return interactive.type === "carousel" ? interactive.action.cards.flatMap(cardChoices) : [];
}

function cardChoices({ action, card_index }: CarouselCard): Choice[] {
  if (!("buttons" in action)) return [];
  return action.buttons.map(({ quick_reply: { id, title } }) => buttonChoice({ id, title, card_index }));
}

function buttonChoice(button: { id: string; title: string; card_index?: number }): Choice {
  return { key: button.id, reply: { type: "button_reply", button_reply: button } };
}
