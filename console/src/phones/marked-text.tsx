import { Fragment, type ReactNode } from "react";
import { links } from "../../../src/core/link.ts";
import type { Marked, Span } from "../../../src/core/marked.ts";
import { useFollow } from "./follow.ts";
import styles from "./marked-text.module.css";

/** A text as it is read: its styled stretches, its links, and each paragraph in its own direction. */
export function MarkedText({ text }: { text: Marked }) {
  const lines = linesOf(text.text);
  return (
    <div className={styles.text}>
      {lines.map(({ start, end }) => (
        <div key={start} dir="auto" className={styles.line}>
          {end > start ? pieces(text, start, end) : <br />}
        </div>
      ))}
    </div>
  );
}

interface Stretch {
  start: number;
  end: number;
}

function linesOf(text: string): Stretch[] {
  let at = 0;
  return text.split("\n").map((line) => {
    const start = at;
    at += line.length + 1;
    return { start, end: start + line.length };
  });
}

/** The text from `start` to `end`, cut wherever a style or a link begins or ends. */
function pieces({ text, spans }: Marked, start: number, end: number): ReactNode[] {
  const urls = links(text).filter((link) => link.start < end && link.end > start);
  const inside = spans.filter((span) => span.start < end && span.end > start);
  const edges = [...urls, ...inside].flatMap((one) => [one.start, one.end]);
  const cuts = [...new Set([start, ...edges.filter((edge) => edge > start && edge < end), end])].sort(
    (a, b) => a - b,
  );
  return cuts.slice(1).map((to, index) => {
    const from = cuts[index]!;
    const url = urls.find((link) => link.start <= from && to <= link.end);
    const words = styled(text.slice(from, to), inside, from, to);
    if (!url) return <Fragment key={from}>{words}</Fragment>;
    return (
      <Link key={from} url={text.slice(url.start, url.end)}>
        {words}
      </Link>
    );
  });
}

const tags = { bold: "strong", italic: "em", strike: "s", code: "code", mono: "code" } as const;

function styled(words: string, spans: readonly Span[], from: number, to: number): ReactNode {
  let inner: ReactNode = words;
  for (const { style } of spans.filter((span) => span.start <= from && to <= span.end)) {
    const Tag = tags[style];
    inner = <Tag>{inner}</Tag>;
  }
  return inner;
}

function Link({ url, children }: { url: string; children: ReactNode }) {
  const follow = useFollow();
  return (
    <button type="button" data-link className={styles.link} onClick={() => follow(url)}>
      {children}
    </button>
  );
}
