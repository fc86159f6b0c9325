import { Link } from "wouter";
import { useChannels } from "../../api/channels.ts";
import type { Measures } from "../../api/measures.ts";
import { pausesIn, wordsOfPause } from "../../content/pauses.ts";
import { Badge } from "../../controls/badge.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./overview.module.css";
import { Panel } from "./panel.tsx";

const { overview: words } = texts;

/** The channels that send nothing now, why, and what to do. */
export function Pauses({ measures }: { measures: Measures }) {
  const channels = useChannels().data?.data ?? [];
  const resting = pausesIn(measures);
  return (
    <Panel title={words.paused} to={{ href: "/channels", label: texts.pages.channels }}>
      {resting.length === 0 && <p>{words.nonePaused}</p>}
      <ul className={styles.list}>
        {resting.map(({ channel: id, reason }) => {
          const channel = channels.find((one) => one.id === id);
          const { why, advice } = wordsOfPause(reason, channel);
          return (
            <li key={`${id} ${reason}`}>
              <Link href={`/channels/${id}`}>{channel?.name ?? id}</Link>
              <Badge tone="warn">{why}</Badge>
              <small>{advice.join(" ")}</small>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
