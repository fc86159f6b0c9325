import { phones as words } from "../texts/phones.ts";
import { BubbleContext } from "./bubble-context.ts";
import { ControlButton, useTap } from "./control-buttons.tsx";
import type { Controls, Screen } from "./screen.ts";
import styles from "./tray.module.css";

/** Chips over the input bar. */
export function QuickReplies({ bubble, controls }: Controls) {
  const tap = useTap(bubble);
  return (
    <ul data-readable className={styles.chips} aria-label={words.ours.quickReplies}>
      {controls.map((control) => (
        <li key={control.button.button}>
          <button type="button" className={styles.chip} dir="auto" onClick={() => tap(control)}>
            {control.label}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The bot's own keyboard, under the input bar. */
export function ReplyKeyboard({ bubble, controls, rows }: NonNullable<Screen["keyboard"]>) {
  const tap = useTap(bubble);
  return (
    <BubbleContext value={bubble}>
      <fieldset data-readable className={styles.keyboard} aria-label={words.ours.keyboard}>
        {rows.map((row) => (
          <div key={row.join()} className={styles.row}>
            {row.map((at) => (
              <ControlButton key={at} look="keyboard" control={controls[at]!} onTap={tap} />
            ))}
          </div>
        ))}
      </fieldset>
    </BubbleContext>
  );
}
