import { type Benchmark, type Form, type Measured, valuesOf } from "../benchmark.ts";
import { type Arm, type Arms, antiphon, type Serving } from "../gateway/arms.ts";
import { account } from "../libraries/account.ts";
import { Child } from "../load/child.ts";
import type { LoadBench, Subject } from "../load/load.ts";
import { inTurns, limitsOf } from "../load/turns.ts";

interface Length {
  rounds: number;
  steps: number;
  seconds: number;
  /** The two fixed rates, the names of whose figures never change. */
  rates: { calm: number; busy: number };
}

const forms: Record<Form, Length> = {
  short: { rounds: 1, steps: 1, seconds: 0.5, rates: { calm: 100, busy: 150 } },
  full: { rounds: 5, steps: 14, seconds: 2, rates: { calm: 1_000, busy: 3_300 } },
};
const mostMs = 170_000;
const ours = "antiphon on SQLite";
const slowest = 100;

/** Signed webhooks for these numbers, as a generator posts them. */
export function receiving(
  url: string,
  path: string,
  accounts: Subject["request"]["accounts"],
): Subject["request"] {
  const headers = { "content-type": "application/json" };
  return { url, kind: "webhook", accounts, headers, path, appSecret: account.appSecret };
}

async function library(name: string): Promise<Arm> {
  const { child, first } = await Child.start<{ port: number }>("inbound/library-server.ts", [name]);
  const accounts = [{ channelId: "channel", phoneNumberId: account.phoneNumberId }];
  const request = receiving(`http://127.0.0.1:${first.port}`, "/webhook", accounts);
  return { subject: { pids: [child.process.pid!], arrives: false, request }, stop: () => child.stop() };
}

/** A gateway that tells the customer's endpoint of what it receives, with the sources of this tree or another's. */
export async function antiphonInward(bench: LoadBench, more: Serving = {}): Promise<Arm> {
  const { stack, accounts } = await antiphon(bench, { endpoint: true, ...more });
  const request = receiving(stack.url, "/webhooks/whatsapp/{channel}", accounts);
  return {
    subject: { pids: [stack.child.pid!], arrives: true, request },
    stop: () => stack[Symbol.asyncDispose](),
  };
}

export const arms: Arms = {
  [ours]: (bench) => antiphonInward(bench),
  "whatsapp-api-js": () => library("whatsapp-api-js"),
  chat: () => library("chat"),
};

export const inbound: Benchmark = {
  name: "inbound",
  title: "`inbound`: a webhook answered, and the customer's endpoint told",
  says:
    "Signed webhooks with a text each, of 20,000 people to eight numbers. `answered` is the platform's 200; `told` is the signed event at the " +
    "customer's endpoint, a server in a process of its own that answers at once; rates rise and fall until one is kept up with and the next is not, 1.15 apart at most. The libraries " +
    "stand behind a bare server, call a function of their own process and store nothing: answered is all that they have to do.",
  figures: [
    { name: "perSecond", title: "at most per second", digits: 0 },
    { name: "calmAcceptP50", title: "at 1,000/s: answered p50, ms", digits: 1 },
    { name: "calmAcceptP99", title: "p99", digits: 1 },
    { name: "calmArriveP50", title: "told p50, ms", digits: 1 },
    { name: "calmArriveP99", title: "p99", digits: 1 },
    { name: "busyPerSecond", title: "at 3,300/s: per second", digits: 0 },
    { name: "busyAcceptP99", title: "answered p99, ms", digits: 1 },
    { name: "busyArriveP99", title: "told p99, ms", digits: 1 },
    { name: "calmMicros", title: "µs of processor each there", digits: 0 },
    { name: "calmSubjectCpu", title: "its cores at 1,000/s", digits: 2 },
    { name: "calmGeneratorCpu", title: "generator's", digits: 2 },
    { name: "calmOutsideCpu", title: "endpoint's", digits: 2 },
  ],
  targets: [
    {
      says: "from when a webhook was to leave to the customer's endpoint, at 1,000/s, p99",
      values: (rounds) => valuesOf(rounds, ours, "calmArriveP99"),
      atMost: slowest,
      unit: "ms",
    },
    {
      says: "to the platform's 200, at 3,300/s, p99",
      values: (rounds) => valuesOf(rounds, ours, "busyAcceptP99"),
      unit: "ms",
    },
  ],
  notes: limitsOf,
  async run(form, tell) {
    const { rounds: count, steps, seconds, rates } = forms[form];
    const rounds = await inTurns(
      {
        name: "inbound",
        arms,
        rounds: count,
        warm: form === "full",
        mostMs,
        search: { from: rates.calm / 2, seconds, mostSteps: steps },
        measure: async (bench, subject) => ({
          ...(await at(bench, subject, "calm", { perSecond: rates.calm, seconds })),
          ...(await at(bench, subject, "busy", { perSecond: rates.busy, seconds })),
        }),
      },
      tell,
    );
    return { setting: { "seconds a step": seconds }, rounds };
  },
};

/** The figures of a run at one rate, under names that tell which. */
async function at(
  bench: LoadBench,
  subject: Subject,
  name: string,
  wish: { perSecond: number; seconds: number },
): Promise<Measured> {
  const shown = Object.entries(await bench.run(subject, wish));
  return Object.fromEntries(
    shown.map(([figure, value]) => [name + figure[0]!.toUpperCase() + figure.slice(1), value]),
  );
}
