import { useMemo } from "react";
import { Link } from "wouter";
import type { Channel } from "../../api/channels.ts";
import { Card } from "../../controls/card.tsx";
import { CopyButton } from "../../controls/copy-button.tsx";
import { Detail } from "../../controls/list-beside.tsx";
import { texts } from "../../texts/texts.ts";
import { ChannelActions } from "./channel-actions.tsx";
import { ChannelFacts } from "./channel-facts.tsx";
import { ChannelState } from "./channel-state.tsx";
import styles from "./channels.module.css";
import { PaceChart } from "./pace-chart.tsx";
import { WhatToDo } from "./what-to-do.tsx";

const { channels: words } = texts;

/** One channel: how it is, what to do, and what may be done with it. */
export function ChannelDetail({ channel }: { channel: Channel }) {
  const messages = useMemo(() => `/messages?${new URLSearchParams({ channel: channel.id })}`, [channel.id]);
  return (
    <Detail title={channel.name} state={<ChannelState channel={channel} />}>
      <WhatToDo channel={channel} />
      <ChannelActions channel={channel} />
      <Card title={words.pace} actions={<Link href={messages}>{words.messages}</Link>}>
        <PaceChart channel={channel} />
      </Card>
      <Card title={words.webhook}>
        {channel.webhook_url ? (
          <p className={styles.copied}>
            <code>{channel.webhook_url}</code>
            <CopyButton text={channel.webhook_url} label={words.copyWebhook} />
          </p>
        ) : (
          <p className={styles.soft}>{words.noWebhook}</p>
        )}
      </Card>
      <Card title={words.details}>
        <ChannelFacts channel={channel} />
      </Card>
    </Detail>
  );
}
