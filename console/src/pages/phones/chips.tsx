import { useLayoutEffect, useRef } from "react";
import { Button } from "../../controls/button.tsx";
import { ScrolledList } from "../../controls/scrolled-list.tsx";
import type { PhoneAct } from "../../phones/screen.ts";
import { texts } from "../../texts/texts.ts";
import type { Answer } from "./answers.ts";
import styles from "./station.module.css";

const words = texts.people.station;

interface ChipsProps {
  answers: readonly Answer[];
  /** Whose phone it is, by its title. */
  platform: string;
  isBusy: boolean;
  onAct(act: PhoneAct): void;
}

/** The answers that the newest message offers. They go when one is given; the keyboard's place among them stays. */
export function Chips({ answers, platform, isBusy, onAct }: ChipsProps) {
  const around = useRef<HTMLElement>(null);
  const holdsFocus = useRef(false);
  // Each time: what had the focus may have gone with the list.
  useLayoutEffect(() => {
    if (!holdsFocus.current || around.current?.contains(document.activeElement)) return;
    if (document.activeElement === document.body) around.current?.focus();
    else holdsFocus.current = false;
  });
  return (
    <section
      ref={around}
      className={styles.answers}
      tabIndex={-1}
      aria-label={`${words.quick}: ${platform}`}
      onFocus={() => {
        holdsFocus.current = true;
      }}
      onBlur={({ currentTarget, relatedTarget }) => {
        // Without a next one the focus may be lost with the chip that had it.
        if (relatedTarget && !currentTarget.contains(relatedTarget)) holdsFocus.current = false;
      }}
    >
      <p className={styles.hint}>{answers.length > 0 ? words.answer : words.nothing}</p>
      <ScrolledList className={styles.chips} label={`${words.answers}: ${platform}`}>
        {answers.map((answer, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: labels may repeat, and their order is the message's
          <li key={at}>
            <Button small busy={isBusy} onClick={() => onAct(answer.act)}>
              <span dir="auto">{answer.label}</span>
            </Button>
          </li>
        ))}
      </ScrolledList>
    </section>
  );
}
