import { useState } from "react";
import { useParams } from "wouter";
import { type Channel, useChannels } from "../../api/channels.ts";
import { Button } from "../../controls/button.tsx";
import { Empty } from "../../controls/empty.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Loading } from "../../controls/loading.tsx";
import { PageHeader } from "../../controls/page-header.tsx";
import { useRefresh } from "../../live/use-refresh.ts";
import { texts } from "../../texts/texts.ts";
import { AddChannelDialog } from "./add-channel-dialog.tsx";
import { ChannelDetail } from "./channel-detail.tsx";
import { ChannelList } from "./channel-list.tsx";
import styles from "./channels.module.css";

const { channels: words } = texts;

/** What changes how a channel stands; what no event tells is looked up now and then. */
const told = [
  "channel.connected",
  "channel.paused",
  "channel.resumed",
  "channel.unsubscribed",
  "channel.resubscribed",
  "channel.removed",
] as const;

/** The connected accounts: the list, and beside it the one that the URL names. */
export function Page() {
  const channels = useChannels();
  useRefresh("channels", told);
  const [isAdding, setAdding] = useState(false);
  const add = (
    <Button kind="primary" icon="plus" onClick={() => setAdding(true)}>
      {words.add}
    </Button>
  );
  return (
    <>
      <PageHeader title={texts.pages.channels} subtitle={words.intro} actions={add} />
      {channels.isPending && <Loading />}
      {channels.isError && <Failed problem={channels.error} onRetry={() => channels.refetch()} />}
      {channels.data && <Channels all={channels.data.data} add={add} />}
      <AddChannelDialog open={isAdding} onClose={() => setAdding(false)} />
    </>
  );
}

function Channels({ all, add }: { all: Channel[]; add: React.ReactNode }) {
  const { id } = useParams<{ id?: string }>();
  if (all.length === 0)
    return (
      <Empty title={words.emptyTitle} action={add}>
        {words.emptyBody}
      </Empty>
    );
  const chosen = all.find((channel) => channel.id === id || channel.natural_id === id);
  return (
    <div className={styles.columns} data-open={id !== undefined || undefined}>
      <ChannelList channels={all} chosen={id} />
      {id !== undefined &&
        (chosen ? <ChannelDetail key={id} channel={chosen} /> : <Empty title={words.gone} />)}
    </div>
  );
}
