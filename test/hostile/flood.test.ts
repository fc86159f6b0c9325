import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as rest } from "node:timers/promises";
import { promisify } from "node:util";
import { eventually } from "../support/eventually.ts";
import { whatsappNumber } from "../support/meta-webhook.ts";
import { quantile } from "../support/quantile.ts";
import { type Person, type Stack, send, startStack } from "../support/stack.ts";
import type { Flood, Flooded } from "./flood-generator.ts";

/** `ANTIPHON_FLOOD_SECONDS=600` for the whole of what docs/reliability.md promises; from 60 on its limits are plain. */
const seconds = Number(process.env.ANTIPHON_FLOOD_SECONDS ?? 8);
const isWhole = seconds >= 60;
/** What docs/reliability.md promises of a machine that is there for the gateway. */
const promised = { leastShare: 0.8, mostLateMs: 100 };
/**
 * The short form says whether it goes on at all: the generator, the simulator and whatever else runs take their part of
 * two cores in its few seconds. Late is what is much later than an idle process beside it, and what it was in quiet times.
 */
const short = (others: number[]) => ({
  leastShare: 0.1,
  mostLateMs: Math.max(1_000, ...others.map((ms) => 5 * ms)),
});
const baselineSeconds = Math.min(30, Math.max(4, seconds / 5));
const times = 20;
/** As WhatsApp takes them from one number. */
const sendsPerSecond = 80;
/** WhatsApp takes a message in six seconds for one contact: so many that the number is the limit. */
const crowd = 520;
/** It answers soon again once a flood is over: `eventually` waits a minute for it. */
const soonMs = isWhole ? 100 : 1_000;
const generator = join(import.meta.dirname, "flood-generator.ts");
const preload = join(import.meta.dirname, "loop-delay.ts");
const idle = join(import.meta.dirname, "idle.ts");

async function run(flood: Flood): Promise<Flooded> {
  const { stdout } = await promisify(execFile)(process.execPath, [generator, JSON.stringify(flood)]);
  return JSON.parse(stdout);
}

/** Lets a number of people have so many messages wait for them that sending goes on to the end. */
async function backlog(gateway: Stack, people: Person[], count: number): Promise<void> {
  let left = count;
  const writer = async (person: Person) => {
    while (left-- > 0) {
      const body = {
        from: person.channel,
        to: person.address,
        content: { text: { body: `message ${left}` } },
      };
      const { status, text } = await gateway.call("POST", "/v1/messages", body);
      assert.equal(status, 202, text);
    }
  };
  await Promise.all(people.map(writer));
}

/** Instants at which the simulator took messages of WhatsApp after `cursor`. */
async function sends(simulator: Stack, cursor: string): Promise<{ at: number[]; cursor: string }> {
  const at: number[] = [];
  for (let next: string | null = cursor, last = cursor; ; last = next) {
    const { json } = await simulator.simulate("GET", `/calls?limit=1000&cursor=${next}`);
    for (const call of json.data)
      if (call.accepted && call.platform === "whatsapp" && call.path.endsWith("/messages"))
        at.push(Date.parse(call.at));
    next = json.next_cursor;
    if (next === null) return { at, cursor: String(json.data.at(-1)?.id ?? last) };
  }
}

function rate(at: readonly number[], from: number, to: number): number {
  return (at.filter((one) => one >= from && one < to).length * 1000) / (to - from);
}

interface Second {
  at: number;
  late: number[];
  rss: number;
}

/** How late the timers of one process were, by its file. */
class Lateness {
  readonly #seconds: Second[];

  constructor(file: string) {
    const lines = readFileSync(file, "utf8").trim().split("\n");
    this.#seconds = lines.map((line) => JSON.parse(line));
  }

  within(from: number, to: number): Second[] {
    return this.#seconds.filter((one) => one.at > from + 1000 && one.at <= to);
  }

  tell(from: number, to: number): { p50: number; p99: number; most: number } {
    const late = this.within(from, to).flatMap((one) => one.late);
    return { p50: quantile(late, 0.5), p99: quantile(late, 0.99), most: quantile(late, 1) };
  }
}

/** A process beside the gateway that does nothing: what it is late, the machine is, whoever keeps it busy. */
function besideThe(delayFile: string): AsyncDisposable {
  const env = { ...process.env, LOOP_DELAY_FILE: delayFile };
  const child = spawn(process.execPath, ["--import", preload, idle, "serve"], { env, stdio: "pipe" });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}

test(`${seconds} s of ${times} times what can be taken: nothing breaks, sending goes on, and it is soon over`, async (t) => {
  const first = await startStack();
  await first.stop();
  await using simulator = await startStack({ command: "simulator", from: first });
  const delayFile = join(first.dataDir, "loop-delay");
  const gateway = await startStack({
    command: "serve",
    from: first,
    env: {
      LOG_LEVEL: "error",
      NODE_OPTIONS: `--import=${preload}`,
      LOOP_DELAY_FILE: delayFile,
      ANTIPHON_MAX_QUEUED_PER_CHANNEL: "100000",
    },
  });
  const idleFile = join(first.dataDir, "idle-delay");
  await using _idle = besideThe(idleFile);
  const both = Object.assign(gateway, { simulate: simulator.simulate.bind(simulator) });
  const number = await whatsappNumber(both);
  const people: Person[] = [];
  for (let n = 0; n < crowd; n++)
    people.push((await simulator.simulate("POST", "/people", { platform: "whatsapp", name: `P ${n}` })).json);
  const [fan] = await simulator.people("messenger");
  const base = {
    port: gateway.port,
    number,
    key: gateway.key,
    send: { from: fan!.channel, to: fan!.address },
  };

  await backlog(gateway, people, Math.ceil(sendsPerSecond * (seconds + baselineSeconds + 25)));
  const polite = { ...base, perSecond: 0, connections: 32, isPolite: true };
  await run({ ...polite, seconds: 2 });
  const { perSecond: sustainable } = await run({ ...polite, seconds: 3 });

  const quietFrom = Date.now();
  await rest(baselineSeconds * 1000);
  const floodFrom = Date.now();
  const flooded = await run({ ...base, seconds, perSecond: sustainable * times, connections: 256 });
  const floodTo = Date.now();
  await eventually("recovery", async () => {
    const startedMs = performance.now();
    const answer = await send(`${gateway.url}/healthz`, "GET", undefined, {}).catch(() => undefined);
    return answer?.status === 200 && performance.now() - startedMs < soonMs ? true : undefined;
  });
  const recoveredMs = Date.now() - floodTo;
  const { at } = await sends(simulator, "0");
  const before = rate(at, quietFrom, floodFrom);
  const during = rate(at, floodFrom, floodTo);
  const [loop, machine] = [new Lateness(delayFile), new Lateness(idleFile)];
  const figures = {
    sustainable,
    ...flooded,
    sends: { before: Math.round(before), during: Math.round(during) },
    loopMs: { before: loop.tell(quietFrom, floodFrom), during: loop.tell(floodFrom, floodTo) },
    idleMs: { before: machine.tell(quietFrom, floodFrom), during: machine.tell(floodFrom, floodTo) },
    rssMb: Math.round(Math.max(...loop.within(floodFrom, floodTo).map(({ rss }) => rss)) / 1e6),
    recoveredMs,
    cores: availableParallelism(),
    loadavg: loadavg().map((one) => Math.round(one * 10) / 10),
  };
  t.diagnostic(JSON.stringify(figures));
  assert.equal(gateway.child.exitCode, null, gateway.stderr.slice(-2_000));
  const { leastShare, mostLateMs } = isWhole
    ? promised
    : short([figures.loopMs.before.p99, figures.idleMs.during.p99]);
  assert.ok(during >= leastShare * before, `sending fell from ${before} to ${during} a second`);
  const { p99 } = figures.loopMs.during;
  assert.ok(p99 < mostLateMs, `the event loop was ${p99} ms late`);
  assert.equal(await gateway.stop(), 0);
});
