import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { PayloadKind, SuspectingStore } from "../../store/suspecting.ts";
import { Budget } from "../budget.ts";
import { Wakeable } from "../wakeable.ts";

interface SuspectsTools {
  store: SuspectingStore;
  clock: Clock;
  log: Log;
}

/** So many starts may end with a payload before it is set aside. */
const maxTries = 3;
/** More than ever read side by side. */
const everyone = 2 ** 32;

export const poisonReason = `ended the gateway ${maxTries} times while it was read`;

/** A payload while it is read. */
export interface Reading {
  /** It has ended the gateway as often as is borne: nothing of it is to be read. */
  isPoison: boolean;
  /** Waits with nothing of it being read: others are meanwhile, and what they do is not blamed on it. */
  pause(until: Promise<unknown>): Promise<void>;
}

/** Reads one of a batch, when it may be read. */
export type Read = (id: number, read: (reading: Reading) => Promise<void>) => Promise<void>;

/**
 * Breaks a circle of starts and crashes. What a process finds when it starts, or when it takes up what another node
 * owned, may be what ended the last one, so it is counted, durably, before it is read; what arrives later costs nothing.
 * One that an earlier process counted is counted and read alone in the whole process, of all channels and apps: only what
 * is being read is to blame. What was counted and has not ended the process is taken back, as soon as the store takes it:
 * or an innocent one would be set aside where the store, or a node, is away again and again.
 */
export class Suspects {
  readonly #store: SuspectingStore;
  #found: Promise<Record<PayloadKind, number>> | undefined;
  /** Counted by this process, which they have not ended: a store that refuses makes it read one again and again. */
  readonly #counted = { payload: new Set<number>(), app_payload: new Set<number>() };
  /** Of these what nobody reads any more: to be taken back. */
  readonly #owed = { payload: new Set<number>(), app_payload: new Set<number>() };
  readonly #takingBack: Wakeable;
  #paying: Promise<unknown> = Promise.resolve();
  /** One share for each that is read beside others, all of them for a suspect. */
  readonly #shares = new Budget(everyone);

  constructor({ store, clock, log }: SuspectsTools) {
    this.#store = store;
    const failed = (err: unknown) =>
      log.warn({ err }, "what was not to blame could not be told as such yet; trying again");
    this.#takingBack = new Wakeable(clock, () => this.#takeBack(), failed);
  }

  stop(): Promise<void> {
    return this.#takingBack.stop();
  }

  /** Another node's channels or apps are this one's now: all that is stored by now may be what ended that one. */
  takeUp(): void {
    this.#found = undefined;
  }

  /** Reads a batch, or as much of it as `readSome` asks for. */
  async over(
    kind: PayloadKind,
    ids: readonly number[],
    readSome: (read: Read) => Promise<void>,
  ): Promise<void> {
    let earlier: ReadonlyMap<number, number>;
    const read: Read = async (id, readOne) => {
      const tries = earlier.get(id) ?? 0;
      if (tries >= maxTries) return readOne({ isPoison: true, pause: async (until) => void (await until) });
      const turn = tries === 0 ? this.#turnBesideOthers() : this.#turnAlone(kind, id);
      await turn.over(readOne);
      this.#counted[kind].delete(id);
    };
    try {
      earlier = await this.#countedEarlier(kind, ids);
      await readSome(read);
    } finally {
      this.#owe(kind, ids);
    }
  }

  #owe(kind: PayloadKind, ids: readonly number[]): void {
    const left = ids.filter((id) => this.#counted[kind].has(id));
    for (const id of left) this.#owed[kind].add(id);
    if (left.length > 0) this.#takingBack.wake();
  }

  async #takeBack(): Promise<void> {
    const paying = (["payload", "app_payload"] as const).flatMap((kind) =>
      [...this.#owed[kind]].map(async (id) => {
        await this.#store.uncountTry(kind, id);
        this.#counted[kind].delete(id);
        this.#owed[kind].delete(id);
      }),
    );
    this.#paying = Promise.allSettled(paying);
    await Promise.all(paying);
  }

  /** Another may have begun when one has ended. */
  async #allPaid(): Promise<void> {
    for (let seen: unknown; seen !== this.#paying; ) {
      seen = this.#paying;
      await seen;
    }
  }

  /** How often earlier processes counted each; those that none counted are counted now, together. */
  async #countedEarlier(kind: PayloadKind, ids: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const { [kind]: last } = await this.#foundAtStart();
    await this.#allPaid();
    // What is counted still stands for what is read now.
    for (const id of ids) this.#owed[kind].delete(id);
    const found = ids.filter((id) => id <= last);
    if (found.length === 0) return new Map();
    const tries = await this.#store.tries(kind, found);
    const fresh = found.filter((id) => !tries.has(id));
    if (fresh.length > 0) await this.#store.countTry(kind, fresh);
    const counted = this.#counted[kind];
    for (const id of fresh) counted.add(id);
    return new Map([...tries].map(([id, count]) => [id, counted.has(id) ? count - 1 : count]));
  }

  #foundAtStart(): Promise<Record<PayloadKind, number>> {
    this.#found ??= this.#store.lastPayloads().catch((error) => {
      this.#found = undefined;
      throw error;
    });
    return this.#found;
  }

  #turnBesideOthers(): Turn {
    return new Turn(this.#shares, 1, { begin: async () => {}, leave: async () => {} });
  }

  #turnAlone(kind: PayloadKind, id: number): Turn {
    const counted = this.#counted[kind];
    return new Turn(this.#shares, everyone, {
      begin: async () => {
        if (counted.has(id)) return;
        await this.#store.countTry(kind, [id]);
        counted.add(id);
      },
      leave: async () => {
        if (!counted.has(id)) return;
        await this.#store.uncountTry(kind, id);
        counted.delete(id);
      },
    });
  }
}

/** What is noted of a reading as long as it holds its shares. */
interface Notes {
  begin(): Promise<void>;
  /** It did not end the process. */
  leave(): Promise<void>;
}

/** Holds shares while something is read, and none in its pauses. */
class Turn {
  readonly #shares: Budget;
  readonly #size: number;
  readonly #notes: Notes;
  #isHeld = false;

  constructor(shares: Budget, size: number, notes: Notes) {
    this.#shares = shares;
    this.#size = size;
    this.#notes = notes;
  }

  async over(read: (reading: Reading) => Promise<void>): Promise<void> {
    try {
      await this.#take();
      await read({ isPoison: false, pause: (until) => this.#pause(until) });
      this.#give();
    } catch (error) {
      // What failed is told; a note that cannot be taken back now is taken back later.
      await this.#leave().catch(() => {});
      throw error;
    }
  }

  async #pause(until: Promise<unknown>): Promise<void> {
    await this.#leave();
    await until;
    await this.#take();
  }

  async #take(): Promise<void> {
    await this.#shares.take(this.#size);
    this.#isHeld = true;
    await this.#notes.begin();
  }

  /** The note first: between the two another could end the process. */
  async #leave(): Promise<void> {
    try {
      await this.#notes.leave();
    } finally {
      this.#give();
    }
  }

  #give(): void {
    if (this.#isHeld) this.#shares.give(this.#size);
    this.#isHeld = false;
  }
}
