import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { phones as words } from "../texts/phones.ts";
import { Glyph } from "./glyph.tsx";
import styles from "./sheet.module.css";

const focusable = "button:not(:disabled), input, [tabindex='0']";

interface SheetProps {
  heading: string;
  onClose(): void;
  children: ReactNode;
}

/** What an app lays over the chat from below: it holds the focus, and gives it back where it was. */
export function Sheet({ heading, onClose, children }: SheetProps) {
  const box = useRef<HTMLDivElement>(null);
  const title = useId();
  useEffect(() => {
    const before = document.activeElement;
    box.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  function onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
    if (event.key !== "Tab") return;
    const all = [...(box.current?.querySelectorAll<HTMLElement>(focusable) ?? [])];
    const edge = event.shiftKey ? all[0] : all.at(-1);
    if (document.activeElement !== edge && document.activeElement !== box.current) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0])?.focus();
  }

  return (
    <div className={styles.cover}>
      <button
        type="button"
        className={styles.shade}
        tabIndex={-1}
        aria-label={words.ours.close}
        onClick={onClose}
      />
      <div
        ref={box}
        role="dialog"
        aria-modal="true"
        aria-labelledby={title}
        tabIndex={-1}
        className={styles.sheet}
        onKeyDown={onKey}
      >
        <div className={styles.head}>
          <button type="button" className={styles.close} aria-label={words.ours.close} onClick={onClose}>
            <Glyph name="close" />
          </button>
          <h3 id={title} className={styles.title} dir="auto">
            {heading}
          </h3>
        </div>
        <div className={styles.body}>{children}</div>
      </div>
    </div>
  );
}
