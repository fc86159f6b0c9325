import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "../../test/support/stack.ts";
import { type Benchmark, type Form, type Measured, type Rounds, ratios } from "../benchmark.ts";
import { Budget } from "../budget.ts";
import { sending, serve } from "../gateway/arms.ts";
import { receiving } from "../inbound/inbound.ts";
import { LoadBench, type Subject } from "../load/load.ts";
import { median } from "../statistics.ts";
import { type Folder, made, opened, placeOf, type Size } from "./folders.ts";

interface Length {
  sizes: Size[];
  rounds: number;
  perSecond: number;
  seconds: number;
  looks: number;
}

const forms: Record<Form, Length> = {
  short: {
    sizes: [
      { rows: 1_000, people: 100 },
      { rows: 20_000, people: 1_000 },
    ],
    rounds: 1,
    perSecond: 100,
    seconds: 0.5,
    looks: 3,
  },
  full: {
    sizes: [
      { rows: 1_000, people: 100 },
      { rows: 100_000, people: 10_000 },
      { rows: 10_000_000, people: 1_000_000 },
    ],
    rounds: 5,
    perSecond: 300,
    seconds: 3,
    looks: 20,
  },
};
/** Where the copies stay from run to run. */
const keptRoot = join(tmpdir(), "antiphon-growth");
/** `GROWTH=100000` leaves out what has more rows. */
const mostRows = Number(process.env.GROWTH ?? Number.POSITIVE_INFINITY);
const most = 1.2;
const cold =
  "No statement reads more rows beside more history. What grows is finding a person: among a million it is on pages that are not in the 32 MB which " +
  "SQLite keeps in memory, and those are read from the file again. Finding a contact by its address takes 9 µs in place of 2, changing its " +
  "conversation 56 in place of 8, inserting the message 75 in place of 35 (medians at 100/s, each statement timed, commit dba9027).";

const nameOf = ({ rows, people }: Size) =>
  `${rows.toLocaleString("en")} rows, ${people.toLocaleString("en")} conversations`;

/** A data folder of each size, made where there is none yet. */
async function placesOf(
  form: Form,
  { bench, root, tell }: { bench: LoadBench; root: string; tell: (line: string) => void },
): Promise<Map<Size, string>> {
  const places = new Map<Size, string>();
  for (const size of forms[form].sizes.filter(({ rows }) => rows <= mostRows)) {
    places.set(size, await made(bench, root, size));
    tell(`growth: there are ${nameOf(size)}`);
  }
  return places;
}

/** How many times as much the last arm, which has the most, costs as the first. */
function grown(figure: string): (rounds: Rounds) => number[] {
  return (rounds) => {
    const arms = Object.keys(rounds);
    return ratios(rounds, { arm: arms.at(-1)!, figure }, { arm: arms[0]!, figure });
  };
}

/** Messages, webhooks and lists on a gateway that has just started, warmed up by as many. */
async function measured(bench: LoadBench, folder: Folder, size: Size, length: Length): Promise<Measured> {
  const stack = await serve(bench, { from: await placeOf(folder) });
  try {
    const { perSecond, seconds } = length;
    const of = { pids: [stack.child.pid!], arrives: true };
    const out: Subject = {
      ...of,
      request: { ...sending(stack.url, folder.accounts), people: size.people },
    };
    const path = "/webhooks/whatsapp/{channel}";
    const inward: Subject = {
      ...of,
      arrives: false,
      request: { ...receiving(stack.url, path, folder.accounts), people: size.people },
    };
    await bench.run(out, { perSecond, seconds: seconds / 2 });
    await bench.run(inward, { perSecond, seconds: seconds / 2 });
    const sent = await bench.run(out, { perSecond, seconds });
    const received = await bench.run(inward, { perSecond, seconds });
    return {
      sendMicros: sent.micros,
      acceptP50: sent.acceptP50,
      acceptP99: sent.acceptP99,
      arriveP50: sent.arriveP50!,
      receiveMicros: received.micros,
      receiveP50: received.acceptP50,
      messagesMs: await lookMs(stack, "/v1/messages?limit=50", length.looks),
      conversationsMs: await lookMs(stack, "/v1/conversations?limit=50", length.looks),
      refused: sent.refused + received.refused,
    };
  } finally {
    await stack.stop();
  }
}

async function lookMs(stack: Stack, path: string, looks: number): Promise<number> {
  const times: number[] = [];
  for (let look = 0; look < looks; look++) {
    const began = performance.now();
    const { status, text } = await stack.call("GET", path);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
    times.push(performance.now() - began);
  }
  return median(times);
}

export const growth: Benchmark = {
  name: "growth",
  title: "`growth`: the same work beside more and more history",
  says:
    "Messages and webhooks at a fixed rate, spread over all conversations, and a page of 50 of each list, on a gateway that has started on a database " +
    "with so many rows of messages, calls, attempts, states, events and ids. The largest is made once and used again.",
  figures: [
    { name: "sendMicros", title: "µs of processor for a message", digits: 0 },
    { name: "acceptP50", title: "accepted p50, ms", digits: 1 },
    { name: "acceptP99", title: "p99", digits: 1 },
    { name: "arriveP50", title: "on the platform p50, ms", digits: 1 },
    { name: "receiveMicros", title: "µs for a webhook", digits: 0 },
    { name: "receiveP50", title: "answered p50, ms", digits: 1 },
    { name: "messagesMs", title: "a page of messages, ms", digits: 1 },
    { name: "conversationsMs", title: "of conversations, ms", digits: 1 },
  ],
  targets: [
    {
      says: "the processor time of a message beside the most history, in times of that beside the least",
      values: grown("sendMicros"),
      atMost: most,
      unit: "×",
      reason: cold,
    },
    {
      says: "the same of a webhook",
      values: grown("receiveMicros"),
      atMost: most,
      unit: "×",
      reason: cold,
    },
  ],
  async prepare(tell) {
    await using bench = await LoadBench.open();
    await placesOf("full", { bench, root: keptRoot, tell });
  },
  async run(form, tell) {
    const length = forms[form];
    const own = await mkdtemp(join(tmpdir(), "antiphon-growth-"));
    const root = form === "full" ? keptRoot : own;
    await using bench = await LoadBench.open();
    const rounds: Rounds = {};
    try {
      const places = await placesOf(form, { bench, root, tell });
      for (const size of places.keys()) rounds[nameOf(size)] = [];
      const budget = new Budget();
      for (let round = 1; round <= length.rounds && budget.hasRoom(round); round++) {
        for (const [size, place] of places) {
          const folder = await opened(place, join(own, "scratch"));
          rounds[nameOf(size)]!.push(await measured(bench, folder, size, length));
          await folder.remove();
        }
        tell(`growth: round ${round} of ${length.rounds}`);
      }
    } finally {
      await rm(own, { recursive: true, force: true });
    }
    return { setting: { "per second": length.perSecond, "seconds a step": length.seconds }, rounds };
  },
};
