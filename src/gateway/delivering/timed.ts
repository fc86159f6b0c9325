import type { DeliveryRow } from "../../store/endpoint-rows.ts";
import type { Store } from "../../store/store.ts";

const lookAhead = 64;

/** What the queue knows of what is under way. */
interface UnderWay {
  ids(): string[];
  has(deliveryId: string): boolean;
  isBusy(lane: string): boolean;
}

/** What waits for a time at one endpoint: what is to be tried again, by when it is due. */
export class Timed {
  readonly #store: Store;
  readonly #endpointId: string;
  readonly #underWay: UnderWay;
  #rows: DeliveryRow[] = [];
  /** When the next is due; undefined: not known. */
  #dueAt: number | undefined;
  /** Under way when somebody asked for what waits to be tried: one of these may be meant, and is passed over until it has ended. */
  readonly #asked = new Set<string>();

  constructor(store: Store, endpointId: string, underWay: UnderWay) {
    this.#store = store;
    this.#endpointId = endpointId;
    this.#underWay = underWay;
  }

  /** When the next is due; 0: not known, so that it is looked for. */
  get dueAt(): number {
    return this.#dueAt ?? 0;
  }

  /** One may be due that was passed over, or could not go before. */
  lookAgain(): void {
    this.#dueAt = undefined;
  }

  /** What was read ahead may have changed, and so may what is under way. */
  refresh(): void {
    this.#rows = [];
    for (const id of this.#underWay.ids()) this.#asked.add(id);
  }

  /** It is under way no more, and waits until then, unless somebody has asked for it meanwhile. */
  ended(id: string, dueAt: number | undefined): void {
    if (this.#asked.delete(id)) this.lookAgain();
    else this.#add(dueAt);
  }

  /** Unless it is known that another has its time earlier, or not known at all. */
  #add(dueAt = Number.POSITIVE_INFINITY): void {
    if (this.#dueAt !== undefined) this.#dueAt = Math.min(this.#dueAt, dueAt);
  }

  /** The next whose time has come. `headsOnly`: none goes before what is before it in its lane. */
  async next(now: number, headsOnly: boolean): Promise<DeliveryRow | undefined> {
    if (this.#rows.length === 0 && this.dueAt <= now) await this.#read(now, headsOnly);
    const fits = ({ id, lane }: DeliveryRow) =>
      !this.#underWay.has(id) && !(headsOnly && lane !== undefined && this.#underWay.isBusy(lane));
    for (let row = this.#rows.shift(); row; row = this.#rows.shift()) if (fits(row)) return row;
    return undefined;
  }

  async #read(now: number, headsOnly: boolean): Promise<void> {
    const wish = {
      endpointId: this.#endpointId,
      now,
      limit: lookAhead,
      except: this.#underWay.ids(),
      headsOnly,
    };
    // What is added while it is asked for counts, too.
    this.#dueAt = Number.POSITIVE_INFINITY;
    try {
      this.#rows = await this.#store.timedDeliveries(wish);
      const isWhole = this.#rows.length < lookAhead;
      this.#add(isWhole ? await this.#store.nextTimedAt(this.#endpointId, now) : now);
    } catch (error) {
      this.lookAgain();
      throw error;
    }
  }
}
