import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { texts } from "../texts/texts.ts";
import { classNames } from "./class-names.ts";
import styles from "./dialog.module.css";
import { IconButton } from "./icon-button.tsx";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Buttons at its foot. */
  actions?: ReactNode;
  wide?: boolean;
}

/** A window above the page: the focus stays inside, Escape closes it and gives the focus back. */
export function Dialog({ open, onClose, title, children, actions, wide }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={(isOpen) => isOpen || onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={styles.shade} />
        <Radix.Content
          className={classNames(styles.dialog, wide && styles.wide)}
          aria-describedby={undefined}
        >
          <header className={styles.header}>
            <Radix.Title className={styles.title}>{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton label={texts.controls.close} icon="close" isPlain />
            </Radix.Close>
          </header>
          <div className={styles.body}>{children}</div>
          {actions && <footer className={styles.actions}>{actions}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
