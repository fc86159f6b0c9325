import { Link } from "wouter";
import type { Channel } from "../../api/channels.ts";
import { texts } from "../../texts/texts.ts";
import { ChannelState } from "./channel-state.tsx";
import styles from "./channels.module.css";

/** Every channel in a line with its state. */
export function ChannelList({ channels, chosen }: { channels: Channel[]; chosen?: string }) {
  return (
    <nav aria-label={texts.pages.channels} className={styles.list}>
      {channels.map((channel) => (
        <Link
          key={channel.id}
          href={`/channels/${channel.id}`}
          className={styles.item}
          aria-current={channel.id === chosen || undefined}
        >
          <b dir="auto">{channel.name}</b>
          <small>
            {channel.platform} · {channel.natural_id}
          </small>
          <ChannelState channel={channel} />
        </Link>
      ))}
    </nav>
  );
}
