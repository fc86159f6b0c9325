/** How a stretch of text looks. `mono` is a block of code, `code` a piece of a line. */
export type Style = "bold" | "italic" | "strike" | "mono" | "code";

/** A styled stretch: UTF-16 offsets into its text, `end` not included. */
export interface Span {
  start: number;
  end: number;
  style: Style;
}

/** A text without markup, and how its stretches look. Spans nest or are apart; they never cross. */
export interface Marked {
  text: string;
  spans: Span[];
}

/** A text in which nothing is markup. */
export function plain(text: string): Marked {
  return { text, spans: [] };
}

/** The stretch from `start` to `end`, with its spans cut to it. */
export function slice(marked: Marked, start: number, end: number): Marked {
  const spans = marked.spans
    .map((span) => ({
      ...span,
      start: Math.max(span.start, start) - start,
      end: Math.min(span.end, end) - start,
    }))
    .filter((span) => span.end > span.start);
  return { text: marked.text.slice(start, end), spans };
}

/** Without white space at either end. */
export function trim(marked: Marked): Marked {
  const start = marked.text.length - marked.text.trimStart().length;
  return slice(marked, start, Math.max(start, marked.text.trimEnd().length));
}

/** The parts that hold any text, one after the other with `separator` between them. */
export function join(parts: readonly Marked[], separator: string): Marked {
  const joined: Marked = { text: "", spans: [] };
  for (const part of parts.filter(({ text }) => text !== "")) {
    if (joined.text !== "") joined.text += separator;
    const shift = joined.text.length;
    joined.text += part.text;
    for (const { start, end, style } of part.spans)
      joined.spans.push({ start: start + shift, end: end + shift, style });
  }
  return joined;
}

/** All of it in `style`, apart from what is code or has that style already. */
export function styled(marked: Marked, style: Style): Marked {
  const taken = marked.spans
    .filter((span) => span.style === style || span.style === "code" || span.style === "mono")
    .sort((a, b) => a.start - b.start);
  const added: Span[] = [];
  let at = 0;
  for (const span of taken) {
    if (span.start > at) added.push({ start: at, end: span.start, style });
    at = Math.max(at, span.end);
  }
  if (marked.text.length > at) added.push({ start: at, end: marked.text.length, style });
  const spans = [...added.flatMap((span) => uncrossed(span, marked.spans)), ...marked.spans];
  return { text: marked.text, spans: spans.sort((a, b) => a.start - b.start || b.end - a.end) };
}

/** Cut where it would cross one of `others`, so that all of them nest. */
function uncrossed(span: Span, others: readonly Span[]): Span[] {
  const edges = others
    .filter(({ start, end }) => start < span.start !== end > span.end)
    .flatMap(({ start, end }) => [start, end])
    .filter((edge) => span.start < edge && edge < span.end);
  const points = [span.start, ...new Set(edges.sort((a, b) => a - b)), span.end];
  return points.slice(1).map((end, index) => ({ ...span, start: points[index]!, end }));
}
