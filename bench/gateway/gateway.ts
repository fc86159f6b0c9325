import { type Benchmark, type Form, type Measured, type Rounds, ratios, valuesOf } from "../benchmark.ts";
import { inTurns, limitsOf } from "../load/turns.ts";
import { arms } from "./arms.ts";

const forms: Record<Form, { rounds: number; from: number; steps: number; seconds: number }> = {
  short: { rounds: 1, from: 50, steps: 1, seconds: 0.5 },
  full: { rounds: 5, from: 200, steps: 14, seconds: 2 },
};
const mostMs = 210_000;
/** Of its own saturation: the latency of somebody who is not overrun. */
const share = 0.7;
const [ours, onPostgres] = ["antiphon on SQLite", "antiphon on PostgreSQL"];
const rate = (arm: string) => ({ arm, figure: "perSecond" });

function ofRates(of: string, against: string): (rounds: Rounds) => number[] {
  return (rounds) => ratios(rounds, rate(of), rate(against));
}

export const gateway: Benchmark = {
  name: "gateway",
  title: "`gateway`: a message accepted, and on the platform",
  says:
    "Messages with three buttons by `POST /v1/messages` to 20,000 people, over eight numbers of a platform that is a bare server in a process of " +
    "its own and answers at once. Rates rise and fall by at most 1.15 until one is kept up with and the next is not (95% of it arrives in the last " +
    "three quarters of two seconds, and nothing is refused); the figure is the most that arrived in a second, with the processors' use there; latency is at 70% of it. " +
    "`bare store-and-forward` is the limit: one table, one commit for all that came meanwhile, a request to the platform, " +
    "and nothing else. Both libraries stand behind a bare server and store nothing: they answer when the platform has. Every " +
    "PostgreSQL is 18 with its own settings, one for each arm, and its processes are counted.",
  figures: [
    { name: "perSecond", title: "on the platform, per second", digits: 0 },
    { name: "acceptP50", title: "accepted p50, ms", digits: 1 },
    { name: "acceptP99", title: "accepted p99, ms", digits: 1 },
    { name: "arriveP50", title: "on the platform p50, ms", digits: 1 },
    { name: "arriveP99", title: "on the platform p99, ms", digits: 1 },
    { name: "micros", title: "µs of processor each", digits: 0 },
    { name: "subjectCpu", title: "its cores", digits: 2 },
    { name: "databaseCpu", title: "PostgreSQL's", digits: 2 },
    { name: "generatorCpu", title: "generator's", digits: 2 },
    { name: "outsideCpu", title: "platform's", digits: 2 },
  ],
  targets: [
    {
      says: "the rate on SQLite beside the bare limit's",
      values: ofRates(ours, "bare store-and-forward"),
      atLeast: 0.6,
      unit: "×",
      reason:
        "The bare limit writes one row twice. A message here is three transactions: it is accepted into its conversation, its call begins (what was sent cannot be sent twice after a crash), " +
        "and its outcome is kept with state, attempt, event and counts. The profile of commit 6e3f511, 790 µs a message on a busy machine: 31% statements of the store, 30% its transactions and " +
        "commits, 13% garbage, 12% the request to the platform, 9% HTTP, checking and drawing.",
    },
    {
      says: "the rate on SQLite beside that of `whatsapp-api-js`, which stores nothing",
      values: ofRates(ours, "whatsapp-api-js"),
      atLeast: 1,
      unit: "×",
      reason:
        "The library is an HTTP request and nothing else: what it sends is lost with its process. Without its store and the garbage the gateway's 790 µs would be 205 (the same profile).",
    },
    {
      says: "the rate on PostgreSQL beside the bare limit's there",
      values: ofRates(onPostgres, "bare store-and-forward on PostgreSQL"),
      unit: "×",
    },
    {
      says: "the rate on PostgreSQL beside that on SQLite",
      values: ofRates(onPostgres, ours),
      unit: "×",
    },
    {
      says: "accepted at 70% of saturation on SQLite, p99",
      values: (rounds) => valuesOf(rounds, ours, "acceptP99"),
      atMost: 50,
      unit: "ms",
    },
  ],
  notes: limitsOf,
  async run(form, tell) {
    const { rounds: count, from, steps, seconds } = forms[form];
    const rounds = await inTurns(
      {
        name: "gateway",
        arms,
        rounds: count,
        warm: form === "full",
        mostMs,
        search: { from, seconds, mostSteps: steps },
        measure: async (bench, subject, saturated) => {
          const perSecond = Math.max(10, Math.round(saturated * share));
          const { acceptP50, acceptP99, arriveP50, arriveP99, refused, missing, twice } = await bench.run(
            subject,
            { perSecond, seconds },
          );
          return { acceptP50, acceptP99, arriveP50, arriveP99, refused, missing, twice } as Measured;
        },
      },
      tell,
    );
    return { setting: { "seconds a step": seconds }, rounds };
  },
};
