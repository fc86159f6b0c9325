import type { Store } from "../store/store.ts";
import type { PayloadKind, SuspectingStore } from "../store/suspecting.ts";

/** So many starts may end with a payload before it is set aside. */
const maxTries = 3;
/** One that is forgotten is counted once more. */
const maxRemembered = 10_000;

export const poisonReason = `ended the gateway ${maxTries} times while it was read`;

/**
 * Breaks a circle of starts and crashes. What a process finds when it starts may be what ended the last one, so it is
 * counted, durably, before it is read; what arrives later costs nothing. One that was counted before is counted alone:
 * only the payload that is being read is to blame.
 */
export class Suspects {
  readonly #store: Pick<Store, keyof SuspectingStore>;
  readonly #kind: PayloadKind;
  #found: Promise<number> | undefined;
  /** Counted by this process, which they have not ended: a store that refuses makes it read one again and again. */
  readonly #counted = new Set<number>();

  constructor(store: Pick<Store, keyof SuspectingStore>, kind: PayloadKind) {
    this.#store = store;
    this.#kind = kind;
  }

  /** To be called before any of a batch is read; gives whether one of them, which is to be read now, is to be set aside. */
  async of(ids: readonly number[]): Promise<(id: number) => Promise<boolean>> {
    this.#found ??= this.#store.lastPayloads().then((last) => last[this.#kind]);
    const last = await this.#found;
    const old = ids.filter((id) => id <= last);
    if (old.length === 0) return async () => false;
    if (this.#counted.size > maxRemembered) this.#counted.clear();
    const tries = await this.#store.tries(this.#kind, old);
    const fresh = old.filter((id) => !tries.has(id));
    if (fresh.length > 0) await this.#store.countTry(this.#kind, fresh);
    for (const id of fresh) this.#counted.add(id);
    return (id) => this.#isPoison(id, tries.get(id));
  }

  async #isPoison(id: number, tries: number | undefined): Promise<boolean> {
    if (tries === undefined || this.#counted.has(id)) return false;
    if (tries >= maxTries) return true;
    await this.#store.countTry(this.#kind, [id]);
    this.#counted.add(id);
    return false;
  }
}
