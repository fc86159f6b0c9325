import type { MessageDetail } from "../../api/messages.ts";
import { Badge } from "../../controls/badge.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./messages.module.css";

const { messages: words } = texts;
const tones = { native: "good", adapted: "info", degraded: "warn", impossible: "bad" } as const;

/** What the platform forced to change, and what was lost by it. */
export function Ledger({ message: { adaptation, direction } }: { message: MessageDetail }) {
  if (direction === "in") return <p className={styles.soft}>{words.receivedLedger}</p>;
  if (!adaptation) return <p className={styles.soft}>{words.noPicture}</p>;
  const { fidelity, steps } = adaptation;
  return (
    <>
      <p>
        <Badge tone={tones[fidelity]}>{words.fidelities[fidelity]}</Badge>
      </p>
      {steps.length === 0 && <p className={styles.soft}>{words.noLedger}</p>}
      <ol className={styles.steps}>
        {steps.map(({ path, rule, did, lost }) => (
          <li key={`${path} ${rule} ${did}`}>
            <span>{did}</span>
            {lost && (
              <span className={styles.problem}>
                {words.lost}: <span dir="auto">{lost}</span>
              </span>
            )}
            <code className={styles.soft}>{[path, rule].join("  ")}</code>
          </li>
        ))}
      </ol>
    </>
  );
}
