import type { Gateway } from "../gateway.ts";
import { onceWorker } from "../nodes/tenure.ts";
import { rest } from "../rest.ts";
import { Wakeable } from "../wakeable.ts";
import { dropAged, isClockTrusted, type RetentionDays } from "./retention.ts";

/** Of the time at most this part is for what waits for nobody: sending and receiving have the rest. */
const share = 0.25;
const shortestRestMs = 1;
const soonMs = 250;
/** Of what is given its shard key before erasures and ages are looked at again: some seconds' work. */
const filledAtATime = 50;

const everyMs = 10 * 60_000;
/** Of a round nothing is left to do for some hours: ages are told in days. */
const roundEveryMs = 6 * 3_600_000;

/**
 * Takes away what is not to be kept: contacts that are to be forgotten, and what has grown old. In small parts with rests between, so that it
 * delays nothing; what is left to do stands in the store, so that the next start goes on with it.
 */
export class Keeper {
  readonly #gateway: Gateway;
  readonly #work: Wakeable;
  readonly #days: RetentionDays;
  readonly #stopping = new AbortController();
  #lastRound = Number.NEGATIVE_INFINITY;

  constructor(gateway: Gateway, days: RetentionDays) {
    this.#gateway = gateway;
    this.#days = days;
    this.#work = new Wakeable(
      gateway.clock,
      () => this.#run(),
      (err) => gateway.log.error({ err }, "what is to be erased could not be yet; trying again"),
    );
    gateway.tenure.attend(onceWorker(() => this.#work.wake()));
  }

  /** What holds where a channel says nothing else. */
  get days(): RetentionDays {
    return this.#days;
  }

  start(): void {
    this.#work.wake();
  }

  /** Somebody is to be forgotten. */
  wake(): void {
    if (this.#isOurs) this.#work.wake();
    else this.#gateway.tenure.tellOwner("once");
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#work.stop();
  }

  async #run(): Promise<void> {
    if (!this.#isOurs) return;
    await this.#gateway.store.keepDays({ at: this.#gateway.clock.now() });
    const isWaiting = await this.#forget();
    await this.#dropAged();
    const isUnfilled = await this.#fill();
    this.#work.wakeIn(isWaiting || isUnfilled ? soonMs : everyMs);
  }

  /** Nobody waits for this, and it may take hours: what must go goes first, each time. True: there is more to do. */
  async #fill(): Promise<boolean> {
    for (let parts = 0; parts < filledAtATime; parts++)
      if (!(await this.#inPart(() => this.#gateway.store.fillShardKeys()))) return false;
    return true;
  }

  async #dropAged(): Promise<void> {
    const { clock, log, meter } = this.#gateway;
    const isTrusted = await isClockTrusted(this.#gateway);
    if (!isTrusted || clock.steady() - this.#lastRound < roundEveryMs) return;
    const dropped = await dropAged(this.#gateway, this.#days, (part) => this.#inPart(part));
    if (dropped === undefined) return;
    this.#lastRound = clock.steady();
    if (dropped === 0) return;
    meter.count("antiphon_aged_rows_total", {}, dropped);
    // Rows have moved: a copy of one that somebody takes back later is to be nowhere.
    await this.#overwriteUnused();
    while (await this.#inPart(() => this.#gateway.store.giveSpaceBack()));
    log.info({ rows: dropped }, "what had grown old is gone");
  }

  /** True: somebody cannot be forgotten yet. */
  async #forget(): Promise<boolean> {
    const { store, clock, journal, log } = this.#gateway;
    const open = await store.openErasures();
    const gone: string[] = [];
    for (const { contactId } of open) if (await this.#erase(contactId)) gone.push(contactId);
    if (gone.length > 0 && (await this.#overwriteUnused())) {
      journal.tidy();
      await store.endErasures(gone, clock.now());
      for (const contact of gone) log.info({ contact }, "a contact is erased");
    }
    return gone.length < open.length;
  }

  /** False: something of theirs is on its way to the platform, or the gateway stops. */
  async #erase(contactId: string): Promise<boolean> {
    const { store, clock, eventsWritten } = this.#gateway;
    for (;;) {
      const reached = await this.#inPart(() => store.eraseSome(contactId, clock.now()));
      if (reached === "gone") return true;
      eventsWritten.raise();
      if (reached !== "more") return false;
    }
  }

  /** Copies that SQLite left where no row is. False: the gateway stops. */
  async #overwriteUnused(): Promise<boolean> {
    for (let from: number | undefined = 1; from !== undefined; ) {
      const page: number = from;
      const reached = await this.#inPart(async () => ({
        next: await this.#gateway.store.overwriteUnused(page),
      }));
      if (!reached) return false;
      from = reached.next;
    }
    return true;
  }

  get #isOurs(): boolean {
    return this.#gateway.tenure.owns("once");
  }

  /** Undefined: the gateway stops, or another node does this now. */
  async #inPart<Result>(part: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#stopping.signal.aborted || !this.#isOurs) return undefined;
    const { clock } = this.#gateway;
    const began = clock.steady();
    const result = await part();
    const tookMs = clock.steady() - began;
    await rest(clock, Math.max(shortestRestMs, tookMs * (1 / share - 1)), this.#stopping.signal);
    return result;
  }
}
