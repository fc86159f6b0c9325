import { useId, useState } from "react";
import { phones as words } from "../texts/phones.ts";
import { useBubble } from "./bubble-context.ts";
import { Glyph } from "./glyph.tsx";
import { usePhone } from "./phone-context.ts";
import styles from "./poll-view.module.css";
import type { Poll } from "./screen.ts";

/** A poll of Telegram's: one tap votes, unless several may be chosen. */
export function PollView({ poll }: { poll: Poll }) {
  const { question, description, options, multiple, closed } = poll;
  const { act } = usePhone();
  const bubble = useBubble();
  const heading = useId();
  const [marked, setMarked] = useState<readonly number[]>([]);
  const isOpen = !closed && options.every(({ voted }) => !voted);
  const vote = (chosen: readonly number[]) =>
    act({ act: "vote", bubble, options: chosen.map((index) => options[index]!.text) });
  function pick(index: number): void {
    if (!multiple) vote([index]);
    else setMarked((was) => (was.includes(index) ? was.filter((one) => one !== index) : [...was, index]));
  }
  return (
    <fieldset className={styles.poll} aria-labelledby={heading}>
      <div id={heading} className={styles.question}>
        {question.split("\n").map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place
          <div key={index} dir="auto" className={styles.line}>
            {line || <br />}
          </div>
        ))}
      </div>
      {description && <div className={styles.description}>{description}</div>}
      <div className={styles.kind}>{kindOf(poll)}</div>
      {options.map(({ text, voted }, index) => (
        <Option
          // biome-ignore lint/suspicious/noArrayIndexKey: an option is known by its place
          key={index}
          text={text}
          state={voted ? "voted" : marked.includes(index) ? "marked" : isOpen ? "open" : "shut"}
          onPick={() => pick(index)}
        />
      ))}
      {multiple && isOpen ? (
        <button
          type="button"
          className={styles.vote}
          disabled={marked.length === 0}
          onClick={() => vote(marked)}
        >
          {words.poll.vote}
        </button>
      ) : (
        <div className={styles.count}>{isOpen ? words.poll.none : words.poll.one}</div>
      )}
    </fieldset>
  );
}

function kindOf({ anonymous, closed }: Poll): string {
  if (closed) return words.poll.closed;
  return anonymous ? words.poll.anonymous : words.poll.public;
}

type State = "open" | "marked" | "voted" | "shut";

function Option({ text, state, onPick }: { text: string; state: State; onPick(): void }) {
  const isDone = state === "voted" || state === "shut";
  return (
    <button
      type="button"
      className={styles.option}
      data-state={state}
      aria-pressed={state === "voted" || state === "marked"}
      disabled={isDone}
      onClick={onPick}
    >
      {isDone ? (
        <span className={styles.share}>{state === "voted" ? "100%" : "0%"}</span>
      ) : (
        <span className={styles.ring}>{state === "marked" && <Glyph name="check" size={14} />}</span>
      )}
      <span className={styles.words} dir="auto">
        {text}
      </span>
    </button>
  );
}
