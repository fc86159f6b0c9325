import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { LeasingStore } from "../../store/leasing.ts";
import { Wakeable } from "../wakeable.ts";
import { Lifetimes } from "./lifetimes.ts";

const lookEveryMs = 500;
/** One that is about to be silent for too long is looked at again when it is, and not much sooner. */
const soonestMs = 50;

interface Watching {
  store: Pick<LeasingStore, "beats" | "endNode">;
  clock: Clock;
  log: Log;
  /** This machine's own time in ms. */
  elapsed: () => number;
  leaseMs: number;
  /** This node, where it takes part and can tell that it lives; else it judges nobody. */
  self: () => string | undefined;
  /** One has ended: what it worked for is free. */
  onEnded: () => void;
}

/**
 * Ends nodes that show no beat for as long as the lease. Apart from all else that this node does: a look that waited for
 * what this node takes up, writes or reads would see the others less often than they beat.
 */
export class Watch {
  readonly #watching: Watching;
  readonly #lifetimes: Lifetimes;
  readonly #looking: Wakeable;

  constructor(watching: Watching) {
    const { clock, log, leaseMs } = watching;
    this.#watching = watching;
    this.#lifetimes = new Lifetimes(leaseMs);
    const failed = (err: unknown) => log.warn({ err }, "the other nodes could not be heard; trying again");
    this.#looking = new Wakeable(clock, () => this.#look(), failed);
  }

  /** Looks at once: from then on they are waited for. */
  start(): void {
    this.#looking.wake();
  }

  stop(): Promise<void> {
    return this.#looking.stop();
  }

  async #look(): Promise<void> {
    this.#looking.wakeIn(lookEveryMs);
    const { self, store, elapsed } = this.#watching;
    const id = self();
    if (id === undefined) return;
    const asked = elapsed();
    const nodes = (await store.beats()).filter((node) => node.id !== id);
    const silent = this.#lifetimes.silent(nodes, { asked, answered: elapsed() });
    this.#looking.wakeIn(Math.min(lookEveryMs, Math.max(soonestMs, this.#lifetimes.nextMs)));
    if (self() !== id) return;
    for (const node of silent) await this.#end(node.id, node.beat);
  }

  async #end(id: string, beat: number): Promise<void> {
    const { store, log, onEnded } = this.#watching;
    if (!(await store.endNode(id, beat))) return;
    log.warn({ node: id }, "a node was not heard of for too long: what it worked for is free");
    onEnded();
  }
}
