import type { ReactNode } from "react";
import { useChannels } from "../../api/channels.ts";
import type { MessageDetail } from "../../api/messages.ts";
import { Ago } from "../../controls/ago.tsx";
import { CopyButton } from "../../controls/copy-button.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./messages.module.css";

const { messages: words } = texts;

/** Where it went, and by which ids it is known. */
export function Facts({ message }: { message: MessageDetail }) {
  const channels = useChannels();
  const channel = channels.data?.data.find(({ id }) => id === message.channel);
  const { id, platform_ids, metadata, expires_at, erased_at, to, from } = message;
  const facts: [string, ReactNode][] = [
    [words.id, <Copied key="id" text={id} />],
    [
      words.channelOf,
      <span key="channel" dir="auto">
        {channel?.name ?? message.channel}
      </span>,
    ],
  ];
  if (to || from) facts.push([to ? words.sentTo : words.receivedFrom, <bdi key="who">{to ?? from}</bdi>]);
  if (platform_ids.length > 0)
    facts.push([words.platformIds, <code key="ids">{platform_ids.join(", ")}</code>]);
  if (metadata) facts.push([words.metadata, <code key="metadata">{JSON.stringify(metadata)}</code>]);
  if (expires_at && ["accepted", "sending"].includes(message.status))
    facts.push([words.expires, <Ago key="expires" at={expires_at} />]);
  if (erased_at) facts.push([words.erased, <Ago key="erased" at={erased_at} />]);
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <Fact key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Copied({ text }: { text: string }) {
  return (
    <span className={styles.line}>
      <code>{text}</code> <CopyButton text={text} kind="ghost" />
    </span>
  );
}
