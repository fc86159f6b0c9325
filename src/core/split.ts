import { links, type Stretch } from "./link.ts";
import { type Marked, slice, trim } from "./marked.ts";
import type { Unit } from "./problem.ts";
import { measure, utf8Length } from "./text.ts";

export interface SplitLimit {
  max: number;
  unit: Extract<Unit, "code_points" | "bytes">;
}

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });
/** A cut so early that the part would be nearly empty is worse than a finer one: paragraphs and sentences must fill half. */
const worthwhile = 0.5;
const cuts = {
  paragraph: /\n\s*\n/gu,
  line: /\n/gu,
  sentence: /[.!?。！？؟।]["')\]]*\s+/gu,
  word: /\s+/gu,
} as const;

/**
 * Parts of at most `limit`, cut at a paragraph, line, sentence, word, or else between two graphemes; never inside
 * a link or a span that fits into one part. White space at a cut is left out. At least one part.
 */
export function split(marked: Marked, limit: SplitLimit): Marked[] {
  const parts: Marked[] = [];
  let rest = trim(marked);
  while (measure(rest.text, limit.unit) > limit.max) {
    const reach = reachOf(rest.text, limit);
    const cut = bestCut(rest, reach);
    parts.push(trim(slice(rest, 0, cut)));
    rest = trim(slice(rest, cut, rest.text.length));
  }
  return rest.text === "" && parts.length > 0 ? parts : [...parts, rest];
}

/**
 * The last grapheme boundary within the limit. One grapheme can be longer than a message (letters with hundreds of
 * accents): then between code points.
 */
function reachOf(text: string, limit: SplitLimit): number {
  const reach = pointsWithin(text, limit);
  // To segment the whole text would take ten times as long.
  return graphemes.segment(text).containing(reach)?.index || reach;
}

/** Up to where the code points fit; at least one of them. */
function pointsWithin(text: string, limit: SplitLimit): number {
  let size = 0;
  let reach = 0;
  for (const point of text) {
    size += limit.unit === "bytes" ? utf8Length(point.codePointAt(0)!) : 1;
    if (size > limit.max && reach > 0) break;
    reach += point.length;
  }
  return reach;
}

function bestCut({ text, spans }: Marked, reach: number): number {
  const found = links(text);
  const whole = [...found, ...spans];
  const early = reach * worthwhile;
  return (
    lastCut(text, cuts.paragraph, { reach, early, whole }) ??
    lastCut(text, cuts.line, { reach, early, whole }) ??
    lastCut(text, cuts.sentence, { reach, early, whole }) ??
    lastCut(text, cuts.word, { reach, early: 0, whole }) ??
    edgeOf(whole, reach) ??
    lastCut(text, cuts.word, { reach, early: 0, whole: found }) ??
    edgeOf(found, reach) ??
    reach
  );
}

function lastCut(
  text: string,
  at: RegExp,
  { reach, early, whole }: { reach: number; early: number; whole: readonly Stretch[] },
): number | undefined {
  let last: number | undefined;
  for (const match of text.slice(0, reach + 1).matchAll(at)) {
    const cut = Math.min(match.index + match[0].length, reach);
    // A space just behind the limit is a cut at the limit; what counts for the size is the text before it.
    if (cut > early && text.slice(0, cut).trim() !== "" && !inside(whole, cut)) last = cut;
  }
  return last;
}

/** Before the stretch that the limit falls into, if there is one and anything stands before it; else the limit. */
function edgeOf(whole: readonly Stretch[], reach: number): number | undefined {
  const cut = whole.filter((stretch) => stretch.start < reach && reach < stretch.end);
  if (cut.length === 0) return reach;
  const start = Math.min(...cut.map((stretch) => stretch.start));
  return start > 0 && !inside(whole, start) ? start : undefined;
}

function inside(whole: readonly Stretch[], cut: number): boolean {
  return whole.some((stretch) => stretch.start < cut && cut < stretch.end);
}
