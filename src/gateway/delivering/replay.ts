import { isWithin } from "../../core/caller.ts";
import { covers } from "../../core/scope.ts";
import type { ReplayRow, ReplayWish } from "../../store/replaying.ts";
import type { Gateway } from "../gateway.ts";
import { Wakeable } from "../wakeable.ts";

const everyMs = 1_000;
/** An endpoint that takes nothing is not filled up further than this many seconds ahead. */
const secondsAhead = 2;
export const defaultReplayPerSecond = 100;

/** Who wants a replay. */
export interface Asker {
  keyId: string;
  /** Throws once the key may do so no more: counting what there is may take long. */
  demand(): void;
}

/**
 * Tells again what was told before: in the background, so many a second, and never much ahead of what the endpoint
 * takes, so that what happens now waits behind little of it. A restart goes on where it was. It ends with the rights of the
 * key that began it.
 */
export class Replays {
  readonly #gateway: Gateway;
  readonly #running = new Map<string, { endpointId: string; work: Wakeable }>();
  #stopping = false;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /** Goes on with those to the endpoints that are this node's. */
  async start(): Promise<void> {
    for (const replay of await this.#gateway.store.runningReplays()) this.#follow(replay);
  }

  /** The endpoint is another node's to tell. */
  async drop(endpointId: string): Promise<void> {
    const ofIt = [...this.#running].filter(([, replay]) => replay.endpointId === endpointId);
    for (const [id] of ofIt) this.#running.delete(id);
    await Promise.all(ofIt.map(([, { work }]) => work.stop()));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#running.values()].map(({ work }) => work.stop()));
  }

  /** How many events and posts a wish names now. */
  async count(endpointId: string, wish: ReplayWish, asker?: Asker): Promise<number> {
    const { store, clock } = this.#gateway;
    let total = 0;
    for (let after: number | undefined = 0; after !== undefined; ) {
      const { fitting, next }: { fitting: number; next?: number } = await store.countReplay({
        endpointId,
        wish,
        after,
      });
      total += fitting;
      after = next;
      // Others have a turn between two parts.
      if (after !== undefined) await new Promise<void>((resolve) => clock.after(0, resolve));
      asker?.demand();
    }
    return total;
  }

  async begin(endpointId: string, wish: ReplayWish, perSecond: number, asker?: Asker): Promise<ReplayRow> {
    const { store, clock, mint } = this.#gateway;
    const total = await this.count(endpointId, wish, asker);
    const id = mint("rpl");
    const begun = { id, endpointId, wish, perSecond, total, createdAt: clock.now(), keyId: asker?.keyId };
    const replay = await store.addReplay(begun);
    this.#follow(replay);
    return replay;
  }

  #follow({ id, endpointId }: ReplayRow): void {
    const isOurs = this.#gateway.tenure.owns(`endpoint ${endpointId}`);
    if (this.#stopping || this.#running.has(id) || !isOurs) return;
    const work: Wakeable = new Wakeable(
      this.#gateway.clock,
      () => this.#feed(id, work),
      (err) => this.#gateway.log.error({ err, replay: id }, "a replay could not go on; trying again"),
    );
    this.#running.set(id, { endpointId, work });
    work.wake();
  }

  async #feed(id: string, work: Wakeable): Promise<void> {
    const { store, eventsWritten, log } = this.#gateway;
    const before = await store.replay(id);
    if (before?.state === "running" && !(await this.#mayGoOn(before))) {
      await store.cancelReplay(id);
      this.#running.delete(id);
      log.warn({ replay: id, key: before.keyId }, "a replay ended with the rights of the key that began it");
      return;
    }
    const room = before ? before.perSecond * secondsAhead - before.waiting : 0;
    const limit = Math.min(before?.perSecond ?? 0, room);
    const after = before && limit > 0 ? await store.advanceReplay(id, limit) : before;
    if (after && before && after.queued > before.queued) eventsWritten.raise();
    if (after?.state === "running") {
      // A part in which nothing fits costs a step and no time.
      work.wakeIn(limit > 0 && after.queued === before?.queued ? 0 : everyMs);
      return;
    }
    this.#running.delete(id);
    log.info({ replay: id, queued: after?.queued, skipped: after?.skipped }, "a replay is queued whole");
  }

  /** By what the key is now: it may have been revoked or narrowed, or be over. */
  async #mayGoOn({ keyId, endpointId, wish }: ReplayRow): Promise<boolean> {
    if (keyId === undefined) return true;
    const caller = this.#gateway.keys.caller(keyId);
    if (!caller || !covers(caller.scopes, "manage")) return false;
    if (caller.channels.length === 0) return true;
    const endpoint = (await this.#gateway.store.endpoints()).find(({ id }) => id === endpointId);
    const isSeen = endpoint === undefined || isWithin(endpoint.channels, caller);
    return isSeen && (wish.channels === undefined || isWithin(wish.channels, caller));
  }
}
