import type { Channel } from "../../api/channels.ts";
import { ChannelState } from "./channel-state.tsx";

/** A channel in the list, with its state. */
export function ChannelItem({ channel }: { channel: Channel }) {
  return (
    <>
      <b dir="auto">{channel.name}</b>
      <small>
        {channel.platform} · {channel.natural_id}
      </small>
      <ChannelState channel={channel} />
    </>
  );
}
