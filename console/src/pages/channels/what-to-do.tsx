import type { Channel } from "../../api/channels.ts";
import { Card } from "../../controls/card.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./channels.module.css";

const { channels: words } = texts;

/** Why it does not send or receive, in the gateway's words; nothing where all is well. */
export function WhatToDo({ channel }: { channel: Channel }) {
  const { paused_reason, receiving, health } = channel;
  const reasons = [
    paused_reason === words.pausedByPerson ? words.pausedHelp : paused_reason,
    receiving.state === "waiting" ? receiving.reason : undefined,
    health?.registration.state === "lost" ? words.lostHelp : undefined,
    health?.account?.reason,
  ].filter((reason) => reason !== undefined);
  if (reasons.length === 0) return null;
  return (
    <Card title={words.whatToDo}>
      <ul className={styles.advice}>
        {[...new Set(reasons)].map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </Card>
  );
}
