import type { Clock } from "../../core/clock.ts";
import { Wakeable } from "../wakeable.ts";

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
  /** Of how many that sleep is known here when they wake; the round finds the others. */
  sleepers: number;
  run(conversationId: string): Promise<Rest>;
  /** Conversations with something to send, in an order that stays, after `after`. */
  more(after: string, limit: number): Promise<string[]>;
  onError(error: unknown, conversationId?: string): void;
}

const pageSize = 200;
/** Where more sleep than are remembered, the next are looked at this often. */
const barrenMs = 1_000;

/** A lane that is looked after, and how its last run ended. */
interface Seat {
  lane: Wakeable;
  rest: Rest;
}

/**
 * A channel's lanes: as many as have a seat. A lane that must sleep keeps none: it may be for a day, and others are to
 * send. Where more wait than there are seats, who has sent one call gives up its seat too, and the next in the round
 * takes it: so memory is bounded, and nobody waits for somebody's backlog or for somebody's sleep.
 */
export class Seats {
  readonly #rules: SeatRules;
  readonly #seats = new Map<string, Seat>();
  /** Who sleeps, and what forgets its alarm; the round passes them by. */
  readonly #sleepers = new Map<string, () => void>();
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
    return this.#hasMore && this.#seats.size >= this.#rules.size;
  }

  wake(conversationId: string): void {
    this.#rouse(conversationId);
    const seat = this.#seats.get(conversationId);
    if (seat) seat.lane.wake();
    else if (this.#seats.size < this.#rules.size) this.#seat(conversationId);
    else this.#hasMore = this.#isMissed = true;
  }

  /** Wakes a lane that has a seat or sleeps; the others are looked at in their turn. */
  nudge(conversationId: string): void {
    if (this.#seats.has(conversationId) || this.#sleepers.has(conversationId)) this.wake(conversationId);
  }

  /** All that wait, be it that an earlier run left them, or that the channel goes on. */
  wakeAll(): void {
    this.#hasMore = this.#isMissed = true;
    for (const id of this.#sleepers.keys()) this.#rouse(id);
    for (const { lane } of this.#seats.values()) lane.wake();
    this.#sweep.wake();
  }

  async stop(): Promise<void> {
    await this.#sweep.stop();
    await Promise.all([...this.#seats.values()].map(({ lane }) => lane.stop()));
    for (const id of this.#sleepers.keys()) this.#rouse(id);
  }

  #seat(conversationId: string): void {
    const lane = new Wakeable(
      this.#rules.clock,
      async () => this.#settleDown(conversationId, seat, await this.#rules.run(conversationId)),
      (error) => this.#rules.onError(error, conversationId),
    );
    const seat: Seat = { lane, rest: "idle" };
    this.#seats.set(conversationId, seat);
    lane.wake();
  }

  #settleDown(conversationId: string, seat: Seat, rest: Rest): void {
    seat.rest = rest;
    this.#rouse(conversationId);
    if (typeof rest !== "string") this.#fallAsleep(conversationId, rest.inMs);
    if (rest === "turn" && !this.isCrowded) seat.lane.wake();
    else this.#leaveSoon(conversationId, seat);
  }

  /** Its alarm is the last thing that is known of it here; where there is no place for it, it is the round's. */
  #fallAsleep(conversationId: string, ms: number): void {
    if (this.#sleepers.size >= this.#rules.sleepers) return;
    this.#sleepers.set(
      conversationId,
      this.#rules.clock.after(ms, () => this.wake(conversationId)),
    );
  }

  #rouse(conversationId: string): void {
    this.#sleepers.get(conversationId)?.();
    this.#sleepers.delete(conversationId);
  }

  /** After the run has ended, unless it was woken meanwhile: two runs of one lane are never under way. */
  #leaveSoon(conversationId: string, seat: Seat): void {
    setImmediate(() => {
      if (!seat.lane.isIdle || this.#seats.get(conversationId) !== seat) return;
      const { rest } = seat;
      this.#seats.delete(conversationId);
      const isForTheRound = rest !== "idle" && !this.#sleepers.has(conversationId);
      if (isForTheRound) this.#hasMore = this.#isMissed = true;
      if (!this.#hasMore) return;
      if (isForTheRound && rest !== "turn") this.#sweepSoon();
      else this.#sweep.wake();
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
    while (this.#hasMore && this.#seats.size < this.#rules.size) {
      if (this.#cursor === "") this.#isMissed = false;
      const page = await this.#rules.more(this.#cursor, pageSize);
      // A page of sleepers takes no seat: others of the process go on between two of them.
      await new Promise((resolve) => setImmediate(resolve));
      if (!this.#seatAll(page) || page.length === pageSize) continue;
      this.#cursor = "";
      this.#hasMore = this.#isMissed;
    }
  }

  /** False when the seats did not suffice. */
  #seatAll(page: string[]): boolean {
    for (const id of page) {
      if (this.#seats.size >= this.#rules.size) return false;
      this.#cursor = id;
      if (!this.#seats.has(id) && !this.#sleepers.has(id)) this.#seat(id);
    }
    return true;
  }
}
