import { afterEach, beforeEach } from "node:test";
import type { Event } from "../../src/core/event.ts";
import type { HttpRequest } from "../../src/core/platform.ts";
import { Notifier } from "../../src/gateway/delivering/notify.ts";
import { type Exchange, type ExchangeLimits, Transport } from "../../src/gateway/transport.ts";
import type { EndpointRow } from "../../src/store/endpoint-rows.ts";
import { FakeClock } from "./fake-clock.ts";
import { Workbench } from "./workbench.ts";

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

type Answer = number | { status: number; retryAfter: string } | Promise<number>;

/** Customers' servers, answered by hand: what each was asked, and when. */
class Customers extends Transport {
  readonly asked: { url: string; event: Event; at: number; headers: Record<string, string> }[] = [];
  underWay = 0;
  answer: (event: Event, url: string) => Answer = () => 204;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    super();
    this.#clock = clock;
  }

  override async exchange(
    { url, body = "", headers }: HttpRequest,
    limits: ExchangeLimits,
  ): Promise<Exchange> {
    if (limits.mayLeave?.() === false) return { kind: "unwritten", reason: "held back" };
    const event = JSON.parse(body) as Event;
    this.asked.push({ url, event, at: this.#clock.steady(), headers });
    const answer = this.answer(event, url);
    if (!(answer instanceof Promise)) this.underWay++;
    await new Promise((resolve) => setImmediate(resolve));
    if (!(answer instanceof Promise)) this.underWay--;
    const given = await answer;
    const status = typeof given === "number" ? given : given.status;
    const responseHeaders: Record<string, string> =
      typeof given === "number" ? {} : { "retry-after": given.retryAfter };
    return { kind: "answer", response: { status, headers: responseHeaders, body: "" }, cut: false };
  }

  /** What one was told, in order, by the words in it. */
  told(url = "http://one/"): string[] {
    return this.asked.filter((one) => one.url === url).map(({ event }) => wordsOf(event));
  }
}

export const wordsOf = (event: Event) =>
  ((event.message as { text?: { body: string } } | undefined)?.text?.body ??
    event.reason ??
    event.type) as string;

export let clock: FakeClock;
export let bench: Workbench;
export let customers: Customers;
export let notifier: Notifier;
let said = 0;

beforeEach(async () => {
  clock = new FakeClock();
  bench = await Workbench.open({ clock });
  bench.gateway.random = () => 0.999_999;
  customers = new Customers(clock);
  notifier = new Notifier(bench.gateway, customers);
  await notifier.start();
});
afterEach(async () => {
  await notifier.stop();
  await bench[Symbol.asyncDispose]();
});

export async function follow(change: Partial<EndpointRow> = {}): Promise<EndpointRow> {
  const secret = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";
  const made: EndpointRow = {
    id: "one",
    url: "http://one/",
    secret,
    format: "antiphon",
    events: [],
    channels: [],
    ordered: false,
    enabled: true,
    createdAt: 0,
    ...change,
  };
  await bench.store.addEndpoint(made);
  notifier.follow(made);
  return made;
}

/** Contacts write: `ana: hello`. */
export async function say(...lines: string[]): Promise<void> {
  const { store, eventsWritten } = bench.gateway;
  const events = lines.map((line) => {
    const [person = "", body = ""] = line.split(": ");
    const id = `m${said++}`;
    const chat = { id: person, type: "private" as const };
    const content = { type: "text", text: { body } };
    return {
      event: {
        kind: "received" as const,
        dedupeKey: id,
        chat,
        sender: { aliases: [person] },
        platformId: id,
        content,
      },
      report: true,
    };
  });
  await store.storePayloads("channel", ["{}"], clock.now());
  const [payload] = await store.undigested("channel", { limit: 1, maxBytes: 1_000_000 });
  const at = { at: clock.now(), steady: clock.steady() };
  await store.digest({ payloadId: payload!.id, ...at, events, unknown: [] });
  eventsWritten.raise();
  await settle();
}

/** Until nothing more happens at this instant. */
export async function settle(): Promise<void> {
  for (let quiet = 0; quiet < 6; ) {
    await new Promise((resolve) => setImmediate(resolve));
    quiet = customers.underWay === 0 ? quiet + 1 : 0;
  }
}

export async function pass(ms: number, stepMs = ms): Promise<void> {
  for (let left = ms; left > 0; left -= stepMs) {
    clock.advance(Math.min(left, stepMs));
    await settle();
  }
}

export async function delivery(words: string) {
  const events = await bench.store.eventsAfter(0, 10_000);
  const eventId = events.find(({ event }) => wordsOf(event) === words)?.event.id;
  const { rows } = await bench.store.deliveries({ limit: 1, eventId });
  if (rows[0]) return rows[0];
  throw new Error(`There is no delivery of ${words}.`);
}

export async function reports(): Promise<Event[]> {
  const rows = await bench.store.eventsAfter(0, 1_000);
  return rows.map(({ event }) => event).filter(({ type }) => type.startsWith("endpoint."));
}

/** The notifier of the next process: it knows nothing but what is stored. */
export async function restart(settings?: { contentDays: number }): Promise<void> {
  await notifier.stop();
  notifier = new Notifier(bench.gateway, customers, settings);
  await notifier.start();
}
