import { type Benchmark, type Form, type Rounds, ratios, valuesOf } from "../benchmark.ts";
import { inTurns } from "../load/turns.ts";
import { arms } from "./arms.ts";

const forms: Record<Form, { rounds: number; from: number; factor: number; steps: number; seconds: number }> =
  {
    short: { rounds: 1, from: 100, factor: 1.3, steps: 1, seconds: 0.5 },
    full: { rounds: 5, from: 800, factor: 1.3, steps: 9, seconds: 1.5 },
  };
/** Of its own saturation: the latency of somebody who is not overrun. */
const share = 0.7;
const latencySeconds = 2;
const ours = "antiphon on SQLite";
const rate = (arm: string) => ({ arm, figure: "perSecond" });

function ofRates(against: string): (rounds: Rounds) => number[] {
  return (rounds) => ratios(rounds, rate(ours), rate(against));
}

export const gateway: Benchmark = {
  name: "gateway",
  title: "`gateway`: a message accepted, and on the platform",
  says:
    "Messages with three buttons by `POST /v1/messages` to 20,000 people, over eight numbers of a platform that is a bare server in a process of " +
    "its own and answers at once. Rates rise by 1.3 until what arrives there falls behind; latency is at 70% of that. " +
    "`bare store-and-forward` is the limit: one table, one commit for all that came in a turn of the event loop, a request to the platform, " +
    "and nothing else. Both libraries stand behind a bare server and store nothing: they answer when the platform has.",
  figures: [
    { name: "perSecond", title: "on the platform, per second", digits: 0 },
    { name: "acceptP50", title: "accepted p50, ms", digits: 1 },
    { name: "acceptP99", title: "accepted p99, ms", digits: 1 },
    { name: "arriveP50", title: "on the platform p50, ms", digits: 1 },
    { name: "arriveP99", title: "on the platform p99, ms", digits: 1 },
    { name: "micros", title: "µs of processor each", digits: 0 },
    { name: "subjectCpu", title: "its cores", digits: 2 },
    { name: "generatorCpu", title: "generator's", digits: 2 },
    { name: "outsideCpu", title: "platform's", digits: 2 },
  ],
  targets: [
    {
      says: "the rate on SQLite beside the bare limit's",
      values: ofRates("bare store-and-forward"),
      atLeast: 0.6,
      unit: "×",
    },
    {
      says: "the rate on SQLite beside that of `whatsapp-api-js`, which stores nothing",
      values: ofRates("whatsapp-api-js"),
      atLeast: 1,
      unit: "×",
    },
    {
      says: "accepted at 70% of saturation on SQLite, p99",
      values: (rounds) => valuesOf(rounds, ours, "acceptP99"),
      atMost: 50,
      unit: "ms",
    },
  ],
  async run(form, tell) {
    const { rounds: count, from, factor, steps, seconds } = forms[form];
    const rounds = await inTurns(
      {
        name: "gateway",
        arms,
        rounds: count,
        ladder: { from, factor, seconds, mostSteps: steps },
        measure: async (bench, subject, saturated) => {
          const perSecond = Math.max(10, Math.round(saturated * share));
          const { perSecond: _, ...shown } = await bench.run(subject, {
            perSecond,
            seconds: form === "short" ? seconds : latencySeconds,
          });
          return shown;
        },
      },
      tell,
    );
    return { setting: { "seconds a step": seconds, "at 70%": latencySeconds }, rounds };
  },
};
