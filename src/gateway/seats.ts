import type { Clock } from "../core/clock.ts";
import { Wakeable } from "./wakeable.ts";

/** A conversation's queue, and the channel that it leaves by. */
export interface Lane {
  conversationId: string;
  channelId: string;
}

/** How a lane's run ended: nothing to do until it is woken, something in so many ms, or more at its next turn. */
export type Rest = "idle" | "turn" | { inMs: number };

export interface SeatRules {
  clock: Clock;
  /** How many lanes may be looked after at a time; all others are known to the store alone. */
  size: number;
  run(conversationId: string): Promise<Rest>;
  /** Conversations with something to send, in an order that stays, after `after`. */
  more(after: string, limit: number): Promise<string[]>;
  onError(error: unknown, conversationId?: string): void;
}

const pageSize = 200;
/** Where all that have a seat must sleep, the next are looked at this often. */
const barrenMs = 1_000;

/**
 * A channel's lanes: as many as have a seat. Where more wait than there are seats, who has sent one call or must sleep
 * gives up its seat, and the next in the round takes it: so memory is bounded, and nobody waits for somebody's backlog.
 */
export class Seats {
  readonly #rules: SeatRules;
  readonly #lanes = new Map<string, Wakeable>();
  readonly #sweep: Wakeable;
  /** Where the round stands. */
  #cursor = "";
  #hasMore = false;
  /** Since the round began somebody gave up a seat or found none, whom it may have passed by. */
  #isMissed = false;
  #isPlanned = false;

  constructor(rules: SeatRules) {
    this.#rules = rules;
    this.#sweep = new Wakeable(
      rules.clock,
      () => this.#fill(),
      (error) => rules.onError(error),
    );
  }

  get isCrowded(): boolean {
    return this.#hasMore && this.#lanes.size >= this.#rules.size;
  }

  wake(conversationId: string): void {
    const lane = this.#lanes.get(conversationId);
    if (lane) lane.wake();
    else if (this.#lanes.size < this.#rules.size) this.#seat(conversationId);
    else this.#hasMore = this.#isMissed = true;
  }

  /** Wakes a lane that has a seat; the others are looked at in their turn. */
  nudge(conversationId: string): void {
    this.#lanes.get(conversationId)?.wake();
  }

  /** All that wait, be it that an earlier run left them, or that the channel goes on. */
  wakeAll(): void {
    this.#hasMore = this.#isMissed = true;
    for (const lane of this.#lanes.values()) lane.wake();
    this.#sweep.wake();
  }

  async stop(): Promise<void> {
    await this.#sweep.stop();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.stop()));
  }

  #seat(conversationId: string): void {
    const lane: Wakeable = new Wakeable(
      this.#rules.clock,
      async () => this.#settleDown(conversationId, lane, await this.#rules.run(conversationId)),
      (error) => this.#rules.onError(error, conversationId),
    );
    this.#lanes.set(conversationId, lane);
    lane.wake();
  }

  #settleDown(conversationId: string, lane: Wakeable, rest: Rest): void {
    if (rest === "idle" || this.isCrowded) this.#leaveSoon(conversationId, lane, rest);
    else if (rest === "turn") lane.wake();
    else lane.wakeIn(rest.inMs);
  }

  /** After the run has ended, unless it was woken meanwhile: two runs of one lane are never under way. */
  #leaveSoon(conversationId: string, lane: Wakeable, rest: Rest): void {
    setImmediate(() => {
      if (!lane.isIdle || this.#lanes.get(conversationId) !== lane) return;
      this.#lanes.delete(conversationId);
      if (rest !== "idle") this.#isMissed = true;
      if (!this.#hasMore) return;
      if (typeof rest === "string") this.#sweep.wake();
      else this.#sweepSoon();
    });
  }

  #sweepSoon(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#sweep.wakeIn(barrenMs);
  }

  /** Gives free seats to the next in the round. After one that has missed nobody, all that wait are seated. */
  async #fill(): Promise<void> {
    this.#isPlanned = false;
    while (this.#hasMore && this.#lanes.size < this.#rules.size) {
      if (this.#cursor === "") this.#isMissed = false;
      const page = await this.#rules.more(this.#cursor, pageSize);
      if (!this.#seatAll(page) || page.length === pageSize) continue;
      this.#cursor = "";
      this.#hasMore = this.#isMissed;
    }
  }

  /** False when the seats did not suffice. */
  #seatAll(page: string[]): boolean {
    for (const id of page) {
      if (this.#lanes.size >= this.#rules.size) return false;
      this.#cursor = id;
      if (!this.#lanes.has(id)) this.#seat(id);
    }
    return true;
  }
}
