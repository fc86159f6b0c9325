import type { Kind } from "../../store/telling.ts";
import type { Gateway } from "../gateway.ts";

const tellAgainMs = 60_000;

/** Part of what all nodes keep in memory, and how it is read again. */
interface Part {
  kinds: readonly Kind[];
  read: () => Promise<void>;
}

/** What is not as the others have it. */
export interface Behind {
  kind: Kind;
  error: unknown;
}

type Versions = Partial<Record<Kind, number>>;

/**
 * Reads again what other nodes have changed of what this one keeps in memory, each kind by itself: one that cannot be
 * read is told and tried again at every look, and keeps back no other.
 */
export class TakingIn {
  readonly #tools: Pick<Gateway, "clock" | "log">;
  readonly #parts: readonly Part[];
  #versions: Versions = {};
  readonly #failing = new Map<Kind, { error: unknown; toldAt: number }>();

  /** In this order. */
  constructor(tools: Pick<Gateway, "clock" | "log">, parts: readonly Part[]) {
    this.#tools = tools;
    this.#parts = parts;
  }

  get behind(): Behind[] {
    return [...this.#failing].map(([kind, { error }]) => ({ kind, error }));
  }

  async takeIn(versions: Versions): Promise<void> {
    for (const { kinds, read } of this.#parts) {
      if (kinds.every((kind) => versions[kind] === this.#versions[kind])) continue;
      try {
        await read();
        for (const kind of kinds) this.#noteRead(kind, versions[kind]);
      } catch (error) {
        this.#noteFailed(kinds[0]!, error);
      }
    }
  }

  #noteRead(kind: Kind, version: number | undefined): void {
    this.#failing.delete(kind);
    this.#versions = { ...this.#versions, [kind]: version };
    // What did not open before may open now.
    if (kind === "sealing")
      this.#versions = { ...this.#versions, apps: undefined, channels: undefined, endpoints: undefined };
  }

  #noteFailed(kind: Kind, error: unknown): void {
    const { clock, log } = this.#tools;
    const now = clock.steady();
    const before = this.#failing.get(kind);
    const isTold = before !== undefined && now - before.toldAt < tellAgainMs;
    this.#failing.set(kind, { error, toldAt: isTold ? before.toldAt : now });
    if (!isTold)
      log.error({ err: error, kind }, "what another node has changed could not be read; trying again");
  }
}
