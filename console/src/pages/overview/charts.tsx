import { type Measures, percentilesOf, ratesOf, stepsOf } from "../../api/measures.ts";
import { Chart } from "../../controls/chart.tsx";
import { texts } from "../../texts/texts.ts";
import { Panel } from "./panel.tsx";

const { overview: words } = texts;
const colours = { accepted: "--good", retry: "--warn", rejected: "--bad", unknown: "--info" } as const;

interface Shown {
  measures: Measures;
}

/** What is accepted, called and received, a second. */
export function ThroughputChart({ measures }: Shown) {
  const line = (label: string, name: string, colour: string) => ({
    label,
    colour,
    values: ratesOf(measures, name),
  });
  return (
    <Panel
      title={words.throughput}
      help={words.throughputHelp}
      to={{ href: "/messages", label: words.toMessages }}
    >
      <Chart
        label={words.throughput}
        times={stepsOf(measures)}
        unit={words.perSecond}
        lines={[
          line(words.accepted, "antiphon_accepted_total", "--accent"),
          line(words.calls, "antiphon_calls_begun_total", "--good"),
          line(words.received, "antiphon_digest_seconds", "--info"),
        ].map((one) => ({ ...one, values: filled(one.values, measures) }))}
      />
    </Panel>
  );
}

/** What the calls came to, a second. */
export function OutcomeChart({ measures }: Shown) {
  const lines = (["accepted", "retry", "rejected", "unknown"] as const).map((outcome) => ({
    label: words.outcome[outcome],
    colour: colours[outcome],
    values: filled(ratesOf(measures, "antiphon_calls_settled_total", { outcome }), measures),
  }));
  return (
    <Panel
      title={words.outcomes}
      help={words.outcomesHelp}
      to={{ href: "/messages?status=failed", label: words.toUnsettled }}
    >
      <Chart label={words.outcomes} times={stepsOf(measures)} unit={words.perSecond} lines={lines} />
    </Panel>
  );
}

/** How long it takes until a platform has answered, and until an endpoint has. */
export function LatencyChart({ measures }: Shown) {
  return (
    <>
      <Latency measures={measures} title={words.latency} name="antiphon_answer_seconds" href="/messages" />
      <Latency measures={measures} title={words.deliveries} name="antiphon_event_seconds" href="/endpoints" />
    </>
  );
}

function Latency({ measures, title, name, href }: Shown & { title: string; name: string; href: string }) {
  const label = href === "/messages" ? words.toMessages : words.toEndpoints;
  const line = (part: "p50" | "p99", colour: string) => {
    const values = percentilesOf(measures, name, part);
    return {
      label: words[part],
      colour,
      values: values.length > 0 ? values : stepsOf(measures).map(() => null),
    };
  };
  return (
    <Panel title={title} help={words.latencyHelp} to={{ href, label }}>
      <Chart
        label={title}
        times={stepsOf(measures)}
        unit={words.seconds}
        lines={[line("p50", "--accent"), line("p99", "--warn")]}
      />
    </Panel>
  );
}

/** Nothing was counted under this name yet. */
function filled(values: number[], measures: Measures): number[] {
  return values.length > 0 ? values : stepsOf(measures).map(() => 0);
}
