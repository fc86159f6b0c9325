import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { Event } from "../../src/core/event.ts";
import type { HttpRequest } from "../../src/core/platform.ts";
import { Notifier } from "../../src/gateway/delivering/notify.ts";
import { type Exchange, type ExchangeLimits, Transport } from "../../src/gateway/transport.ts";
import type { EndpointRow } from "../../src/store/endpoint-rows.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { heldBytes } from "../support/held-bytes.ts";
import { quantile } from "../support/quantile.ts";
import { Workbench } from "../support/workbench.ts";

/** `BEHIND=1000000` for the whole of what docs/reliability.md promises; from there on its limit of others' p99 is plain. */
const behind = Number(process.env.BEHIND ?? 20_000);
const isWhole = behind >= 1_000_000;
const conversations = 1_000;
const perSecond = 1_000;
const days = 7;
const hourMs = 3_600_000;
/** Told to nobody: SQLite's cache of 64 MB is full before memory is compared. */
const before = 40_000;
const maxGrownMb = 64;
const maxRatio = 1.1;
/**
 * In the short form: the second slowest of a hundred says no more. On a machine that others keep busy the best round
 * counts, for noise only adds, and no more is said than the run's own noise does, or than its timers are late.
 */
const shortRatio = 3;
const shortMs = 25;
const costs = isWhole
  ? `makes nobody's p99 more than ${maxRatio} times as long`
  : `makes nobody's p99 more than ${shortRatio} times as long, or than the run's own noise does`;
/** As many as these, whatever they show: each measures every condition once. */
const rounds = isWhole ? 15 : 5;
const eventsInRound = isWhole ? 400 : 100;
/** To the healthy endpoint, by a schedule, whether or not the last one has arrived. */
const everyMs = 5;
/** Among so many events one probe of the dead endpoint, which would be 2 s to 15 min apart. */
const eventsPerProbe = 10;
const longestProbeMs = 15 * 60_000;
const downUrl = "http://down.invalid/hook";

/** The network: one customer's server is down until it is up, the others are on real sockets. */
class Network extends Transport {
  isDown = true;
  /** Where it really is, in a process of its own; undefined: it answers here, so that gateway time need not be real. */
  place: string | undefined;
  /** How many requests to the one that is down were made. */
  asked = 0;
  /** A million whole events would fill the memory. */
  readonly delivered: { at: number; id: string; conversation: string; sequence: number }[] = [];
  underWay = 0;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    super();
    this.#clock = clock;
  }

  override async exchange(request: HttpRequest, limits: ExchangeLimits): Promise<Exchange> {
    if (request.url !== downUrl) return super.exchange(request, limits);
    this.underWay++;
    this.asked++;
    const exchange = await this.#ask(request, limits).finally(() => this.underWay--);
    if (exchange.kind !== "answer") return exchange;
    const at = this.#clock.steady();
    const { id, conversation, sequence = 0 } = JSON.parse(request.body ?? "") as Event;
    this.delivered.push({ at, id, conversation: conversation!.id, sequence });
    return exchange;
  }

  async #ask(request: HttpRequest, limits: ExchangeLimits): Promise<Exchange> {
    if (!this.isDown && this.place) return super.exchange({ ...request, url: this.place }, limits);
    await new Promise((resolve) => setImmediate(resolve));
    if (this.isDown) return { kind: "unwritten", reason: "ECONNREFUSED" };
    return { kind: "answer", response: { status: 204, headers: {}, body: "" }, cut: false };
  }
}

interface Scene {
  bench: Workbench;
  clock: FakeClock;
  network: Network;
  notifier: Notifier;
  /**
   * Milliseconds of real time from when an event was to be written to its arrival at the healthy endpoint, while the
   * gateway's time goes on like real time; `meanwhile` is told the number of each.
   */
  latencies(meanwhile?: (number: number) => void): Promise<number[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

function endpoint(change: Partial<EndpointRow>): EndpointRow {
  const secret = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";
  const wishes = { events: [], channels: [], ordered: false, enabled: true, createdAt: 0 };
  return { id: "ep", url: downUrl, secret, format: "antiphon", ...wishes, ...change };
}

/** A gateway with one healthy endpoint on a real socket. */
async function scene(): Promise<Scene> {
  const clock = new FakeClock();
  const bench = await Workbench.open({ clock });
  const network = new Network(clock);
  const arrived = new Map<string, () => void>();
  const healthy = createServer(async (request, response) => {
    const event = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Event;
    response.writeHead(204).end();
    arrived.get(event.reason ?? "")?.();
  });
  healthy.listen(0, "127.0.0.1");
  await once(healthy, "listening");
  const url = `http://127.0.0.1:${(healthy.address() as AddressInfo).port}/`;
  const notifier = new Notifier(bench.gateway, network);
  const wish = endpoint({ id: "healthy", url, events: ["channel.paused"] });
  await bench.store.addEndpoint(wish);
  await notifier.start();
  let told = 0;
  return {
    bench,
    clock,
    network,
    notifier,
    async latencies(meanwhile) {
      const stop = goOn(clock);
      const begun = performance.now();
      const all: Promise<number>[] = [];
      for (let number = 0; number < eventsInRound; number++) {
        const dueMs = begun + number * everyMs;
        await reach(dueMs);
        meanwhile?.(number);
        const reason = `event ${told++}`;
        all.push(new Promise((resolve) => arrived.set(reason, () => resolve(performance.now() - dueMs))));
        const timestamp = new Date(clock.now()).toISOString();
        const written = bench.store.addEvent({ type: "channel.paused", timestamp, reason });
        void written.then(() => bench.gateway.eventsWritten.raise());
      }
      const found = await Promise.all(all);
      stop();
      arrived.clear();
      return found;
    },
    async [Symbol.asyncDispose]() {
      await notifier.stop();
      await network.close();
      healthy.closeAllConnections();
      healthy.close();
      await bench[Symbol.asyncDispose]();
    },
  };
}

/** Lets the gateway's time go on like real time, until it is told to stop. */
function goOn(clock: FakeClock): () => void {
  let before = performance.now();
  const timer = setInterval(() => {
    const passed = Math.floor(performance.now() - before);
    before += passed;
    clock.advance(passed);
  }, 1);
  return () => clearInterval(timer);
}

/** A timer alone may be a millisecond late, as much as what is measured. */
async function reach(ms: number): Promise<void> {
  const early = ms - performance.now() - 2;
  if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
  while (performance.now() < ms) await new Promise((resolve) => setImmediate(resolve));
}

/** Messages of contacts, a few hundred in a payload, told to whoever wants them. */
async function say(here: Scene, first: number, count: number): Promise<void> {
  const { store, eventsWritten } = here.bench.gateway;
  const at = { at: here.clock.now(), steady: here.clock.steady() };
  for (let done = 0; done < count; done += 250) {
    const size = Math.min(250, count - done);
    const events = Array.from({ length: size }, (_, index) => {
      const id = String(first + done + index);
      const person = String((first + done + index) % conversations);
      const chat = { id: person, type: "private" as const };
      const content = { type: "text", text: { body: `message ${id}` } };
      const sender = { aliases: [person] };
      const event = { kind: "received" as const, dedupeKey: id, chat, sender, platformId: id, content };
      return { event, report: true };
    });
    await store.storePayloads("channel", ["{}"], at.at);
    const [payload] = await store.undigested("channel", { limit: 1, maxBytes: 1_000_000 });
    await store.digest({ payloadId: payload!.id, ...at, events, unknown: [] });
    eventsWritten.raise();
  }
}

/** Until nothing is under way and nothing more begins by itself at this instant. */
async function settle({ network, bench }: Scene, isOver: () => boolean = () => true): Promise<void> {
  for (let quiet = 0; quiet < 4; ) {
    await new Promise((resolve) => setImmediate(resolve));
    quiet = network.underWay === 0 && isOver() ? quiet + 1 : 0;
  }
  assert.ok(bench);
}

const heldMb = () => heldBytes() / 1e6;
const median = (values: number[]) => quantile(values, 0.5);

/** Day and night for a week: the endpoint is down, and ever more waits for it. Gives by how much memory grew. */
async function outage(here: Scene): Promise<{ grownMb: number; probes: number }> {
  let highest = 0;
  const hours = days * 24;
  const base = heldMb();
  for (let hour = 0, said = 0; hour < hours; hour++) {
    const until = Math.round(((hour + 1) * behind) / hours);
    await say(here, said, until - said);
    said = until;
    for (let step = 0; step < 12; step++) {
      here.clock.advance(hourMs / 12);
      await settle(here);
    }
    if (hour % 24 === 23) highest = Math.max(highest, heldMb());
  }
  return { grownMb: highest - base, probes: here.network.asked };
}

const isFailing = async ({ bench }: Scene) =>
  (await bench.store.endpoints()).some(({ id, failing }) => id === "down" && failing !== undefined);

/** Until the gateway knows that the endpoint is down, or up again. */
async function become(here: Scene, state: "down" | "up"): Promise<void> {
  here.network.isDown = state === "down";
  while ((await isFailing(here)) !== here.network.isDown) {
    here.clock.advance(state === "down" ? 100 : 10_000);
    await settle(here);
  }
}

async function whileProbed(here: Scene): Promise<number[]> {
  await become(here, "down");
  const { network, clock } = here;
  const before = network.asked;
  const found = await here.latencies((number) => {
    if (number % eventsPerProbe === 0) clock.advance(longestProbeMs);
  });
  await settle(here);
  assert.ok(network.asked > before, "it was probed");
  return found;
}

async function whileCatchingUp(here: Scene, place: string): Promise<{ found: number[]; perSecond: number }> {
  await become(here, "up");
  const { network } = here;
  network.place = place;
  // With each success one more may be under way at a time.
  const stop = goOn(here.clock);
  const full = network.delivered.length + 200;
  while (network.delivered.length < full) await new Promise((resolve) => setImmediate(resolve));
  stop();
  const before = network.delivered.length;
  const begun = performance.now();
  const found = await here.latencies();
  const caughtUp = ((network.delivered.length - before) * 1000) / (performance.now() - begun);
  await settle(here);
  network.place = undefined;
  return { found, perSecond: caughtUp };
}

const conditions = ["baseline", "probed", "baseline again", "catching up"] as const;
type Condition = (typeof conditions)[number];

interface Compared {
  /** The p99 of each condition in each round, in ms. */
  p99s: Record<Condition, number[]>;
  /** How many a second were caught up with, in each round. */
  caughtUp: number[];
}

/** All conditions in turns, so that whatever else the machine does falls on all alike. */
async function compare(alone: Scene, beside: Scene, place: string): Promise<Compared> {
  const p99s: Compared["p99s"] = { baseline: [], probed: [], "baseline again": [], "catching up": [] };
  const caughtUp: number[] = [];
  const measure = async (condition: Condition) => {
    if (condition === "probed") return whileProbed(beside);
    if (condition !== "catching up") return alone.latencies();
    const { found, perSecond: rate } = await whileCatchingUp(beside, place);
    caughtUp.push(rate);
    return found;
  };
  // What was never run before is slower.
  for (const condition of conditions) await measure(condition);
  caughtUp.length = 0;
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < conditions.length; turn++) {
      const condition = conditions[(round + turn) % conditions.length]!;
      p99s[condition].push(quantile(await measure(condition), 0.99));
    }
  return { p99s, caughtUp };
}

/** Of each round, and the middle one of them. */
function ratios(some: number[], others: number[]): { all: number[]; middle: number } {
  const all = some.map((one, round) => one / others[round]!);
  return { all, middle: median(some) / median(others) };
}

interface CaughtUp {
  /** In one go, at the end. */
  perSecond: number;
  seconds: number;
  busiest: number;
}

/** What is left, in gateway time alone; `busiest`: of all seconds of that time. */
async function catchUp(here: Scene): Promise<CaughtUp> {
  const { clock, network, bench } = here;
  await become(here, "up");
  const before = network.delivered.length;
  const begun = clock.steady();
  const withinMs = (3 * behind * 1000) / perSecond + 60_000;
  while (network.delivered.length < behind) {
    clock.advance(50);
    await settle(here);
    assert.ok(clock.steady() - begun < withinMs, `${network.delivered.length} are delivered`);
  }
  while ((await bench.store.pendingDeliveries("down")) > 0) await settle(here);
  const bySecond = new Map<number, number>();
  for (const { at } of network.delivered) {
    const second = Math.floor((at - network.delivered[0]!.at) / 1000);
    bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
  }
  const seconds = (clock.steady() - begun) / 1000;
  const rate = (behind - before) / seconds;
  return { perSecond: rate, seconds, busiest: Math.max(...bySecond.values()) };
}

/** Its process is over when the test is. */
async function receiver(): Promise<{ child: ChildProcess; place: string }> {
  const child = fork(join(import.meta.dirname, "receiver.ts"), { stdio: "inherit" });
  const [port] = await once(child, "message");
  return { child, place: `http://127.0.0.1:${port}/` };
}

const shown = (values: number[]) => values.map((value) => value.toFixed(2)).join(" ");

test(`an endpoint down for ${days} days with ${behind} events behind it ${costs}, and gets all of them in order`, async (t) => {
  await using alone = await scene();
  await using beside = await scene();
  await say(beside, behind, before);
  const down = endpoint({ id: "down", events: ["message.received"], ordered: true, maxPerSecond: perSecond });
  await beside.bench.store.addEndpoint(down);
  beside.notifier.follow(down);

  const begun = performance.now();
  const { grownMb, probes } = await outage(beside);
  const outageSeconds = (performance.now() - begun) / 1000;
  assert.equal(await beside.bench.store.pendingDeliveries("down"), behind);
  t.diagnostic(
    `${behind} events in ${outageSeconds.toFixed(0)} s of real time, ${probes} probes in ${days} days, ${grownMb.toFixed(0)} MB more memory`,
  );
  assert.ok(grownMb <= maxGrownMb, `memory grew by ${grownMb.toFixed(0)} MB`);
  assert.ok(probes < days * 24 * 12, `${probes} requests to one that is down`);

  // The same history without anybody behind: what is compared is the endpoint that is down, and nothing else.
  await say(alone, 0, before + behind);
  const { child, place } = await receiver();
  const { p99s, caughtUp } = await compare(alone, beside, place).finally(() => child.disconnect());
  const noise = ratios(p99s["baseline again"], p99s.baseline);
  const worstNoise = Math.max(...noise.all.map((one) => Math.max(one, 1 / one)));
  const base = p99s.baseline.map((one, round) => (one + p99s["baseline again"][round]!) / 2);
  const others = { probed: ratios(p99s.probed, base), "catching up": ratios(p99s["catching up"], base) };
  for (const condition of conditions)
    t.diagnostic(
      `p99 of the healthy one, ${condition}: ${median(p99s[condition]).toFixed(2)} ms, the middle of ${shown(p99s[condition])}`,
    );
  t.diagnostic(
    `baseline against baseline ${noise.middle.toFixed(2)}, at worst ${worstNoise.toFixed(2)} times; probed ${others.probed.middle.toFixed(2)}; catching up ${others["catching up"].middle.toFixed(2)}, at ${median(caughtUp).toFixed(0)}/s of real time`,
  );

  const { seconds, perSecond: rate, busiest } = await catchUp(beside);
  t.diagnostic(
    `the rest caught up in ${seconds.toFixed(1)} s of the gateway's time at ${rate.toFixed(0)}/s, ${busiest} in the busiest second`,
  );
  const shortLimitMs = Math.max(shortMs, Math.max(shortRatio, maxRatio * worstNoise) * median(base));
  for (const condition of ["probed", "catching up"] as const) {
    const { middle, all } = others[condition];
    assert.ok(
      isWhole ? middle <= maxRatio : Math.min(...p99s[condition]) <= shortLimitMs,
      `${condition}: p99 is ${middle.toFixed(2)} times the baseline (${shown(all)})`,
    );
  }
  // What may leave within a twentieth of a second may leave at once.
  assert.ok(busiest <= perSecond * 1.05 + 1, `${busiest} in a second`);
  assert.ok(rate >= perSecond * 0.9, `${rate.toFixed(0)}/s`);

  const { delivered } = beside.network;
  assert.equal(new Set(delivered.map(({ id }) => id)).size, behind, "all of them");
  assert.equal(delivered.length, behind, "and each once");
  const last = new Map<string, number>();
  for (const { conversation, sequence } of delivered) {
    assert.equal(sequence, (last.get(conversation) ?? before / conversations) + 1);
    last.set(conversation, sequence);
  }
});
