import type { Rate } from "../core/platform.ts";
import type { CallRow, ChannelRow, MessageRow } from "../store/rows.ts";
import type { Gateway } from "./gateway.ts";
import { Pace } from "./pace.ts";
import { sendCall } from "./send.ts";

const maxInFlightPerChannel = 64;
/** After a failure of our own (the store refuses, say) a lane rests before it looks again. */
const restAfterErrorMs = 1_000;

type Head = { call: CallRow; message: MessageRow };

/**
 * Runs the lanes: one call of a conversation at a time, in the order of acceptance, when the pace allows. A lane
 * sleeps until it is woken, due, or its channel's pause ends. What is queued is known from the store alone.
 */
export class Lanes {
  readonly #gateway: Gateway;
  readonly #pace = new Pace();
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #inFlight = new Map<string, Set<Promise<unknown>>>();
  readonly #waitingForRoom = new Map<string, Set<string>>();
  readonly #channelPausedUntil = new Map<string, number>();
  #stopping = false;
  readonly #unlisten: () => void;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.#unlisten = gateway.laneReady.listen((conversationId) => this.#wake(conversationId));
  }

  /** Takes up what an earlier run left: interrupted calls become unknown, queued ones leave. */
  async start(): Promise<void> {
    const { store, clock, log, eventsWritten } = this.#gateway;
    const interrupted = await store.settleInterrupted(clock.now());
    if (interrupted > 0) {
      log.warn(
        { calls: interrupted },
        "calls were under way when the process ended; their outcome is unknown",
      );
      eventsWritten.raise();
    }
    for (const lane of await store.lanes()) this.#wake(lane.conversationId);
  }

  /** Wakes every lane of a channel: it was resumed, or has room again. */
  async wakeChannel(channelId: string): Promise<void> {
    for (const lane of await this.#gateway.store.lanes()) {
      if (lane.channelId === channelId) this.#wake(lane.conversationId);
    }
  }

  /** Fulfils when the calls of a channel that are under way now have settled. */
  async settled(channelId: string): Promise<void> {
    await Promise.allSettled(this.#inFlight.get(channelId) ?? []);
  }

  hasCallsUnderWay(channelId: string): boolean {
    return (this.#inFlight.get(channelId)?.size ?? 0) > 0;
  }

  /** Takes nothing up any more; fulfils when what is under way has settled. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#unlisten();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await Promise.allSettled(this.#running.values());
  }

  #wake(conversationId: string): void {
    if (this.#stopping) return;
    clearTimeout(this.#timers.get(conversationId));
    this.#timers.delete(conversationId);
    if (this.#running.has(conversationId)) {
      this.#again.add(conversationId);
      return;
    }
    const run = this.#run(conversationId)
      .catch((error) => {
        this.#gateway.log.error(
          { err: error, conversation: conversationId },
          "a lane failed and will look again",
        );
        this.#sleep(conversationId, restAfterErrorMs);
      })
      .finally(() => {
        this.#running.delete(conversationId);
        if (this.#again.delete(conversationId)) this.#wake(conversationId);
      });
    this.#running.set(conversationId, run);
  }

  #sleep(conversationId: string, waitMs: number): void {
    if (this.#stopping) return;
    clearTimeout(this.#timers.get(conversationId));
    // Longer timers overflow setTimeout; waking early only means looking again.
    const timer = setTimeout(() => this.#wake(conversationId), Math.min(waitMs, 86_400_000));
    this.#timers.set(conversationId, timer);
  }

  async #run(conversationId: string): Promise<void> {
    while (!this.#stopping) {
      const head = await this.#gateway.store.headCall(conversationId);
      if (!head) return;
      // Two lanes became one, because their contacts turned out to be the same person: only that one goes on.
      if (head.call.conversationId !== conversationId) return this.#wake(head.call.conversationId);
      const channel = this.#gateway.channels.get(head.call.channelId);
      if (!channel) return;
      if (await this.#expire(head)) continue;
      if (this.#gateway.channels.isHeld(channel)) return this.#sleep(conversationId, this.#expiresInMs(head));
      const waitMs = this.#waitMs(head, channel);
      if (waitMs > 0) return this.#sleep(conversationId, waitMs);
      if (!this.#hasRoom(channel.id, conversationId)) return;
      await this.#send(head, channel);
    }
  }

  async #expire({ message }: Head): Promise<boolean> {
    const { store, clock, eventsWritten } = this.#gateway;
    const now = clock.now();
    if (message.expiresAt === undefined || now < message.expiresAt) return false;
    const problem = {
      code: "expired",
      message: "Its ttl_seconds had passed before it could be sent.",
      hint: "Send it again, with a longer ttl_seconds if it may wait longer.",
    };
    await store.failMessage(message.id, problem, now);
    eventsWritten.raise();
    return true;
  }

  #waitMs({ call, message }: Head, channel: ChannelRow): number {
    const now = this.#gateway.clock.now();
    const waits = this.#buckets({ call, message }, channel).map(({ key, rate }) =>
      this.#pace.waitMs(key, rate, now),
    );
    const dueAt = Math.max(call.dueAt, this.#channelPausedUntil.get(channel.id) ?? 0);
    const waitMs = Math.max(dueAt - now, ...waits);
    return Math.min(waitMs, this.#expiresInMs({ call, message }));
  }

  #expiresInMs({ message }: Head): number {
    return Math.max(0, (message.expiresAt ?? Number.POSITIVE_INFINITY) - this.#gateway.clock.now());
  }

  #buckets({ call, message }: Head, channel: ChannelRow): { key: string; rate: Rate }[] {
    const platform = this.#gateway.platforms[channel.platform];
    const { pace } = platform.capabilities;
    const to = platform.address(message.address);
    const isGroup = !("problem" in to) && to.chat !== "private";
    return [
      { key: channel.id, rate: pace.channel },
      { key: call.conversationId, rate: pace.contact },
      ...(isGroup && pace.group ? [{ key: `group ${call.conversationId}`, rate: pace.group }] : []),
    ];
  }

  #hasRoom(channelId: string, conversationId: string): boolean {
    if ((this.#inFlight.get(channelId)?.size ?? 0) < maxInFlightPerChannel) return true;
    const waiting = this.#waitingForRoom.get(channelId) ?? new Set();
    this.#waitingForRoom.set(channelId, waiting.add(conversationId));
    return false;
  }

  async #send(head: Head, channel: ChannelRow): Promise<void> {
    const now = this.#gateway.clock.now();
    for (const { key, rate } of this.#buckets(head, channel)) this.#pace.take(key, rate, now);
    const sending = sendCall(this.#gateway, channel, head);
    const inFlight = this.#inFlight.get(channel.id) ?? new Set();
    this.#inFlight.set(channel.id, inFlight.add(sending));
    try {
      const pause = await sending;
      if (pause) this.#channelPausedUntil.set(channel.id, pause.untilMs);
    } finally {
      inFlight.delete(sending);
      this.#giveRoom(channel.id);
    }
  }

  #giveRoom(channelId: string): void {
    const waiting = this.#waitingForRoom.get(channelId);
    const [next] = waiting ?? [];
    if (next === undefined) return;
    waiting?.delete(next);
    this.#wake(next);
  }
}
