import { useMemo } from "react";
import { classNames } from "./class-names.ts";
import { CopyButton } from "./copy-button.tsx";
import styles from "./json.module.css";

const tokens = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

interface JsonProps {
  value: unknown;
  label?: string;
  /** Small, and without the button that copies it. */
  compact?: boolean;
}

/** A value as JSON, to read and to copy. `label` names it for who does not see. */
export function Json({ value, label = "JSON", compact = false }: JsonProps) {
  const text = useMemo(() => JSON.stringify(value, undefined, 2) ?? "", [value]);
  const parts = useMemo(() => partsOf(text), [text]);
  return (
    <div className={styles.around}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className={classNames(styles.json, compact && styles.compact)} tabIndex={0} aria-label={label}>
        {parts.map(({ at, text: part, kind }) => (
          <span key={at} className={kind && styles[kind]}>
            {part}
          </span>
        ))}
      </section>
      {!compact && (
        <div className={styles.copy}>
          <CopyButton text={text} />
        </div>
      )}
    </div>
  );
}

interface Part {
  at: number;
  text: string;
  kind?: "key" | "string" | "word" | "number";
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  const add = (at: number, part: string, kind?: Part["kind"]) => {
    if (part) parts.push({ at, text: part, kind });
  };
  for (const match of text.matchAll(tokens)) {
    add(end, text.slice(end, match.index));
    const [whole, quoted, colon, word] = match;
    add(match.index, whole, quoted ? (colon ? "key" : "string") : word ? "word" : "number");
    end = match.index + whole.length;
  }
  add(end, text.slice(end));
  return parts;
}
