import type { ReactNode } from "react";
import styles from "./card.module.css";
import { classNames } from "./class-names.ts";

interface CardProps {
  title?: ReactNode;
  /** Beside the title, at the end. */
  actions?: ReactNode;
  children: ReactNode;
  /** What is inside reaches the edges: a table, a list. */
  flush?: boolean;
  className?: string;
}

/** Things that belong together. */
export function Card({ title, actions, children, flush, className }: CardProps) {
  return (
    <section className={classNames(styles.card, className)}>
      {(title || actions) && (
        <header className={styles.header}>
          {title && <h2 className={styles.title}>{title}</h2>}
          {actions && <div className={styles.actions}>{actions}</div>}
        </header>
      )}
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}
