import { type FocusEvent, type KeyboardEvent, useRef, useState } from "react";
import { phones as words } from "../texts/phones.ts";
import { useBubble } from "./bubble-context.ts";
import { Glyph } from "./glyph.tsx";
import { usePhone } from "./phone-context.ts";
import styles from "./react-button.module.css";
import type { Reaction } from "./screen.ts";

/** What all four apps offer. */
export const emoji = ["👍", "❤️", "😂"] as const;

/** Beside a message of the business: how the person reacts to it. The one that stands there is taken back. */
export function ReactButton({ reactions = [] }: { reactions?: readonly Reaction[] }) {
  const { act } = usePhone();
  const bubble = useBubble();
  const opener = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const own = reactions.find(({ from }) => from === "person")?.emoji;
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isOpen) return;
    event.stopPropagation();
    close();
  };
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent) => {
    if (!currentTarget.contains(relatedTarget)) setOpen(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape and a press elsewhere close what is open inside
    <span className={styles.around} data-open={isOpen || undefined} onKeyDown={onKeyDown} onBlur={onBlur}>
      <button
        ref={opener}
        type="button"
        className={styles.opener}
        aria-label={words.ours.react}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Glyph name="emoji" size={17} />
      </button>
      {isOpen && (
        <span className={styles.bar}>
          {emoji.map((one) => (
            <button
              key={one}
              type="button"
              className={styles.emoji}
              aria-pressed={one === own}
              onClick={() => {
                act({ act: "react", bubble, emoji: one === own ? "" : one });
                close();
              }}
            >
              {one}
            </button>
          ))}
        </span>
      )}
    </span>
  );
}
