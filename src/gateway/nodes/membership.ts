import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { Cluster, Lease, LeasingStore, Name } from "../../store/leasing.ts";
import type { Mint, Store } from "../../store/store.ts";
import { Signal } from "../signal.ts";
import { Wakeable } from "../wakeable.ts";
import { lateAnswersTold } from "./late-answers.ts";
import { shareOf } from "./shares.ts";
import type { Tenure, Worker } from "./tenure.ts";
import { Watch } from "./watch.ts";

export interface MembershipTools {
  store: Pick<Store, keyof LeasingStore>;
  clock: Clock;
  log: Log;
  mint: Mint;
  /** This machine's own time in ms, that goes on through its sleep and is set by nobody. */
  elapsed: () => number;
  /** The node that this gateway was at its last start, if it is known to have ended; and where this one's id is kept for the next. */
  former?: { readonly id: string | undefined; keep(id: string): void };
}

/** A node that others see without a new beat for so long has ended. */
export const leaseMs = 5_000;
/** So much before that it stops by itself: for what differs between two clocks, and what was asked a moment before. */
const marginMs = 1_000;
const beatEveryMs = 1_000;
const lookEveryMs = 500;

/** A name that this node works for. */
interface Held {
  lease: Lease;
  /** It begins nothing more for it. */
  isLeaving: boolean;
}

/**
 * This node among those that share its store: which names it works for. It lives by its beats. When it cannot have them
 * stored for nearly as long as others wait for them, it begins nothing until one is; when others have ended it, it lets go of
 * everything, and joins anew.
 */
export class Membership implements Tenure {
  readonly #tools: MembershipTools;
  readonly #workers: Worker[] = [];
  readonly isShared = true;
  /** Names of other nodes for which there is something to do. */
  readonly elsewhere = new Signal<Name>();
  #prepare: () => Promise<void> = async () => {};
  readonly #held = new Map<Name, Held>();
  /** What this node lets go of: it is not taken up again before all that was under way has ended. */
  readonly #dropping = new Map<Name, Promise<void>>();
  /** What it takes up just now: it may be this node's in the store, and is not held yet. */
  readonly #claiming = new Set<Name>();
  readonly #watch: Watch;
  readonly #beating: Wakeable;
  readonly #looking: Wakeable;
  /** Undefined: it does not take part. */
  #id: string | undefined;
  /** What it was before, as long as the store may take that for alive. */
  #former: string | undefined;
  /** By its own time. */
  #standsUntil = Number.NEGATIVE_INFINITY;
  #isStopping = false;
  #isAlone = true;

  constructor(tools: MembershipTools) {
    this.#tools = tools;
    const { clock, log } = tools;
    const self = () => (this.#stands ? this.#id : undefined);
    this.#watch = new Watch({ ...tools, leaseMs, self, onEnded: () => this.#looking.wake() });
    const failed = (err: unknown) => log.warn({ err }, "the other nodes could not be heard; trying again");
    this.#beating = new Wakeable(clock, () => this.#beat(), failed);
    this.#looking = new Wakeable(clock, () => this.#look(), failed);
  }

  get id(): string | undefined {
    return this.#id;
  }

  /** No other node was seen in the last look. */
  get isAlone(): boolean {
    return this.#isAlone;
  }

  /** What it works for. */
  get held(): Name[] {
    return [...this.#held.keys()];
  }

  attend(worker: Worker): void {
    this.#workers.push(worker);
  }

  /** Done each time before names are taken up: what their workers look up in memory may be new, too. */
  beforeTakingUp(prepare: () => Promise<void>): void {
    this.#prepare = prepare;
  }

  tellOwner(name: Name): void {
    this.elsewhere.raise(name);
  }

  lookForWork(): void {
    this.#looking.wake();
  }

  owns(name: Name): boolean {
    return this.#held.get(name)?.isLeaving === false && this.#stands;
  }

  stillStands(name: Name): boolean {
    return this.#held.has(name) && this.#stands;
  }

  guarded(store: Store, name: Name): Store {
    // Nobody has this fence: what was taken up and lost in the same moment changes nothing.
    const lease = this.#held.get(name)?.lease ?? { name, node: this.#id ?? "", fence: 0 };
    return lateAnswersTold(store, lease, { log: this.#tools.log, tellOwner: () => this.tellOwner(name) });
  }

  get isInDoubt(): boolean {
    return this.#id !== undefined && !this.#stands;
  }

  /** Takes part from now on; what is free is this node's when this fulfils. */
  async start(): Promise<void> {
    this.#former = this.#tools.former?.id;
    await this.#join();
    await this.#look();
  }

  /** Takes nothing up any more; the workers go on with what they have until they are stopped. */
  leave(): void {
    this.#isStopping = true;
  }

  /** To be called when all workers have ended: what this node had is free at once. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([this.#beating.stop(), this.#looking.stop(), this.#watch.stop()]);
    this.#former ??= this.#id;
    this.#end();
    await this.#endFormer();
  }

  get #stands(): boolean {
    return this.#tools.elapsed() < this.#standsUntil;
  }

  async #join(): Promise<void> {
    const { store, mint, log, elapsed } = this.#tools;
    await this.#endFormer();
    const id = mint("node");
    this.#keep(id);
    const asked = elapsed();
    await store.joinNodes(id);
    this.#id = id;
    this.#standsUntil = asked + leaseMs - marginMs;
    log.info({ node: id }, "this node takes part");
    this.#beating.wakeIn(beatEveryMs);
    this.#looking.wakeIn(lookEveryMs);
    this.#watch.start();
  }

  /** Before it is there: one of which nobody knows would be waited for at the next start. */
  #keep(id: string): void {
    try {
      this.#tools.former?.keep(id);
    } catch (err) {
      this.#tools.log.warn({ err, node: id }, "this node's id could not be kept for its next start");
    }
  }

  async #beat(): Promise<void> {
    this.#beating.wakeIn(beatEveryMs);
    const id = this.#id;
    if (id === undefined) return this.#join();
    const asked = this.#tools.elapsed();
    const isAlive = await this.#tools.store.beat(id);
    if (this.#id !== id) return;
    if (!isAlive) return this.#lapse("others saw no beat of it");
    // From before it was asked: whoever sees this beat sees it later. Where it could have none stored for a while, nobody has
    // ended it all the same, and what it worked for is its own.
    this.#standsUntil = asked + leaseMs - marginMs;
  }

  /** It may be that another node works for all of it already: nothing more is begun, and what comes in is no state any more. */
  async #lapse(reason: string): Promise<void> {
    const id = this.#id;
    const count = this.#held.size;
    this.#tools.log.warn({ node: id, count, reason }, "this node has lost what it worked for");
    this.#former ??= id;
    this.#end();
    await this.#endFormer();
    if (!this.#isStopping) await this.#join();
  }

  /** Where the store could not be asked, others would wait for its beats in vain, and so would it. */
  async #endFormer(): Promise<void> {
    if (this.#former !== undefined) await this.#tools.store.endNode(this.#former);
    this.#former = undefined;
  }

  #end(): void {
    this.#id = undefined;
    this.#standsUntil = Number.NEGATIVE_INFINITY;
    for (const name of this.#held.keys()) void this.#drop(name);
    this.#held.clear();
  }

  async #look(): Promise<void> {
    this.#looking.wakeIn(lookEveryMs);
    const id = this.#id;
    if (id === undefined || !this.#stands) return;
    const cluster = await this.#tools.store.cluster();
    if (this.#id !== id) return;
    if (!cluster.nodes.some((node) => node.id === id)) return this.#lapse("others saw no beat of it");
    this.#isAlone = cluster.nodes.length === 1;
    await this.#releaseUnheld(id, cluster);
    if (!this.#isStopping) await this.#takeShare(id, cluster);
  }

  /** What failed between the store and here: nobody works for it, and it would be nobody else's while this node lives. */
  async #releaseUnheld(id: string, { leases }: Cluster): Promise<void> {
    const isUsed = (name: Name) =>
      this.#held.has(name) || this.#dropping.has(name) || this.#claiming.has(name);
    const unheld = leases.filter(({ name, node }) => node === id && !isUsed(name));
    if (unheld.length === 0) return;
    this.#tools.log.warn(
      { node: id, count: unheld.length },
      "this node gives back what it could not take up",
    );
    await this.#tools.store.release(unheld);
  }

  async #takeShare(id: string, cluster: Cluster): Promise<void> {
    const { claim, give } = shareOf(id, cluster);
    for (const name of give) this.#give(name);
    const isFree = (name: Name) =>
      !this.#dropping.has(name) && !this.#held.has(name) && !this.#claiming.has(name);
    const free = claim.filter(isFree);
    if (free.length > 0) await this.#takeUp(id, free);
  }

  async #takeUp(id: string, free: readonly Name[]): Promise<void> {
    for (const name of free) this.#claiming.add(name);
    try {
      const leases = await this.#tools.store.claim(id, free);
      await this.#prepare();
      // It has lapsed meanwhile: these have ended with it.
      if (this.#id === id) this.#hold(id, leases);
    } finally {
      for (const name of free) this.#claiming.delete(name);
    }
  }

  #hold(id: string, leases: readonly Lease[]): void {
    for (const lease of leases) this.#held.set(lease.name, { lease, isLeaving: false });
    const names = leases.map(({ name }) => name);
    if (names.length > 0) this.#tools.log.info({ node: id, count: names.length }, "this node takes work up");
    for (const worker of this.#workers) worker.takeUp(names);
  }

  /** To others, who have less: when what is under way has ended. */
  #give(name: Name): void {
    const held = this.#held.get(name);
    if (!held || held.isLeaving) return;
    held.isLeaving = true;
    const { store, log } = this.#tools;
    const giving = this.#drop(name).then(async () => {
      if (this.#held.get(name) !== held) return;
      this.#held.delete(name);
      await store.release([held.lease]);
    });
    giving.catch((err) => log.warn({ err, node: this.#id }, "a name could not be given away; trying again"));
  }

  #drop(name: Name): Promise<void> {
    const before = this.#dropping.get(name);
    if (before) return before;
    const { log } = this.#tools;
    const dropping = Promise.all(this.#workers.map((worker) => worker.drop(name)))
      .catch((err) => log.warn({ err }, "what was under way has not ended well"))
      .then(() => void this.#dropping.delete(name));
    this.#dropping.set(name, dropping);
    return dropping;
  }
}
