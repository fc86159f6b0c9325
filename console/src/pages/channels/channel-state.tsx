import type { Channel } from "../../api/channels.ts";
import { Badge } from "../../controls/badge.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./channels.module.css";

const { channels: words } = texts;

/** In words: whether it sends and receives. */
export function ChannelState({ channel }: { channel: Channel }) {
  const { paused, receiving, health, simulated } = channel;
  return (
    <span className={styles.states}>
      {paused && <Badge tone="bad">{words.paused}</Badge>}
      {receiving.state === "ok" ? (
        <Badge tone="good">{words.receiving}</Badge>
      ) : (
        <Badge tone="warn">{words.waiting}</Badge>
      )}
      {health?.registration.state === "lost" && <Badge tone="bad">{words.lost}</Badge>}
      {simulated && <Badge>{words.isSimulated}</Badge>}
    </span>
  );
}
