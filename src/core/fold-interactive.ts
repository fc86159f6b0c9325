import { eachOf, type Ledger, withDefault, within, withoutEmpties } from "./fold.ts";

type Fold = (value: Record<string, unknown>, at: string, ledger: Ledger) => Record<string, unknown>;

const actionFolds: Record<string, Fold> = {
  cta_url: foldUrlAction,
  list: foldListAction,
  carousel: foldCarouselAction,
  flow: foldFlowAction,
};

/** Folds the spellings of an interactive message that differ from the canonical one in their action. */
export function foldInteractive(interactive: Record<string, unknown>, at: string, ledger: Ledger) {
  const type = String(interactive.type);
  const fold = Object.hasOwn(actionFolds, type) ? actionFolds[type] : undefined;
  return fold ? within(interactive, "action", (action, to) => fold(action, to, ledger), at) : interactive;
}

/** `action.name` may be missing; seed 1 writes a label in `action.button`, which nothing shows. */
function foldUrlAction(action: Record<string, unknown>, at: string, ledger: Ledger) {
  const folded = { ...action };
  if (!Object.hasOwn(folded, "name") && Object.hasOwn(folded, "parameters")) {
    folded.name = "cta_url";
    ledger.normalised.push(`${at}/name`);
  }
  if (typeof folded.button === "string") {
    delete folded.button;
    ledger.normalised.push(`${at}/button`);
  }
  return folded;
}

/** An empty title or description says the same as none. */
function foldListAction(action: Record<string, unknown>, at: string, ledger: Ledger) {
  return eachOf(action, "sections", at, (section, sectionAt) =>
    eachOf(withoutEmpties(section, ["title"], sectionAt, ledger), "rows", sectionAt, (row, rowAt) =>
      withoutEmpties(row, ["description"], rowAt, ledger),
    ),
  );
}

function foldCarouselAction(action: Record<string, unknown>, at: string, ledger: Ledger) {
  return eachOf(action, "cards", at, (card, cardAt, index) => {
    const typed = foldCardType(withDefault(card, ["card_index", index], cardAt, ledger), cardAt, ledger);
    const filled = withDefault(typed, ["type", "cta_url"], cardAt, ledger);
    return within(filled, "action", (inner, to) => foldCardAction(inner, to, ledger), cardAt);
  });
}

/** Meta calls both kinds of card `cta_url`; one with quick replies is often called after them. */
function foldCardType(card: Record<string, unknown>, at: string, ledger: Ledger) {
  if (card.type !== "quick_reply") return card;
  ledger.normalised.push(`${at}/type`);
  return { ...card, type: "cta_url" };
}

function foldCardAction(action: Record<string, unknown>, at: string, ledger: Ledger) {
  if (!Object.hasOwn(action, "buttons")) return foldUrlAction(action, at, ledger);
  return eachOf(action, "buttons", at, (button, to) => foldQuickReply(button, to, ledger));
}

/** Seed 2 only says "quick_reply objects with id + title": flat and nested, with and without `type`, are read alike. */
function foldQuickReply(button: Record<string, unknown>, at: string, ledger: Ledger) {
  if (Object.hasOwn(button, "quick_reply")) return withDefault(button, ["type", "quick_reply"], at, ledger);
  if (!Object.hasOwn(button, "id") && !Object.hasOwn(button, "title")) return button;
  const { type = "quick_reply", ...reply } = button;
  ledger.normalised.push(at);
  ledger.moved.set(`${at}/quick_reply`, at);
  return { type, quick_reply: reply };
}

/** Flows count their message version in a string; a bare 3 means the same. */
function foldFlowAction(action: Record<string, unknown>, at: string, ledger: Ledger) {
  return within(
    action,
    "parameters",
    (parameters, to) => {
      if (parameters.flow_message_version !== 3) return parameters;
      ledger.normalised.push(`${to}/flow_message_version`);
      return { ...parameters, flow_message_version: "3" };
    },
    at,
  );
}
