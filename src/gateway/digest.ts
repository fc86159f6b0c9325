import type { Call, Parsed, PlatformEvent } from "../core/platform.ts";
import type { ChannelRow, PayloadRow } from "../store/rows.ts";
import { accessTo } from "./channels.ts";
import type { Gateway } from "./gateway.ts";
import type { Lanes } from "./lanes.ts";
import { pickedTitle, type Resolved, resolveEvent } from "./resolve.ts";

const batchSize = 50;
const restAfterErrorMs = 1_000;
const acknowledgeLimits = { deadlineMs: 10_000, maxBytes: 64 * 1024 };

/** Turns stored payloads into events, per channel in the order of arrival. Each payload is one transaction. */
export class Digester {
  readonly #gateway: Gateway;
  readonly #lanes: Lanes;
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  readonly #acknowledging = new Set<Promise<void>>();
  #stopping = false;
  readonly #unlisten: () => void;

  constructor(gateway: Gateway, lanes: Lanes) {
    this.#gateway = gateway;
    this.#lanes = lanes;
    this.#unlisten = gateway.payloadsReady.listen((channelId) => this.#wake(channelId));
  }

  start(): void {
    for (const channel of this.#gateway.channels.all()) this.#wake(channel.id);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#unlisten();
    await Promise.allSettled([...this.#running.values(), ...this.#acknowledging]);
  }

  #wake(channelId: string): void {
    if (this.#stopping) return;
    if (this.#running.has(channelId)) {
      this.#again.add(channelId);
      return;
    }
    const run = this.#run(channelId)
      .catch((error) => {
        this.#gateway.log.error({ err: error, channel: channelId }, "a payload could not be digested yet");
        setTimeout(() => this.#wake(channelId), restAfterErrorMs).unref();
      })
      .finally(() => {
        this.#running.delete(channelId);
        if (this.#again.delete(channelId)) this.#wake(channelId);
      });
    this.#running.set(channelId, run);
  }

  async #run(channelId: string): Promise<void> {
    const channel = this.#gateway.channels.get(channelId);
    while (channel && !this.#stopping) {
      const payloads = await this.#gateway.store.undigested(channelId, batchSize);
      for (const payload of payloads) await this.#digest(channel, payload);
      if (payloads.length < batchSize) return;
    }
  }

  async #digest(channel: ChannelRow, payload: PayloadRow): Promise<void> {
    const { store, clock, log, eventsWritten } = this.#gateway;
    const parsed = this.#parse(channel, payload.body);
    const resolved: Resolved[] = [];
    for (const event of parsed.events) resolved.push(await this.#resolve(channel, event));
    const unknown = [...parsed.unknown, ...unresolvable(resolved)];
    const events = resolved.map((one) => one.digested);
    const { fresh } = await store.digest({ payloadId: payload.id, at: clock.now(), events, unknown });
    log.info(
      { channel: channel.id, payload: payload.id, events: fresh.length, unknown: unknown.length },
      "digested",
    );
    for (const part of unknown)
      log.warn({ channel: channel.id, payload: payload.id, ...part }, "kept as unknown");
    eventsWritten.raise();
    // A demand is met for a repeated webhook too: the platform repeats because it is still waiting.
    for (const one of resolved) this.#acknowledge(channel, one);
  }

  #parse(channel: ChannelRow, body: string): Parsed {
    let payload: unknown;
    try {
      payload = JSON.parse(body);
    } catch {
      return { events: [], unknown: [{ path: "", reason: "not JSON" }] };
    }
    return this.#gateway.platforms[channel.platform].parse(payload, channel.credentials);
  }

  /**
   * A tap can overtake the answer of the very call that it answers. So an event that names a message which is
   * not there yet waits once for the calls under way.
   */
  async #resolve(channel: ChannelRow, event: PlatformEvent): Promise<Resolved> {
    const isUnderWay = this.#lanes.hasCallsUnderWay(channel.id);
    const resolved = await resolveEvent(this.#gateway, channel, event);
    if (!resolved.isDangling || !isUnderWay) return resolved;
    await this.#lanes.settled(channel.id);
    return resolveEvent(this.#gateway, channel, event);
  }

  #acknowledge(channel: ChannelRow, { digested, answered }: Resolved): void {
    const platform = this.#gateway.platforms[channel.platform];
    const { event } = digested;
    if (!platform.acknowledge || event.kind !== "received") return;
    const calls = platform.acknowledge(event, {
      title: pickedTitle(digested.content),
      platformIds: answered?.platformIds ?? [],
      chat: answered ? chatTypeOf(this.#gateway, channel, answered.address) : "private",
    });
    for (const call of calls) this.#perform(channel, call);
  }

  /** Outside every lane and pace, tried once: late acknowledgements are refused and harmless. */
  #perform(channel: ChannelRow, call: Call): void {
    const { platforms, transport, log } = this.#gateway;
    const request = platforms[channel.platform].authorize(call, accessTo(channel));
    const performing = transport.exchange(request, acknowledgeLimits).then((exchange) => {
      const outcome =
        exchange.kind === "answer"
          ? platforms[channel.platform].interpret(exchange.response).kind
          : exchange.kind;
      log.debug({ channel: channel.id, part: call.part, outcome }, "acknowledged");
      this.#acknowledging.delete(performing);
    });
    this.#acknowledging.add(performing);
  }
}

function chatTypeOf(gateway: Gateway, channel: ChannelRow, address: string) {
  const to = gateway.platforms[channel.platform].address(address);
  return "problem" in to ? "private" : to.chat;
}

function unresolvable(resolved: Resolved[]) {
  return resolved
    .filter(({ digested }) => !digested.report)
    .map(({ digested }) => ({
      path: "",
      reason: `answers a message that is not known (${digested.event.dedupeKey})`,
    }));
}
