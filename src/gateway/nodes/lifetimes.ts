import type { NodeRow } from "../../store/leasing.ts";

/** When a look was asked for and when it was answered, by this machine's own time. */
interface Looked {
  asked: number;
  answered: number;
}

/** Since when other nodes have shown no new beat: seen here, by this machine's time, so that no two clocks are compared. */
export class Lifetimes {
  readonly #leaseMs: number;
  readonly #seen = new Map<string, { beat: number; since: number }>();

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  /** Those whose beat has stood still for as long as a node may be silent. Both times are taken to the node's favour. */
  silent(nodes: readonly NodeRow[], { asked, answered }: Looked): NodeRow[] {
    const ids = new Set(nodes.map(({ id }) => id));
    for (const id of this.#seen.keys()) if (!ids.has(id)) this.#seen.delete(id);
    return nodes.filter(({ id, beat }) => {
      const seen = this.#seen.get(id);
      if (seen?.beat === beat) return asked - seen.since >= this.#leaseMs;
      this.#seen.set(id, { beat, since: answered });
      return false;
    });
  }

  clear(): void {
    this.#seen.clear();
  }
}
