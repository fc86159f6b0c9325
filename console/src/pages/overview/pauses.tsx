import { Link } from "wouter";
import { useChannels } from "../../api/channels.ts";
import type { Measures } from "../../api/measures.ts";
import { Badge } from "../../controls/badge.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./overview.module.css";
import { Panel } from "./panel.tsx";

const { overview: words } = texts;

/** The channels that send nothing now, and why. */
export function Pauses({ measures }: { measures: Measures }) {
  const channels = useChannels().data?.data ?? [];
  const resting = measures.now.filter(({ name, value }) => name === "antiphon_channel_paused" && value > 0);
  return (
    <Panel title={words.paused} to={{ href: "/channels", label: texts.pages.channels }}>
      {resting.length === 0 && <p>{words.nonePaused}</p>}
      <ul className={styles.list}>
        {resting.map(({ labels }) => {
          const channel = channels.find(({ id }) => id === labels.channel);
          return (
            <li key={`${labels.channel} ${labels.reason}`}>
              <Link href={`/channels/${labels.channel}`}>{channel?.name ?? labels.channel}</Link>
              <Badge tone="warn">{words.reasons[labels.reason ?? ""] ?? labels.reason}</Badge>
              {channel?.paused_reason && <small>{channel.paused_reason}</small>}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
