import type { Cluster, Lease, LeasingStore, Name } from "../../store/leasing.ts";
import type { Store } from "../../store/store.ts";
import { Signal } from "../signal.ts";
import { Wakeable } from "../wakeable.ts";
import { lateAnswersTold } from "./late-answers.ts";
import { Life, type LifeTools, leaseMs } from "./life.ts";
import { shareOf } from "./shares.ts";
import type { Tenure, Worker } from "./tenure.ts";
import { Watch } from "./watch.ts";

export interface MembershipTools extends LifeTools {
  store: Pick<Store, keyof LeasingStore>;
}

const lookEveryMs = 500;

/** A name that this node works for. */
interface Held {
  lease: Lease;
  /** It begins nothing more for it. */
  isLeaving: boolean;
}

/**
 * This node among those that share its store: which names it works for. As long as it does not stand it begins nothing;
 * when others have ended it, it lets go of everything.
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
  readonly #life: Life;
  readonly #watch: Watch;
  readonly #looking: Wakeable;
  #isStopping = false;
  #isAlone = true;

  constructor(tools: MembershipTools) {
    this.#tools = tools;
    const { clock, log } = tools;
    this.#life = new Life(tools, {
      onJoined: () => this.#begin(),
      onEnded: () => this.#dropAll(),
      onCertain: () => this.#goOn(),
    });
    const self = () => (this.#life.stands ? this.#life.id : undefined);
    this.#watch = new Watch({ ...tools, leaseMs, self, onEnded: () => this.#looking.wake() });
    const failed = (err: unknown) => log.warn({ err }, "the other nodes could not be heard; trying again");
    this.#looking = new Wakeable(clock, () => this.#look(), failed);
  }

  get id(): string | undefined {
    return this.#life.id;
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
    return this.#held.get(name)?.isLeaving === false && this.#life.stands;
  }

  stillStands(name: Name): boolean {
    return this.#held.has(name) && this.#life.stands;
  }

  guarded(store: Store, name: Name): Store {
    // Nobody has this fence: what was taken up and lost in the same moment changes nothing.
    const lease = this.#held.get(name)?.lease ?? { name, node: this.id ?? "", fence: 0 };
    return lateAnswersTold(store, lease, { log: this.#tools.log, tellOwner: () => this.tellOwner(name) });
  }

  get isInDoubt(): boolean {
    return this.id !== undefined && !this.#life.stands;
  }

  /** Takes part from now on; what is free is this node's when this fulfils. */
  async start(): Promise<void> {
    await this.#life.start();
    await this.#look();
  }

  /** Takes nothing up any more; the workers go on with what they have until they are stopped. */
  leave(): void {
    this.#isStopping = true;
    this.#life.leave();
  }

  /** To be called when all workers have ended: what this node had is free at once. */
  async stop(): Promise<void> {
    this.leave();
    await Promise.all([this.#looking.stop(), this.#watch.stop()]);
    await this.#life.stop();
  }

  #begin(): void {
    this.#looking.wakeIn(lookEveryMs);
    this.#watch.start();
  }

  /** It may be that another node works for all of it already. */
  #dropAll(): number {
    const count = this.#held.size;
    for (const name of this.#held.keys()) void this.#drop(name);
    this.#held.clear();
    return count;
  }

  /** What was passed over while nothing was owned for sure. */
  #goOn(): void {
    const names = [...this.#held].filter(([, { isLeaving }]) => !isLeaving).map(([name]) => name);
    for (const worker of this.#workers) worker.goOn?.(names);
  }

  async #look(): Promise<void> {
    this.#looking.wakeIn(lookEveryMs);
    const id = this.id;
    if (id === undefined || !this.#life.stands) return;
    const cluster = await this.#tools.store.cluster();
    if (this.id !== id) return;
    if (!cluster.nodes.some((node) => node.id === id)) return this.#life.lapse();
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
      if (this.id === id) this.#hold(id, leases);
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
    giving.catch((err) => log.warn({ err, node: this.id }, "a name could not be given away; trying again"));
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
