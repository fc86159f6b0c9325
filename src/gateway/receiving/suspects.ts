import type { Store } from "../../store/store.ts";
import type { PayloadKind, SuspectingStore } from "../../store/suspecting.ts";
import { Budget } from "../budget.ts";

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
 * owned, may be what ended the last one, so it is
 * counted, durably, before it is read; what arrives later costs nothing. One that an earlier process counted is counted
 * and read alone in the whole process, of all channels and apps: only what is being read is to blame.
 */
export class Suspects {
  readonly #store: Pick<Store, keyof SuspectingStore>;
  #found: Promise<Record<PayloadKind, number>> | undefined;
  /** Counted by this process, which they have not ended: a store that refuses makes it read one again and again. */
  readonly #counted = { payload: new Set<number>(), app_payload: new Set<number>() };
  /** One share for each that is read beside others, all of them for a suspect. */
  readonly #shares = new Budget(everyone);

  constructor(store: Pick<Store, keyof SuspectingStore>) {
    this.#store = store;
  }

  /** Another node's channels or apps are this one's now: all that is stored by now may be what ended that one. */
  takeUp(): void {
    this.#found = undefined;
  }

  /** To be called before any of a batch is read. */
  async of(kind: PayloadKind, ids: readonly number[]): Promise<Read> {
    const earlier = await this.#countedEarlier(kind, ids);
    return async (id, read) => {
      const tries = earlier.get(id) ?? 0;
      if (tries >= maxTries) return read({ isPoison: true, pause: async (until) => void (await until) });
      const turn = tries === 0 ? this.#turnBesideOthers() : this.#turnAlone(kind, id);
      await turn.over(read);
      this.#counted[kind].delete(id);
    };
  }

  /** How often earlier processes counted each; those that none counted are counted now, together. */
  async #countedEarlier(kind: PayloadKind, ids: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const { [kind]: last } = await this.#foundAtStart();
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
      // What failed is told; a note that cannot be taken back either is remembered as this process's.
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
