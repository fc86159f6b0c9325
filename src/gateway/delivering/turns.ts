import type { DeliveryRow } from "../../store/endpoint-rows.ts";
import type { Store } from "../../store/store.ts";

const pageSize = 256;
/** Lanes with something left behind. More than ever wait beside a few slow answers; beyond it none is left behind any more. */
const maxParked = 10_000;

/** What the queue knows of what is under way. */
interface UnderWay {
  has(deliveryId: string): boolean;
  isBusy(lane: string): boolean;
}

/**
 * What waits for its turn at one endpoint, in order. Each row is passed once: what cannot go yet, because its lane is
 * busy or held up, is left behind, and of its lane alone is remembered that something is. So a million behind one
 * conversation cost the others nothing.
 */
export class Turns {
  readonly #store: Store;
  readonly #endpointId: string;
  readonly #underWay: UnderWay;
  isOrdered: boolean;
  /** The last row that was passed. */
  #passed = 0;
  #page: DeliveryRow[] = [];
  /** Lanes that something was left behind of, and those among them that are worth a look. */
  readonly #parked = new Set<string>();
  readonly #ready = new Set<string>();
  /** Asked for meanwhile: what is being looked up is of before, and would undo it. */
  #isToReset = false;

  constructor(store: Store, endpointId: string, underWay: UnderWay, isOrdered: boolean) {
    this.#store = store;
    this.#endpointId = endpointId;
    this.#underWay = underWay;
    this.isOrdered = isOrdered;
  }

  /** Begins anew: nothing that waits is forgotten by it. */
  reset(): void {
    this.#isToReset = true;
  }

  #begin(): void {
    this.#isToReset = false;
    this.#passed = 0;
    this.#page = [];
    this.#parked.clear();
    this.#ready.clear();
  }

  /** What was read ahead may have changed. */
  refresh(): void {
    this.#page = [];
    for (const lane of this.#parked) this.#ready.add(lane);
  }

  /** Nothing of it is under way any more. */
  freed(lane: string): void {
    if (this.#parked.has(lane)) this.#ready.add(lane);
  }

  /**
   * The next that may go; undefined: none. `more`: there may be one, but others should have a turn of the event loop
   * before it is looked for.
   */
  async next(): Promise<DeliveryRow | "more" | undefined> {
    if (this.#isToReset) this.#begin();
    try {
      return await this.#lookForNext();
    } catch (error) {
      // What was passed to be looked up is neither gone nor left behind.
      this.reset();
      throw error;
    }
  }

  async #lookForNext(): Promise<DeliveryRow | "more" | undefined> {
    for (const lane of this.#ready) {
      this.#ready.delete(lane);
      const head = await this.#headLeftBehind(lane);
      if (head) return head;
    }
    if (this.#page.length === 0) {
      if (this.#parked.size >= maxParked) return undefined;
      const wish = { endpointId: this.#endpointId, after: this.#passed, limit: pageSize };
      this.#page = await this.#store.deliveriesInTurn(wish);
      if (this.#page.length === 0) return this.#isToReset ? "more" : undefined;
    }
    for (let row = this.#page.shift(); row; row = this.#page.shift()) {
      this.#passed = row.seq;
      if (!this.#underWay.has(row.id) && (await this.#mayGo(row))) return row;
    }
    return "more";
  }

  async #headLeftBehind(lane: string): Promise<DeliveryRow | undefined> {
    // It comes here again when it is free.
    if (this.#underWay.isBusy(lane)) return undefined;
    const head = await this.#store.headOfLane(this.#endpointId, lane, !this.isOrdered);
    if (head?.isTimed) return undefined;
    if (head && head.seq <= this.#passed) return head;
    this.#parked.delete(lane);
    return undefined;
  }

  async #mayGo({ seq, lane }: DeliveryRow): Promise<boolean> {
    if (lane === undefined) return true;
    const isFree = !this.#parked.has(lane) && !this.#underWay.isBusy(lane);
    if (isFree && (!this.isOrdered || (await this.#isHead(lane, seq)))) return true;
    this.#parked.add(lane);
    return false;
  }

  async #isHead(lane: string, seq: number): Promise<boolean> {
    return (await this.#store.headOfLane(this.#endpointId, lane, false))?.seq === seq;
  }
}
