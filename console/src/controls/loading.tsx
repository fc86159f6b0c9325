import { texts } from "../texts/texts.ts";
import styles from "./loading.module.css";

/** Something is on its way. It shows itself only when it takes longer than a blink. */
export function Loading({ label = texts.controls.loading }: { label?: string }) {
  return (
    <div className={styles.loading} role="status">
      <span className={styles.bar} aria-hidden="true" />
      <span className={styles.label}>{label}</span>
    </div>
  );
}
