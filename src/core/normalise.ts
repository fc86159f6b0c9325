import { type Ledger, within, withoutEmpties } from "./fold.ts";
import { foldInteractive } from "./fold-interactive.ts";
import { isObject } from "./json.ts";

/** Content with every accepted spelling folded into the canonical one. */
export interface Folded {
  content: unknown;
  /** Where something was folded, in the body as it was written. */
  normalised: string[];
  /** Leads a pointer into `content` back to the body as it was written. */
  original(pointer: string): string;
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

function foldContent(raw: unknown, at: string, ledger: Ledger): unknown {
  if (!isObject(raw)) return raw;
  let folded = within(raw, "location", (place, to) => foldPlace(place, to, ledger), at);
  folded = within(folded, "reaction", (reaction, to) => foldReaction(reaction, to, ledger), at);
  for (const type of ["image", "video", "document"]) {
    folded = within(
      folded,
      type,
      (media, to) => withoutEmpties(media, ["caption", "filename"], to, ledger),
      at,
    );
  }
  return within(folded, "interactive", (interactive, to) => foldInteractive(interactive, to, ledger), at);
}

/** Meta's own pages write coordinates as strings and as numbers. */
function foldPlace(place: Record<string, unknown>, at: string, ledger: Ledger) {
  const folded = withoutEmpties(place, ["name", "address"], at, ledger);
  for (const key of ["latitude", "longitude"]) {
    const value = folded[key];
    if (typeof value !== "string" || !/^-?\d{1,3}(\.\d+)?$/.test(value)) continue;
    folded[key] = Number(value);
    ledger.normalised.push(`${at}/${key}`);
  }
  return folded;
}

const isEmoji = (text: string) => /^\p{RGI_Emoji}$/v.test(text);

/** With the variation selectors (U+FE0F) that make signs such as the red heart an emoji. */
function withSelectors(text: string): string {
  return text.replace(/\p{Emoji}(?!\p{Emoji_Modifier}|\ufe0f)/gu, (sign) =>
    /\p{Emoji_Presentation}/u.test(sign) ? sign : `${sign}\ufe0f`,
  );
}

/** Some keyboards, and Telegram's own list of reactions, leave the selectors out. */
function foldReaction(reaction: Record<string, unknown>, at: string, ledger: Ledger) {
  const { emoji } = reaction;
  if (typeof emoji !== "string" || isEmoji(emoji)) return reaction;
  const full = withSelectors(emoji);
  if (!isEmoji(full)) return reaction;
  ledger.normalised.push(`${at}/emoji`);
  return { ...reaction, emoji: full };
}
