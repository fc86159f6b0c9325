import type { ReactNode } from "react";
import styles from "./badge.module.css";
import type { Tone } from "./tone.ts";

/** A word on a state. The colour never says it alone. */
export function Badge({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {children}
    </span>
  );
}
