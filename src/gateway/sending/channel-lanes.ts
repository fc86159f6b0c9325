import type { Upload } from "../../core/platform.ts";
import type { CallRow, ChannelRow, MessageRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import { deadline } from "../rest.ts";
import { verdict } from "./ambiguity.ts";
import type { Passage } from "./gate.ts";
import type { Pacing } from "./pacing.ts";
import { type Rest, Seats } from "./seats.ts";
import { refuseUpload, sendCall } from "./send.ts";
import { strictWaitMs } from "./strict-order.ts";
import type { Source } from "./upload.ts";

/** Lanes of a channel that are looked after at a time. */
const seatsPerChannel = 1_000;

/** Lanes of a channel whose end of sleep is remembered: a few MB. */
const sleepersPerChannel = 10_000;

/** A file that waits longer for its channel gives its place to others and is fetched again. */
const fileWaitMs = 20_000;

type Head = { call: CallRow; message: MessageRow; blockedBy?: string; formerly?: string[] };

/** The way out for what stands at the head of a lane. `byUpload`: its file is to be fetched before. */
interface Turn {
  gate: Passage;
  withinMs: number;
  /** Where nobody waits at the gate, which it has passed: what may leave. */
  passed?: Extract<Look, { kind: "send" }>;
  byUpload?: { call: CallRow; source: Source };
}

/** What is to be done for a lane now. */
type Look =
  | { kind: "nothing" }
  | { kind: "again" }
  | { kind: "sleep"; waitMs: number }
  | { kind: "send"; head: Head; channel: ChannelRow };

export interface ChannelLanesWish {
  channelId: string;
  pacing: Pacing;
  /** By conversation, what is under way now. */
  sending: Map<string, Promise<unknown>>;
  /** Lets the lanes of a channel go on that may send again. */
  wakeChannel: (channelId: string) => void;
  /** The gateway ends, and what cannot be stored is left to its next start. */
  ending: AbortSignal;
}

/**
 * Runs the lanes of one channel: one call of a conversation at a time, in the order of acceptance, when the pace allows.
 * A lane sleeps until it is woken, due, or its channel's pause ends. What is queued is known from the store alone.
 */
export class ChannelLanes {
  readonly #gateway: Gateway;
  readonly #wish: ChannelLanesWish;
  readonly #pacing: Pacing;
  readonly #seats: Seats;
  readonly #stopping = new AbortController();

  constructor(gateway: Gateway, wish: ChannelLanesWish) {
    const { store, clock, log } = gateway;
    this.#gateway = gateway;
    this.#wish = wish;
    this.#pacing = wish.pacing;
    this.#seats = new Seats({
      clock,
      size: seatsPerChannel,
      sleepers: sleepersPerChannel,
      run: (conversationId) => this.#run(conversationId),
      more: (after, limit) => store.openLanes(wish.channelId, after, limit),
      onError: (err, conversation) => log.error({ err, conversation }, "a lane failed and will look again"),
    });
  }

  wake(conversationId: string): void {
    this.#seats.wake(conversationId);
  }

  wakeAll(): void {
    this.#seats.wakeAll();
  }

  /** Something was learned of a conversation's calls: a lane that waits looks again. */
  nudge(conversationId: string): void {
    this.#seats.nudge(conversationId);
  }

  /** Takes nothing up any more; fulfils when what is under way has settled. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#pacing.close(this.#wish.channelId);
    await this.#seats.stop();
  }

  /** Sends what may leave now; one call where others wait for a seat. */
  async #run(conversationId: string): Promise<Rest> {
    while (!this.#stopping.signal.aborted) {
      const turn = await this.#turn(conversationId);
      if (turn === "again") continue;
      if (turn === undefined) return "idle";
      if (typeof turn === "number") return { inMs: turn };
      if (turn.passed) await this.#sendPassed(turn.gate, turn.passed);
      else if (turn.byUpload) await this.#fetchAndSend(conversationId, turn.byUpload, turn);
      else await this.#sendInTurn(conversationId, turn);
      if (this.#seats.isCrowded) return "turn";
    }
    return "idle";
  }

  /** The gate to go through, or how long to sleep. Small, because a long queue at the gate waits with it. */
  async #turn(conversationId: string): Promise<Turn | number | "again" | undefined> {
    const look = await this.#look(conversationId);
    if (look.kind === "again") return "again";
    if (look.kind === "nothing") return undefined;
    if (look.kind === "sleep") return look.waitMs;
    const { call } = look.head;
    const out = { gate: this.#pacing.gate(look.head, look.channel), withinMs: this.#expiresInMs(look.head) };
    const source = call.call.upload;
    if (call.isByUpload) return source ? { ...out, byUpload: { call, source } } : out;
    return out.gate.pass() ? { ...out, passed: look } : out;
  }

  /** What was looked at just now, and waited for nothing since. */
  async #sendPassed(gate: Passage, { head, channel }: Extract<Look, { kind: "send" }>): Promise<void> {
    try {
      if (!this.#stopping.signal.aborted) await this.#send(head, channel, undefined);
    } finally {
      gate.leave();
    }
  }

  /** Fetches outside the gate: a host that never answers keeps none of the channel's other calls. */
  async #fetchAndSend(
    conversationId: string,
    { call, source }: { call: CallRow; source: Source },
    { gate, withinMs }: Turn,
  ): Promise<void> {
    const startedAt = this.#gateway.clock.now();
    const inTime = deadline(this.#gateway.clock, withinMs, this.#stopping.signal);
    const wish = { channelId: call.channelId, givenUp: inTime.signal };
    const sending = this.#gateway.uploads.run(source, wish, (upload) => {
      const within = { gate, withinMs: Math.min(fileWaitMs, withinMs) };
      return this.#sendInTurn(conversationId, within, { callId: call.id, upload });
    });
    const fetched = await sending.finally(inTime.done);
    if (fetched.kind === "failed") await refuseUpload(this.#gateway, call, { ...fetched, startedAt });
  }

  /** Waits for the channel; then what stands at the head now is looked at anew. `file` is of one call alone. */
  async #sendInTurn(
    conversationId: string,
    { gate, withinMs }: Turn,
    file?: { callId: string; upload: Upload },
  ): Promise<void> {
    // The gate may have been made after the others were closed.
    if (this.#stopping.signal.aborted || !(await gate.enter(withinMs))) return;
    try {
      const look = await this.#look(conversationId);
      if (look.kind !== "send" || this.#stopping.signal.aborted) return;
      const { call } = look.head;
      const isItsTurn = file ? file.callId === call.id : !call.isByUpload;
      if (isItsTurn) await this.#send(look.head, look.channel, file?.upload);
    } finally {
      gate.leave();
    }
  }

  async #look(conversationId: string): Promise<Look> {
    const head = await this.#gateway.store.headCall(conversationId);
    if (!head) return { kind: "nothing" };
    if (head.call.isDamaged || head.message.isDamaged) return this.#quarantine(conversationId, head);
    // Two lanes became one, because their contacts turned out to be the same person: only that one goes on.
    if (head.call.conversationId !== conversationId) {
      this.wake(head.call.conversationId);
      return { kind: "nothing" };
    }
    // A call of the other lane is still under way; that lane wakes this one when it has settled.
    if (head.call.state === "sending") return { kind: "nothing" };
    const channel = this.#gateway.channels.get(head.call.channelId);
    if (!channel) return { kind: "nothing" };
    if (head.call.state === "held") return this.#hold(head, channel);
    if (head.blockedBy !== undefined) return this.#waitBlocked(conversationId);
    if (await this.#expire(head)) return { kind: "again" };
    this.#pacing.carry(head.formerly ?? [], conversationId);
    const strictMs = await strictWaitMs(this.#gateway, channel, head.message);
    const isHeld = this.#gateway.channels.isHeldFor(channel, conversationId);
    if (isHeld) return { kind: "sleep", waitMs: this.#expiresInMs(head) };
    const waitMs = Math.max(this.#waitMs(head, channel), Math.min(strictMs, this.#expiresInMs(head)));
    if (waitMs > 0) return { kind: "sleep", waitMs };
    // It takes nothing that it will not send.
    if (this.#stopping.signal.aborted) return { kind: "nothing" };
    this.#gateway.channels.take(channel, conversationId);
    return { kind: "send", head, channel };
  }

  /** Behind a message that did not arrive nothing leaves, but time passes for what waits. */
  async #waitBlocked(conversationId: string): Promise<Look> {
    const first = await this.#gateway.store.firstToExpire(conversationId);
    if (!first) return { kind: "nothing" };
    if (await this.#expire(first)) return { kind: "again" };
    return { kind: "sleep", waitMs: this.#expiresInMs(first) };
  }

  /** The lane waits for the platform's word of a call that it did not answer, and then for no more. */
  async #hold({ call, message }: Head, channel: ChannelRow): Promise<Look> {
    const { store, clock, log, eventsWritten } = this.#gateway;
    const waitMs = call.dueAt - clock.steady();
    if (waitMs > 0) return { kind: "sleep", waitMs };
    const next = verdict(this.#gateway, { channel, message }, call.unanswered);
    await store.endHold(call.id, next, clock.now());
    log.info({ message: message.id, call: call.id, as: next.as }, "the platform told nothing of a held call");
    eventsWritten.raise();
    return { kind: "again" };
  }

  /** Nothing of a damaged row is sent; what waits behind it goes on. */
  async #quarantine(conversationId: string, { call, message }: Head): Promise<Look> {
    const { store, clock, log, eventsWritten } = this.#gateway;
    const ids = { message: message.id, call: call.id, conversation: conversationId };
    log.error(ids, "a stored message is damaged: it was not sent");
    await store.quarantineHead(conversationId, clock.now());
    eventsWritten.raise();
    return { kind: "again" };
  }

  async #expire({ call, message }: Head): Promise<boolean> {
    const { store, clock, log, eventsWritten } = this.#gateway;
    if (message.expiresAt === undefined || clock.steady() < message.expiresAt) return false;
    const now = clock.now();
    const as = call.unanswered > 0 ? "unknown" : "expired";
    log.info({ message: message.id, call: call.id, as }, "a message waited too long");
    if (call.unanswered > 0) {
      // It was to be sent again, but it may have arrived: too late for us does not mean that it did not.
      await store.endHold(call.id, { as: "unknown" }, now);
      eventsWritten.raise();
      return true;
    }
    const problem = {
      code: "expired",
      message: "Its ttl_seconds had passed before it could be sent.",
      hint: "Send it again, with a longer ttl_seconds if it may wait longer.",
    };
    await store.expireMessage(message.id, problem, now);
    eventsWritten.raise();
    return true;
  }

  /** What this conversation must wait for; what the whole channel waits for is the gate's. */
  #waitMs(head: Head, channel: ChannelRow): number {
    const now = this.#gateway.clock.steady();
    // A file is not fetched for a channel that rests.
    const restMs = head.call.isByUpload ? this.#pacing.restMs(channel) : 0;
    const waitMs = Math.max(head.call.dueAt - now, this.#pacing.waitMs(head, channel), restMs);
    return Math.min(waitMs, this.#expiresInMs(head));
  }

  #expiresInMs({ message }: Head): number {
    return Math.max(0, (message.expiresAt ?? Number.POSITIVE_INFINITY) - this.#gateway.clock.steady());
  }

  async #send(head: Head, channel: ChannelRow, upload: Upload | undefined): Promise<void> {
    const { conversationId } = head.call;
    const paces = this.#pacing.begin(head, channel);
    this.#gateway.meter.count("antiphon_calls_begun_total", { channel: channel.id });
    const sending = sendCall(this.#gateway, channel, {
      head,
      paces,
      upload,
      wake: this.#wish.wakeChannel,
      leaves: () => this.#pacing.left(head, channel),
      rests: (pause) => this.#pacing.rest(head, pause),
      stopping: this.#stopping.signal,
      ending: this.#wish.ending,
    });
    this.#wish.sending.set(
      conversationId,
      sending.catch(() => undefined),
    );
    try {
      await sending;
    } finally {
      this.#pacing.end(head, channel);
      this.#wish.sending.delete(conversationId);
    }
  }
}
