import type { Endpoint } from "../../api/endpoints.ts";
import { Ago } from "../../controls/ago.tsx";
import { Card } from "../../controls/card.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./endpoints.module.css";

const { endpoints: words } = texts;

/** Why nothing arrives there, since when, and what to do; nothing where all is well. */
export function Trouble({ endpoint }: { endpoint: Endpoint }) {
  const { failing, disabled, enabled, last_attempt: last } = endpoint;
  if (disabled)
    return (
      <Card title={words.states.disabled}>
        <p className={styles.soft}>
          {words.disabledSince} <Ago at={disabled.at} />:{" "}
          {words.disabledReasons[disabled.reason] ?? disabled.reason}. {words.disabledHelp}
        </p>
      </Card>
    );
  if (!failing && enabled && last && last.category !== "ok")
    return (
      <Card title={words.states.unwell}>
        <p className={styles.soft}>
          <Ago at={last.at} />: {last.error ?? [last.category, last.http_status].filter(Boolean).join(" ")}.{" "}
          {words.unwellHelp}
        </p>
      </Card>
    );
  if (!failing) return null;
  return (
    <Card title={words.states.failing}>
      <p className={styles.soft}>
        {words.failingSince} <Ago at={failing.since} />: {failing.last_error.replace(/\.?$/, ".")}{" "}
        {words.failingHelp}
      </p>
    </Card>
  );
}
