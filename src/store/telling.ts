import type { Name } from "./leasing.ts";

/** What every node keeps in memory, and reads again when another has changed it; and that events were written. */
export type Kind = "apps" | "channels" | "keys" | "sessions" | "endpoints" | "replays" | "sealing" | "events";

/** That there is something to do for a name; `lane`: in this conversation, where that is known, else empty. */
export interface Wake {
  name: Name;
  lane: string;
}

export interface News {
  /** How often each kind was changed until now; one that never was is left out. */
  versions: Partial<Record<Kind, number>>;
  /** For what the node works for. */
  wakes: Wake[];
}

/** What nodes that share a store tell each other by it. None of it is the truth: it says only that a look is worth it. */
export interface TellingStore {
  news(node: string): Promise<News>;
  /** To be called before what they are about is looked at: one that comes after that is another. */
  forgetWakes(wakes: readonly Wake[]): Promise<void>;
  wakeOwners(wakes: readonly Wake[]): Promise<void>;
  /** By itself the store counts what its own intentions change. */
  countChange(kind: Kind): Promise<void>;
}
