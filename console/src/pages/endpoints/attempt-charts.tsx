import { useMemo } from "react";
import { type Delivery, useDeliveries } from "../../api/endpoints.ts";
import { Card } from "../../controls/card.tsx";
import { Chart } from "../../controls/chart.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./endpoints.module.css";

const { endpoints: words } = texts;
/** Each point of the success rate is of so many attempts. */
const spanned = 20;

/** How the newest attempts went: how many of them succeeded, and how long each took. */
export function AttemptCharts({ endpoint }: { endpoint: string }) {
  const deliveries = useDeliveries(endpoint).data?.data;
  const attempts = useMemo(() => attemptsOf(deliveries ?? []), [deliveries]);
  if (attempts.length < 2) return null;
  const times = attempts.map(({ at }) => at);
  return (
    <div className={styles.charts}>
      <Card title={words.successRate}>
        <Chart
          label={words.successRate}
          times={times}
          unit="%"
          lines={[{ label: words.deliveryStates.delivered, colour: "--good", values: ratesOf(attempts) }]}
          isOfNow
        />
      </Card>
      <Card title={words.latency}>
        <Chart
          label={words.latency}
          times={times}
          unit={words.latencyUnit}
          lines={[{ label: words.answer, colour: "--accent", values: attempts.map(({ ms }) => ms) }]}
          isOfNow
        />
      </Card>
    </div>
  );
}

interface Tried {
  /** Seconds since 1970. */
  at: number;
  ms: number;
  isWell: boolean;
}

function attemptsOf(deliveries: readonly Delivery[]): Tried[] {
  return deliveries
    .flatMap(({ attempts }) => attempts)
    .map(({ at, latency_ms, category }) => ({
      at: Date.parse(at) / 1000,
      ms: latency_ms,
      isWell: category === "ok",
    }))
    .sort((one, other) => one.at - other.at);
}

function ratesOf(attempts: readonly Tried[]): number[] {
  return attempts.map((_, index) => {
    const some = attempts.slice(Math.max(0, index + 1 - spanned), index + 1);
    return (100 * some.filter(({ isWell }) => isWell).length) / some.length;
  });
}
