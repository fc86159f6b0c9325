import { isObject } from "./json.ts";

/** Content with every accepted spelling folded into the canonical one. */
export interface Folded {
  content: unknown;
  /** Where something was folded, in the body as it was written. */
  normalised: string[];
  /** Leads a pointer into `content` back to the body as it was written. */
  original(pointer: string): string;
}

interface Ledger {
  normalised: string[];
  /** From a canonical pointer to the original one; longer pointers follow. */
  moved: Map<string, string>;
}

/** Folds what is accepted into what is canonical. What it does not know it leaves for validation to refuse. */
export function normalise(raw: unknown, at: string): Folded {
  const ledger: Ledger = { normalised: [], moved: new Map() };
  return {
    content: foldContent(raw, at, ledger),
    normalised: ledger.normalised,
    original(pointer) {
      for (const [canonical, written] of ledger.moved) {
        if (pointer === canonical || pointer.startsWith(`${canonical}/`)) {
          return written + pointer.slice(canonical.length);
        }
      }
      return pointer;
    },
  };
}

type Fold = (value: Record<string, unknown>, at: string, ledger: Ledger) => Record<string, unknown>;

function foldContent(raw: unknown, at: string, ledger: Ledger): unknown {
  if (!isObject(raw)) return raw;
  const located = within(raw, "location", (place, to) => foldPlace(place, to, ledger), at);
  return within(located, "interactive", (interactive, to) => foldInteractive(interactive, to, ledger), at);
}

/** `value` with the object under `key` folded; untouched where there is no object. */
function within(
  value: Record<string, unknown>,
  key: string,
  fold: (inner: Record<string, unknown>, at: string) => Record<string, unknown>,
  at: string,
): Record<string, unknown> {
  const inner = Object.hasOwn(value, key) ? value[key] : undefined;
  return isObject(inner) ? { ...value, [key]: fold(inner, `${at}/${key}`) } : value;
}

const actionFolds: Record<string, Fold> = {
  cta_url: foldUrlAction,
  list: foldListAction,
  carousel: foldCarouselAction,
  flow: foldFlowAction,
};

function foldInteractive(interactive: Record<string, unknown>, at: string, ledger: Ledger) {
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
    eachOf(withoutEmpty(section, "title", sectionAt, ledger), "rows", sectionAt, (row, rowAt) =>
      withoutEmpty(row, "description", rowAt, ledger),
    ),
  );
}

function eachOf(
  value: Record<string, unknown>,
  key: string,
  at: string,
  fold: (item: Record<string, unknown>, at: string, index: number) => Record<string, unknown>,
): Record<string, unknown> {
  const items = value[key];
  if (!Array.isArray(items)) return value;
  const folded = items.map((item: unknown, index) =>
    isObject(item) ? fold(item, `${at}/${key}/${index}`, index) : item,
  );
  return { ...value, [key]: folded };
}

function withoutEmpty(value: Record<string, unknown>, key: string, at: string, ledger: Ledger) {
  if (value[key] !== "") return value;
  const { [key]: _, ...rest } = value;
  ledger.normalised.push(`${at}/${key}`);
  return rest;
}

function foldCarouselAction(action: Record<string, unknown>, at: string, ledger: Ledger) {
  return eachOf(action, "cards", at, (card, cardAt, index) => {
    const filled = withDefault(
      withDefault(card, ["card_index", index], cardAt, ledger),
      ["type", "cta_url"],
      cardAt,
      ledger,
    );
    return within(filled, "action", (inner, to) => foldCardAction(inner, to, ledger), cardAt);
  });
}

function withDefault(
  value: Record<string, unknown>,
  [key, fallback]: [string, unknown],
  at: string,
  ledger: Ledger,
) {
  if (Object.hasOwn(value, key)) return value;
  ledger.normalised.push(`${at}/${key}`);
  return { ...value, [key]: fallback };
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

/** Meta's own pages write coordinates as strings and as numbers. */
function foldPlace(place: Record<string, unknown>, at: string, ledger: Ledger) {
  const folded = { ...place };
  for (const key of ["latitude", "longitude"]) {
    const value = folded[key];
    if (typeof value !== "string" || !/^-?\d{1,3}(\.\d+)?$/.test(value)) continue;
    folded[key] = Number(value);
    ledger.normalised.push(`${at}/${key}`);
  }
  return folded;
}
