/**
 * Whether a text can be read in another one. Left out of the comparison: white space (where texts are cut and joined),
 * isolates (which part two directions), and, in texts with WhatsApp's markup, its marks, but for those that cannot be
 * markup: between two letters, or inside a link.
 */
export interface Needle {
  /** JSON pointer of the text in its request. */
  path: string;
  text: string;
  /** Whether its marks may have become something else. */
  isMarkup: boolean;
}

interface Sign {
  unit: string;
  isOptional: boolean;
}

const unseen = /[\s\u2066-\u2069]/;
const marks = "*_~`";
const letter = /[\p{L}\p{N}]/u;

export function squeezed(text: string): string {
  return text.replace(/[\s\u2066-\u2069]+/g, "");
}

function signs({ text, isMarkup }: Needle): Sign[] {
  const inLink = new Set<number>();
  for (const { index, end } of linksIn(text)) for (let at = index; at < end; at++) inLink.add(at);
  const all: Sign[] = [];
  for (let at = 0; at < text.length; at++) {
    const unit = text[at]!;
    if (unseen.test(unit)) continue;
    const isMark = isMarkup && marks.includes(unit) && !inLink.has(at);
    // Code may stand beside a letter; what is bold, italic or struck may not.
    const isInWord = unit !== "`" && isLetter(text, at - 1, -1) && isLetter(text, at + 1, 1);
    all.push({ unit, isOptional: isMark && !isInWord });
  }
  // Optional marks at the ends would take those of the neighbours.
  const first = all.findIndex(({ isOptional }) => !isOptional);
  return first < 0 ? [] : all.slice(first, all.findLastIndex(({ isOptional }) => !isOptional) + 1);
}

/** A character outside the first plane is two units. */
function isLetter(text: string, at: number, step: 1 | -1): boolean {
  const character =
    step === 1
      ? String.fromCodePoint(text.codePointAt(at) ?? 32)
      : [...text.slice(Math.max(0, at - 1), at + 1)].at(-1);
  return letter.test(character ?? " ");
}

/** The links of a text: up to a space, without what ends a sentence or closes markup. */
export function linksIn(text: string): { index: number; end: number; link: string }[] {
  return [...text.matchAll(/https?:\/\/[^\s\u2066-\u2069]+/gi)].map((match) => {
    const link = match[0].replace(/[.,;:!?'"*_~`)\]}>؟。]+$/u, "");
    return { index: match.index, end: match.index + link.length, link };
  });
}

/** A page of text in which what was found once is not found again. */
export class Page {
  #left: string;

  constructor(text: string) {
    this.#left = squeezed(text);
  }

  /** Finds the needles one behind the other, at most `gap` signs apart, and takes them off the page. */
  take(needles: readonly Needle[], gap = 4): boolean {
    const wanted = needles.map(signs);
    for (let start = 0; start <= this.#left.length; start++) {
      const end = this.#matchAll(wanted, start, gap);
      if (end === undefined) continue;
      this.#left = `${this.#left.slice(0, start)}\0${this.#left.slice(end)}`;
      return true;
    }
    return false;
  }

  #matchAll(wanted: readonly Sign[][], start: number, gap: number): number | undefined {
    let at = this.#match(wanted[0]!, start);
    for (const next of wanted.slice(1)) {
      if (at === undefined) return undefined;
      const from: number = at;
      at = undefined;
      for (let skip = 0; skip <= gap && at === undefined; skip++) at = this.#match(next, from + skip);
    }
    return at;
  }

  #match(wanted: readonly Sign[], start: number): number | undefined {
    let at = start;
    for (const { unit, isOptional } of wanted) {
      if (this.#left[at] === unit) at++;
      else if (!isOptional) return undefined;
    }
    return at;
  }
}
