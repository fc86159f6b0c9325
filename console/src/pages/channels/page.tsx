import { useState } from "react";
import { type Channel, useChannels } from "../../api/channels.ts";
import { useLacking } from "../../content/lacking.ts";
import { ListBeside } from "../../controls/list-beside.tsx";
import { useRefresh } from "../../live/use-refresh.ts";
import { texts } from "../../texts/texts.ts";
import { AddChannelDialog } from "./add-channel-dialog.tsx";
import { ChannelDetail } from "./channel-detail.tsx";
import { ChannelItem } from "./channel-item.tsx";

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
  const lacking = useLacking({ scope: "manage", ofAllChannels: true });
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <ListBeside<Channel>
        title={texts.pages.channels}
        path="/channels"
        words={texts.channels}
        asked={channels}
        addOff={lacking}
        onAdd={() => setAdding(true)}
        isNamed={(channel, name) => channel.natural_id === name}
        item={(channel) => <ChannelItem channel={channel} />}
        detail={(channel) => <ChannelDetail key={channel.id} channel={channel} />}
      />
      <AddChannelDialog open={isAdding} onClose={() => setAdding(false)} />
    </>
  );
}
