import { Link } from "wouter";
import type { Channel } from "../api/channels.ts";
import { Icon } from "../controls/icon.tsx";
import { texts } from "../texts/texts.ts";
import styles from "./channel-paused.module.css";

const { paused: words } = texts.sending;

/** That nothing leaves by a channel at the moment, why, and where to end it. */
export function ChannelPaused({ channel }: { channel: Channel }) {
  const { id, name, paused_reason: reason } = channel;
  const isByPerson = reason === undefined || reason === texts.channels.pausedByPerson;
  return (
    <p className={styles.paused} role="status">
      <Icon name="alert" />
      <span>
        <strong>{words.title(name)}</strong> {isByPerson ? words.byPerson : reason} {words.waits}{" "}
        <Link href={`/channels/${id}`}>{words.open}</Link>
      </span>
    </p>
  );
}
