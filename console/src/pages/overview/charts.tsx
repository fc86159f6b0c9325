import { levelsOf, type Measures, percentilesOf, ratesOf, stepsOf } from "../../api/measures.ts";
import { Chart, type Line } from "../../controls/chart.tsx";
import { texts } from "../../texts/texts.ts";
import { Panel } from "./panel.tsx";

const { overview: words } = texts;
const colours = { accepted: "--good", retry: "--warn", rejected: "--bad", unknown: "--info" } as const;

interface Shown {
  measures: Measures;
}

/** What is accepted, called and received, a second. */
export function ThroughputChart({ measures }: Shown) {
  const line = (label: string, name: string, colour: string): Line => ({
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
        ]}
      />
    </Panel>
  );
}

/** What the calls came to, a second. */
export function OutcomeChart({ measures }: Shown) {
  const lines = (["accepted", "retry", "rejected", "unknown"] as const).map((outcome) => ({
    label: words.outcome[outcome],
    colour: colours[outcome],
    values: ratesOf(measures, "antiphon_calls_settled_total", { outcome }),
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

/** What waits; nothing for whoever may see some channels alone. */
export function BacklogChart({ measures }: Shown) {
  const line = (label: string, colour: string, values: Line["values"]): Line => ({ label, colour, values });
  const lines = [
    line(words.waitingCalls, "--accent", levelsOf(measures, "antiphon_backlog", { of: "calls" })),
    line(words.waitingWebhooks, "--info", levelsOf(measures, "antiphon_backlog", { of: "webhooks" })),
    line(words.waitingDeliveries, "--warn", levelsOf(measures, "antiphon_deliveries")),
  ];
  if (lines.every(({ values }) => values.length === 0)) return null;
  return (
    <Panel
      title={words.backlog}
      help={words.backlogHelp}
      to={{ href: "/messages?status=accepted", label: words.toWaiting }}
    >
      <Chart label={words.backlog} times={stepsOf(measures)} unit="" lines={lines} isOfNow />
    </Panel>
  );
}

/** How long it takes until a platform has answered, and until an endpoint has. */
export function LatencyCharts({ measures }: Shown) {
  return (
    <>
      <Latency
        measures={measures}
        title={words.latency}
        name="antiphon_answer_seconds"
        to={{ href: "/messages", label: words.toMessages }}
      />
      <Latency
        measures={measures}
        title={words.deliveries}
        name="antiphon_event_seconds"
        to={{ href: "/endpoints", label: words.toEndpoints }}
      />
    </>
  );
}

function Latency({
  measures,
  title,
  name,
  to,
}: Shown & { title: string; name: string; to: { href: string; label: string } }) {
  const line = (part: "p50" | "p99", colour: string): Line => ({
    label: words[part],
    colour,
    values: percentilesOf(measures, name, part),
  });
  const lines = [line("p50", "--accent"), line("p99", "--warn")];
  const isTimed = lines.some(({ values }) => values.some((value) => value !== null));
  return (
    <Panel title={title} help={words.latencyHelp} to={to}>
      {isTimed ? (
        <Chart label={title} times={stepsOf(measures)} unit={words.seconds} lines={lines} />
      ) : (
        <p>{words.untimed}</p>
      )}
    </Panel>
  );
}
