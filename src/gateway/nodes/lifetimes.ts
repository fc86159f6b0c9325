import type { NodeRow } from "../../store/leasing.ts";

/** When a look was asked for and when it was answered, by this machine's own time. */
interface Looked {
  asked: number;
  answered: number;
}

/**
 * A look that was long in coming tells no more than this: where the store could not be asked, the others could have no beat
 * stored in it either, and each gets its chance before anybody ends it.
 */
const perLookMs = 1_500;

/** How long other nodes have shown no new beat, as it was seen here, by this machine's time, so that no two clocks are compared. */
export class Lifetimes {
  readonly #leaseMs: number;
  readonly #seen = new Map<string, { beat: number; until: number; silentMs: number }>();

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  /** Those whose beat has stood still for as long as a node may be silent. Both times are taken to the node's favour. */
  silent(nodes: readonly NodeRow[], { asked, answered }: Looked): NodeRow[] {
    const ids = new Set(nodes.map(({ id }) => id));
    for (const id of this.#seen.keys()) if (!ids.has(id)) this.#seen.delete(id);
    return nodes.filter(({ id, beat }) => {
      const seen = this.#seen.get(id);
      if (seen?.beat !== beat) {
        this.#seen.set(id, { beat, until: answered, silentMs: 0 });
        return false;
      }
      seen.silentMs += Math.min(asked - seen.until, perLookMs);
      seen.until = asked;
      return seen.silentMs >= this.#leaseMs;
    });
  }

  /** How long until the next of them is silent for so long, unless it shows a beat. */
  get nextMs(): number {
    return Math.min(...[...this.#seen.values()].map(({ silentMs }) => this.#leaseMs - silentMs));
  }
}
