import { Link } from "wouter";
import { Badge } from "../../controls/badge.tsx";
import { IconButton } from "../../controls/icon-button.tsx";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./send.module.css";
import type { Sent } from "./targets.ts";

const words = texts.compose.send;

interface SentListProps {
  sent: readonly Sent[];
  onClose(): void;
}

/** What became of each message that was just sent. */
export function SentList({ sent, onClose }: SentListProps) {
  return (
    <section className={styles.sent} aria-label={words.results} aria-live="polite">
      <ul>
        {sent.map((one) => (
          <li key={`${one.target.from} ${one.target.to}`}>
            <Badge tone={"id" in one ? "good" : "bad"}>{"id" in one ? words.sent : words.failed}</Badge>
            <strong>{one.channel ? phones.names[one.channel.platform] : one.target.from}</strong>
            <bdi>{one.target.to}</bdi>
            {"id" in one ? (
              <Link href={`/messages/${one.id}`}>{words.open}</Link>
            ) : (
              <span className={styles.reason}>{one.detail}</span>
            )}
          </li>
        ))}
      </ul>
      <span className={styles.after}>
        {sent.some((one) => "id" in one && one.channel?.simulated) && (
          <Link href="/phones">{words.phones}</Link>
        )}
        <IconButton label={texts.controls.close} icon="close" onClick={onClose} />
      </span>
    </section>
  );
}
