import type { ReactNode } from "react";
import type { Channel } from "../../api/channels.ts";
import { useMeasures } from "../../api/measures.ts";
import { pausesIn, wordsOfPause } from "../../content/pauses.ts";
import { Ago } from "../../controls/ago.tsx";
import { Card } from "../../controls/card.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./channels.module.css";

const { channels: words } = texts;

/** Why it does not send or receive, and what to do; nothing where all is well. */
export function WhatToDo({ channel }: { channel: Channel }) {
  const measures = useMeasures().data;
  const { receiving, health } = channel;
  const measured = measures ? pausesIn(measures).filter((pause) => pause.channel === channel.id) : [];
  const reasons = [
    ...pauseReasons(
      channel,
      measured.map(({ reason }) => reason),
    ),
    receiving.state === "waiting" ? receiving.reason : undefined,
    health?.registration.state === "lost" ? words.lostHelp : undefined,
    health?.account?.reason,
  ].filter((reason) => reason !== undefined);
  const until = health?.account?.until;
  if (reasons.length === 0 && !until) return null;
  return (
    <Card title={words.whatToDo}>
      <ul className={styles.advice}>
        {[...new Set<ReactNode>(reasons)].map((reason) => (
          <li key={String(reason)}>{reason}</li>
        ))}
        {until && (
          <li>
            {words.restrictedUntil} <Ago at={until} />
          </li>
        )}
      </ul>
    </Card>
  );
}

/** What is measured is some seconds old: whether it is paused is known at once. */
function pauseReasons(channel: Channel, measured: readonly string[]): string[] {
  const isByPerson = channel.paused && channel.paused_reason === words.pausedByPerson;
  const reasons = measured.filter(
    (reason) => reason !== "person" && (channel.paused || reason === "platform"),
  );
  if (isByPerson) return ["person", ...reasons].flatMap((reason) => wordsOfPause(reason, channel).advice);
  if (channel.paused && reasons.length === 0) return channel.paused_reason ? [channel.paused_reason] : [];
  return reasons.flatMap((reason) => wordsOfPause(reason, channel).advice);
}
