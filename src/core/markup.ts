import { links, type Stretch } from "./link.ts";
import type { Marked, Span, Style } from "./marked.ts";

/**
 * WhatsApp's markup: `*bold*`, `_italic_`, `~strike~`, `` `code` `` and ```` ```mono``` ````. A mark counts only at
 * the edge of a word, so that snake_case, 2*3*4 and links stay as they are. Lists and quotes stay text.
 * Source: https://faq.whatsapp.com/539178204879377, read 2026-11-21.
 */
const marks: Record<string, Style> = { "*": "bold", _: "italic", "~": "strike" };
const wordCharacter = /[\p{L}\p{N}]/u;
/** The marks on a letter (accents, vowel signs) belong to it; on an emoji they make no word. */
const wordEnd = /[\p{L}\p{N}]\p{M}*$/u;
/** A letter with more marks than this is taken for none. */
const maxMarks = 16;

interface Reading {
  source: string;
  links: Stretch[];
  /** Which characters of the source are marks and leave the text. */
  dropped: Set<number>;
  /** In offsets of the source. */
  spans: Span[];
  /** By mark and end of the stretch: up to where no mark closes, or a text of opening marks takes quadratic time. */
  unclosed: Map<string, number>;
}

/** Parts a text in WhatsApp's markup into what is read and how it looks. */
export function readMarkup(source: string): Marked {
  // Most texts have none: they need not be gone through letter by letter.
  if (!/[*_~`]/.test(source)) return { text: source, spans: [] };
  const reading: Reading = {
    source,
    links: links(source),
    dropped: new Set(),
    spans: [],
    unclosed: new Map(),
  };
  scan(reading, 0, source.length, new Set());
  return withoutMarks(reading);
}

function scan(reading: Reading, start: number, end: number, active: ReadonlySet<string>): void {
  let at = start;
  while (at < end) {
    const link = reading.links.find((stretch) => stretch.start <= at && at < stretch.end);
    at = link ? link.end : (readCode(reading, at, end) ?? readStyle(reading, at, end, active) ?? at + 1);
  }
}

const block = /```(?<inside>[\s\S]*?)```/y;
const inline = /(?<!`)`(?<inside>[^`\n]+)`(?!`)/y;

/** Code at `at`, whose inside is not read; gives where it ends. */
function readCode(reading: Reading, at: number, end: number): number | undefined {
  for (const [shape, style, length] of [[block, "mono", 3] as const, [inline, "code", 1] as const]) {
    shape.lastIndex = at;
    const inside = shape.exec(reading.source)?.groups?.inside;
    if (inside === undefined || inside.trim() === "") continue;
    const close = at + length + inside.length;
    if (close + length > end || isInLink(reading, close)) continue;
    keep(reading, { start: at + length, end: close, style }, length);
    return close + length;
  }
  return undefined;
}

/** A link may hold any mark: one inside it closes nothing that began before it. */
function isInLink({ links: found }: Reading, at: number): boolean {
  return found.some(({ start, end }) => start < at && at < end);
}

function readStyle(
  reading: Reading,
  at: number,
  end: number,
  active: ReadonlySet<string>,
): number | undefined {
  const mark = reading.source[at] ?? "";
  const style = marks[mark];
  if (style === undefined || active.has(mark) || !opens(reading.source, at)) return undefined;
  const close = closing(reading, at, end);
  if (close === undefined) return undefined;
  keep(reading, { start: at + 1, end: close, style }, 1);
  scan(reading, at + 1, close, new Set([...active, mark]));
  return close + 1;
}

function opens(source: string, at: number): boolean {
  const next = source[at + 1] ?? " ";
  return !wordEnd.test(before(source, at)) && next.trim() !== "" && next !== source[at];
}

/** The mark that closes the one at `at`: on the same line, after a character, not before a word. */
function closing({ source, links: found, unclosed }: Reading, at: number, end: number): number | undefined {
  const mark = source[at]!;
  const stretch = `${mark}${end}`;
  if (at < (unclosed.get(stretch) ?? 0)) return undefined;
  for (let index = at + 1; index < end && source[index] !== "\n"; index++) {
    const link = found.find(({ start, end }) => start <= index && index < end);
    if (link) index = link.end - 1;
    else if (source[index] === mark && closes(source, index) && index > at + 1) return index;
  }
  const line = source.indexOf("\n", at);
  unclosed.set(stretch, line < 0 ? end : line);
  return undefined;
}

function closes(source: string, at: number): boolean {
  return (source[at - 1] ?? " ").trim() !== "" && !isWord(after(source, at));
}

function keep(reading: Reading, span: Span, markLength: number): void {
  reading.spans.push(span);
  for (let index = 1; index <= markLength; index++) {
    reading.dropped.add(span.start - index);
    reading.dropped.add(span.end + index - 1);
  }
}

function withoutMarks({ source, dropped, spans }: Reading): Marked {
  const moved: number[] = [];
  let text = "";
  for (let index = 0; index < source.length; index++) {
    moved.push(text.length);
    if (!dropped.has(index)) text += source[index];
  }
  moved.push(text.length);
  return {
    text,
    spans: spans
      .map(({ start, end, style }) => ({ start: moved[start]!, end: moved[end]!, style }))
      .filter(({ start, end }) => end > start),
  };
}

/** The last letter before `at` with its marks, perhaps behind others. */
function before(source: string, at: number): string {
  return source.slice(Math.max(0, at - 2 - maxMarks), at);
}

function after(source: string, at: number): string {
  const point = source.codePointAt(at + 1);
  return point === undefined ? "" : String.fromCodePoint(point);
}

function isWord(character: string): boolean {
  return wordCharacter.test(character);
}
