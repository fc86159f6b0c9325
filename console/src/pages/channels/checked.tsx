import type { ChannelCheck } from "../../api/channels.ts";
import { Badge } from "../../controls/badge.tsx";
import { Card } from "../../controls/card.tsx";
import { Facts } from "../../controls/facts.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./channels.module.css";

const { channels: words } = texts;
const well = new Set(["ok", "ours", "not_told"]);

/** What the platform answered to a check, and what to do. */
export function Checked({ check }: { check: ChannelCheck }) {
  const { credentials, permissions, webhook, advice } = check;
  const fact = (name: string, { state }: { state: string }, more?: string) => ({
    name,
    value: (
      <>
        <Badge tone={well.has(state) ? "good" : "warn"}>{state.replaceAll("_", " ")}</Badge> {more}
      </>
    ),
  });
  return (
    <Card title={words.checked}>
      <Facts
        facts={[
          fact(words.checkFields.credentials, credentials),
          fact(words.checkFields.permissions, permissions, permissions.missing?.join(", ")),
          fact(words.checkFields.webhook, webhook, webhook.host),
        ]}
      />
      {advice.length === 0 ? (
        <p className={styles.soft}>{words.allWell}</p>
      ) : (
        <ul className={styles.advice}>
          {advice.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </Card>
  );
}
