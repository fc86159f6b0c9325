import { Link } from "wouter";
import { useMessage } from "../../api/messages.ts";
import { StatusBadge } from "../../content/status-badge.tsx";
import { Badge } from "../../controls/badge.tsx";
import { Button } from "../../controls/button.tsx";
import { IconButton } from "../../controls/icon-button.tsx";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./send.module.css";
import type { Sent } from "./targets.ts";

const words = texts.compose.send;
const { away, paused } = texts.sending;

interface SentListProps {
  sent: readonly Sent[];
  isBusy: boolean;
  onAgain(): void;
  onClose(): void;
}

/** What becomes of each message that was just sent: it goes on being told. */
export function SentList({ sent, isBusy, onAgain, onClose }: SentListProps) {
  const isAway = sent.some(({ answer }) => answer.is === "away");
  return (
    <section className={styles.sent} aria-label={words.results} aria-live="polite">
      <ul>
        {sent.map((one) => (
          <li key={one.key}>
            <Outcome sent={one} />
          </li>
        ))}
      </ul>
      <span className={styles.after}>
        {sent.some(({ answer, channel }) => answer.is === "taken" && channel?.simulated) && (
          <Link href="/phones">{words.phones}</Link>
        )}
        <IconButton label={texts.controls.close} icon="close" onClick={onClose} />
      </span>
      {isAway && (
        <p className={styles.away}>
          {away.text}{" "}
          <Button small busy={isBusy} onClick={onAgain}>
            {away.again}
          </Button>
        </p>
      )}
    </section>
  );
}

function Outcome({ sent: { answer, channel, target } }: { sent: Sent }) {
  const whom = (
    <>
      <strong>{channel ? phones.names[channel.platform] : target.from}</strong>
      <bdi>{target.to}</bdi>
    </>
  );
  if (answer.is === "taken")
    return (
      <>
        <Followed id={answer.id} isPaused={channel?.paused ?? false} />
        {whom}
        <Link href={`/messages/${answer.id}`}>{words.open}</Link>
      </>
    );
  const isAway = answer.is === "away";
  return (
    <>
      <Badge tone={isAway ? "warn" : "bad"}>{isAway ? away.badge : words.failed}</Badge>
      {whom}
      {!isAway && <span className={styles.reason}>{answer.detail}</span>}
    </>
  );
}

/** The status of a message as it changes, and why it failed or waits. */
function Followed({ id, isPaused }: { id: string; isPaused: boolean }) {
  const { data } = useMessage(id);
  const status = data?.status ?? "accepted";
  return (
    <>
      <StatusBadge status={status} />
      {status === "accepted" && isPaused && <Badge tone="warn">{paused.short}</Badge>}
      {data?.problem && <span className={styles.reason}>{data.problem.message}</span>}
    </>
  );
}
