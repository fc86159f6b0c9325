import { type ReactNode, useState } from "react";
import styles from "./folded.module.css";

interface FoldedProps {
  title: string;
  /** What is inside, in few words: so that one need not look. */
  summary?: string;
  children: ReactNode;
}

/** What few need, one press away. It opens by itself where something in it keeps a form from being sent. */
export function Folded({ title, summary, children }: FoldedProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      className={styles.folded}
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      onInvalidCapture={() => setOpen(true)}
    >
      <summary>
        {title} {summary && <small>{summary}</small>}
      </summary>
      <div className={styles.content}>{children}</div>
    </details>
  );
}
