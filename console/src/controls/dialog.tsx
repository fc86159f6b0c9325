import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { texts } from "../texts/texts.ts";
import { classNames } from "./class-names.ts";
import styles from "./dialog.module.css";
import { IconButton } from "./icon-button.tsx";
import { focusHeading, useOpener } from "./opener.ts";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Buttons at its foot. */
  actions?: ReactNode;
  wide?: boolean;
  /** It is left by its own buttons alone: neither by Escape nor by a press beside it. */
  stays?: boolean;
}

const prevent = (event: { preventDefault: () => void }) => event.preventDefault();
const staying = {
  onEscapeKeyDown: prevent,
  onInteractOutside: prevent,
};

/** A window above the page: the focus stays inside, Escape closes it and gives the focus back. */
export function Dialog({ open, onClose, title, children, actions, wide, stays }: DialogProps) {
  const giveBack = useOpener(open);
  const onCloseAutoFocus = (event: Event) => {
    // Radix would give the focus to a trigger of its own, and there is none.
    event.preventDefault();
    // What this was opened from is gone mostly, a window that was left for it: the page is where one goes on.
    if (stays) focusHeading();
    else giveBack();
  };
  return (
    <Radix.Root open={open} onOpenChange={(isOpen) => isOpen || onClose()}>
      <Radix.Portal>
        {/* A press on it would take the focus along. */}
        <Radix.Overlay className={styles.shade} onMouseDown={stays ? prevent : undefined} />
        <Radix.Content
          className={classNames(styles.dialog, wide && styles.wide)}
          aria-describedby={undefined}
          onCloseAutoFocus={onCloseAutoFocus}
          {...(stays && staying)}
        >
          <header className={styles.header}>
            <Radix.Title className={styles.title}>{title}</Radix.Title>
            {!stays && (
              <Radix.Close asChild>
                <IconButton label={texts.controls.close} icon="close" isPlain />
              </Radix.Close>
            )}
          </header>
          <div className={styles.body}>{children}</div>
          {actions && <footer className={styles.actions}>{actions}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
