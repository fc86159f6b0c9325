import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { LeasingStore } from "../../store/leasing.ts";
import type { Mint } from "../../store/store.ts";
import { Wakeable } from "../wakeable.ts";

export interface LifeTools {
  store: Pick<LeasingStore, "joinNodes" | "beat" | "endNode">;
  clock: Clock;
  log: Log;
  mint: Mint;
  /** This machine's own time in ms, that goes on through its sleep and is set by nobody. */
  elapsed: () => number;
  /** The node that this gateway was at its last start, if it is known to have ended; and where this one's id is kept for the next. */
  former?: { readonly id: string | undefined; keep(id: string): void };
}

interface Follower {
  /** It takes part, under another id than before. */
  onJoined(): void;
  /** It is ended: gives of how much it lets go. */
  onEnded(): number;
  /** Its beats are stored again, after a while in which nobody could tell whether it lives. */
  onCertain(): void;
}

/** A node that others see without a new beat for so long has ended. */
export const leaseMs = 5_000;
/** So much before that it stops by itself: for what differs between two clocks, and what was asked a moment before. */
const marginMs = 1_000;
const beatEveryMs = 1_000;

/**
 * This node's life among those that share its store, by its beats. When it cannot have them stored for nearly as long as
 * others wait for them, it does not stand until one is; when others have ended it, it joins anew.
 */
export class Life {
  readonly #tools: LifeTools;
  readonly #follower: Follower;
  readonly #beating: Wakeable;
  /** Undefined: it does not take part. */
  #id: string | undefined;
  /** What it was before, as long as the store may take that for alive. */
  #former: string | undefined;
  /** By its own time. */
  #standsUntil = Number.NEGATIVE_INFINITY;
  #joining: Promise<void> | undefined;
  #isStopping = false;

  constructor(tools: LifeTools, follower: Follower) {
    this.#tools = tools;
    this.#follower = follower;
    this.#beating = new Wakeable(
      tools.clock,
      () => this.#beat(),
      (err) => tools.log.warn({ err }, "the other nodes could not be heard; trying again"),
    );
  }

  get id(): string | undefined {
    return this.#id;
  }

  /** No other node can have ended it until now. */
  get stands(): boolean {
    return this.#tools.elapsed() < this.#standsUntil;
  }

  async start(): Promise<void> {
    this.#former = this.#tools.former?.id;
    await this.#join();
  }

  /** Joins nothing any more once it has ended. */
  leave(): void {
    this.#isStopping = true;
  }

  async stop(): Promise<void> {
    this.leave();
    await this.#beating.stop();
    this.#end();
    await this.#endFormer();
  }

  /** Others have ended it, and work for what it had: what comes in is no state any more. */
  async lapse(): Promise<void> {
    const node = this.#id;
    const count = this.#end();
    this.#tools.log.warn(
      { node, count, reason: "others saw no beat of it" },
      "this node has lost what it worked for",
    );
    await this.#endFormer();
    if (!this.#isStopping) await this.#join();
  }

  /** Once at a time: a look that finds it ended and the next beat may both want it. */
  #join(): Promise<void> {
    this.#joining ??= this.#joinNow().finally(() => {
      this.#joining = undefined;
    });
    return this.#joining;
  }

  async #joinNow(): Promise<void> {
    const { store, mint, log, elapsed } = this.#tools;
    await this.#endFormer();
    if (this.#id !== undefined) return;
    const id = mint("node");
    this.#keep(id);
    const asked = elapsed();
    await store.joinNodes(id);
    this.#id = id;
    this.#standsUntil = asked + leaseMs - marginMs;
    log.info({ node: id }, "this node takes part");
    this.#beating.wakeIn(beatEveryMs);
    this.#follower.onJoined();
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
    if (!isAlive) return this.lapse();
    const stood = this.stands;
    // From before it was asked: whoever sees this beat sees it later. Where it could have none stored for a while, nobody has
    // ended it all the same, and what it worked for is its own.
    this.#standsUntil = asked + leaseMs - marginMs;
    if (!stood && this.stands) this.#follower.onCertain();
  }

  #end(): number {
    this.#former ??= this.#id;
    this.#id = undefined;
    this.#standsUntil = Number.NEGATIVE_INFINITY;
    return this.#follower.onEnded();
  }

  /** Where the store could not be asked, others would wait for its beats in vain, and so would it. */
  async #endFormer(): Promise<void> {
    if (this.#former !== undefined) await this.#tools.store.endNode(this.#former);
    this.#former = undefined;
  }
}
