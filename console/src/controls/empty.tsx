import type { ReactNode } from "react";
import styles from "./empty.module.css";

interface EmptyProps {
  title: string;
  /** What to do so that something is here. */
  children?: ReactNode;
  action?: ReactNode;
}

/** Nothing is here yet, and what to do next. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className={styles.empty}>
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.text}>{children}</div>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}
