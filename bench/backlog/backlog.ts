import { join } from "node:path";
import { eventually } from "../../test/support/eventually.ts";
import type { Stack } from "../../test/support/stack.ts";
import { type Benchmark, type Form, type Measured, type Rounds, ratios, valuesOf } from "../benchmark.ts";
import { Budget } from "../budget.ts";
import { antiphon, sending as posting, serve } from "../gateway/arms.ts";
import { cpuSeconds, memoryMb } from "../load/child.ts";
import { fill } from "../load/filling.ts";
import { LoadBench, type Subject, type Wish } from "../load/load.ts";
import { content } from "../message.ts";

interface Length {
  queued: number;
  rounds: number;
  sendMs: number;
  /** What is posted while it sends: what it bears with ease, and more than it can take. */
  calm: Wish;
  flood: Wish;
}

/** `BACKLOG=100000` for another number. */
const forms: Record<Form, Length> = {
  short: {
    queued: 10_000,
    rounds: 1,
    sendMs: 200,
    calm: { perSecond: 50, seconds: 0.5 },
    flood: { perSecond: 100, seconds: 0.5 },
  },
  full: {
    queued: 1_000_000,
    rounds: 5,
    sendMs: 3_000,
    calm: { perSecond: 200, seconds: 2 },
    flood: { perSecond: 1_000, seconds: 2 },
  },
};
/** Of one person: as many as may leave at once. */
const queuedOfPerson = 40;
/** Nobody of the generator's people, nor of those whose messages are copied. */
const template = "15549999999";
const [full, empty] = ["queued on disk", "nothing queued"];

interface Folder {
  queued: number;
  stack: Stack;
  accounts: Subject["request"]["accounts"];
}

/** A data folder with so many messages queued, and nobody at work on it. */
async function prepared(bench: LoadBench, queued: number): Promise<Folder> {
  const { stack, accounts } = await antiphon(bench);
  if (queued > 0) {
    for (const { channelId } of accounts)
      await stack.call("PATCH", `/v1/channels/${channelId}`, { paused: true });
    const body = { from: accounts[0]!.channelId, to: template, content: content(0), ttl_seconds: 86_400 };
    const { status, json, text } = await stack.call("POST", "/v1/messages", body);
    if (status !== 202) throw new Error(`sending answered ${status}: ${text}`);
    await stack.stop();
    fill({
      file: join(stack.dataDir, "antiphon.db"),
      messageId: json.id,
      channelIds: accounts.map(({ channelId }) => channelId),
      people: Math.ceil(queued / queuedOfPerson),
      wanted: { messages: queued },
    });
  }
  await stack.stop("SIGKILL");
  return { queued, stack, accounts };
}

/** When the first of what was queued left, and how many did in a second from then on. */
async function sending(
  bench: LoadBench,
  { queued, startedAt, ms }: { queued: number; startedAt: number; ms: number },
): Promise<Measured> {
  const before = await bench.arrivedOf(queued);
  const first = await eventually("message that leaves", async () => {
    const arrived = await bench.arrivedOf(queued);
    return arrived > before ? { arrived, at: performance.now() } : undefined;
  });
  await new Promise((resolve) => setTimeout(resolve, ms));
  const left = await eventually("second message that leaves", async () => {
    return (await bench.arrivedOf(queued)) - first.arrived || undefined;
  });
  return { firstMs: first.at - startedAt, sent: (left * 1000) / (performance.now() - first.at) };
}

/** From the start of the process after a kill to another kill. */
async function measured(
  bench: LoadBench,
  { stack: from, accounts, queued }: Folder,
  length: Length,
): Promise<Measured> {
  const startedAt = performance.now();
  const stack = await serve(bench, { from });
  try {
    const readyMs = performance.now() - startedAt;
    const readyCpu = cpuSeconds(stack.child.pid!);
    const sent = queued > 0 ? await sending(bench, { queued, startedAt, ms: length.sendMs }) : {};
    const request = posting(stack.url, accounts);
    const subject = { pids: [stack.child.pid!], arrives: false, request };
    const calm = await bench.run(subject, length.calm);
    const flood = await bench.run(subject, length.flood);
    return {
      readyMs,
      readyCpu,
      ...sent,
      acceptP50: calm.acceptP50,
      acceptP99: calm.acceptP99,
      accepted: flood.acceptPerSecond,
      refused: calm.refused,
      memory: memoryMb(stack.child.pid!).peak,
    };
  } finally {
    await stack.stop("SIGKILL");
  }
}

export const backlog: Benchmark = {
  name: "backlog",
  title: "`backlog`: messages queued on disk, of 40 for each person",
  says:
    "A gateway is killed with SIGKILL and started again, beside one that has nothing queued. `ready` is from the start of its process to " +
    "`/readyz`; then it sends what is queued, and messages are posted while it does: 200 a second, and then 1,000, of which it takes what it can. Memory " +
    "is the most that was resident.",
  figures: [
    { name: "readyMs", title: "ready, ms", digits: 0 },
    { name: "readyCpu", title: "s of processor until then", digits: 2 },
    { name: "firstMs", title: "first sent, ms", digits: 0 },
    { name: "sent", title: "sent per second", digits: 0 },
    { name: "acceptP50", title: "accepted meanwhile at 200/s, p50, ms", digits: 1 },
    { name: "acceptP99", title: "p99", digits: 1 },
    { name: "accepted", title: "at most per second", digits: 0 },
    { name: "memory", title: "memory, MB", digits: 0 },
  ],
  targets: [
    {
      says: "resident memory with all of it queued",
      values: (rounds) => valuesOf(rounds, full!, "memory"),
      atMost: 300,
      unit: "MB",
    },
    {
      says: "ready after a kill with all of it queued",
      values: (rounds) => valuesOf(rounds, full!, "readyMs").map((ms) => ms / 1000),
      atMost: 3,
      unit: "s",
      reason:
        "The start itself takes a second of the processor, in which some of the backlog is sent already.",
    },
    {
      says: "the same beside a start with nothing queued",
      values: (rounds) =>
        ratios(rounds, { arm: full!, figure: "readyMs" }, { arm: empty!, figure: "readyMs" }),
      unit: "×",
    },
  ],
  async run(form, tell) {
    const queued = form === "full" ? Number(process.env.BACKLOG ?? forms.full.queued) : forms.short.queued;
    const length = { ...forms[form], queued };
    const budget = new Budget();
    await using bench = await LoadBench.open();
    bench.reserve(queued);
    const folders: Record<string, Folder> = {};
    const rounds: Rounds = { [full!]: [], [empty!]: [] };
    try {
      folders[full!] = await prepared(bench, queued);
      tell(`backlog: ${queued} are queued`);
      folders[empty!] = await prepared(bench, 0);
      // None warms up: a process that has just started is what is measured.
      for (let round = 1; round <= length.rounds && budget.hasRoom(round); round++) {
        for (const [name, folder] of Object.entries(folders))
          rounds[name]!.push(await measured(bench, folder, length));
        tell(`backlog: round ${round} of ${length.rounds}`);
      }
    } finally {
      for (const { stack } of Object.values(folders)) await stack[Symbol.asyncDispose]();
    }
    return { setting: { queued }, rounds };
  },
};
