import type { Preflight } from "../../api/endpoints.ts";
import { Badge } from "../../controls/badge.tsx";
import { Button } from "../../controls/button.tsx";
import { Card } from "../../controls/card.tsx";
import { CopyButton } from "../../controls/copy-button.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./endpoints.module.css";

const { endpoints: words } = texts;

/** What is told once: a secret, and what the test delivery got. */
export interface Told {
  secret?: string;
  preflight?: Preflight;
}

export function Made({ told: { secret, preflight }, onDone }: { told: Told; onDone: () => void }) {
  return (
    <Card>
      <div className={styles.made} role="status">
        {preflight && <PreflightShown preflight={preflight} />}
        {secret && (
          <>
            <p>{words.secretOnce}</p>
            <p className={styles.secret}>
              <code>{secret}</code>
              <CopyButton text={secret} label={words.copySecret} />
            </p>
          </>
        )}
        <Button onClick={onDone}>{secret ? words.kept : words.close}</Button>
      </div>
    </Card>
  );
}

function PreflightShown({ preflight }: { preflight: Preflight }) {
  const { result, http_status, latency_ms, error } = preflight;
  const isWell = result === "ok";
  const category = [result, http_status, error].filter(Boolean).join(", ");
  return (
    <p>
      <Badge tone={isWell ? "good" : "warn"}>{words.preflight}</Badge>{" "}
      {isWell
        ? words.preflightOk(latency_ms)
        : result === "skipped"
          ? words.preflightSkipped
          : words.preflightBad(category)}
    </p>
  );
}
