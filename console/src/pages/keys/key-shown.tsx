import type { MadeKey } from "../../api/keys.ts";
import { Button } from "../../controls/button.tsx";
import { CopyButton } from "../../controls/copy-button.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./keys.module.css";

const { keys: words } = texts;

/** The one time that a key is seen. */
export function KeyShown({ made, onDone }: { made: MadeKey; onDone: () => void }) {
  return (
    <section className={styles.made} aria-label={words.shownOnce}>
      <p>{words.shownOnce}</p>
      <p className={styles.secret}>
        <code>{made.key}</code>
        <CopyButton text={made.key} label={words.copyKey} />
      </p>
      <Button onClick={onDone}>{words.done}</Button>
    </section>
  );
}
