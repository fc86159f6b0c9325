import type { Channel } from "../../api/channels.ts";
import {
  isTold,
  type Measures,
  nowOf,
  ratesOf,
  stepsOf,
  throughout,
  useMeasures,
} from "../../api/measures.ts";
import { Chart } from "../../controls/chart.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Loading } from "../../controls/loading.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./channels.module.css";

const { channels: words } = texts;

/** How much of what its platform allows a channel uses, and how much waits. */
export function PaceChart({ channel }: { channel: Channel }) {
  const asked = useMeasures();
  if (asked.isPending) return <Loading />;
  if (asked.isError) return <Failed problem={asked.error} onRetry={() => asked.refetch()} />;
  const measures = asked.data;
  const of = { channel: channel.id };
  const queue = words.queue(nowOf(measures, "antiphon_channel_calls", of));
  const limitName = "antiphon_channel_limit_per_second";
  // The node that works for a channel is the one that knows its limit, and counts its calls.
  if (!isTold(measures, limitName, of))
    return (
      <p className={styles.soft}>
        {words.paceElsewhere} {queue}
      </p>
    );
  const times = stepsOf(measures);
  const rates = ratesOf(measures, "antiphon_calls_begun_total", of);
  const most = Math.max(0, ...rates.map((rate) => rate ?? 0));
  const limit = nowOf(measures, limitName, of);
  return (
    <>
      <Chart
        label={words.pace}
        times={times}
        unit={texts.overview.perSecond}
        lines={[
          { label: words.used, colour: "--accent", values: rates },
          { label: words.limit, colour: "--bad", isDashed: true, values: throughout(measures, limit) },
        ]}
      />
      <p className={styles.soft}>
        {words.paceUsed(most, limit, countedSince(measures))} {queue}
      </p>
    </>
  );
}

/** When the gateway began to count, where that is less than an hour ago. */
function countedSince(measures: Measures): string | undefined {
  const newest = stepsOf(measures).at(-1) ?? 0;
  const since = new Date(measures.since);
  return since.getTime() / 1000 <= newest - 3600 ? undefined : since.toLocaleTimeString("en-GB");
}
