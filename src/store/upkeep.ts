import type { Backlog } from "./rows.ts";

/** Settings, and how the store itself does. */
export interface UpkeepStore {
  setting(key: string): Promise<string | undefined>;
  putSetting(key: string, value: string): Promise<void>;
  /** Unless it is another one than `before` by now (undefined: none): false then, and nothing is stored. */
  replaceSetting(key: string, before: string | undefined, value: string): Promise<boolean>;
  /** The wall clock of whoever keeps the data: the same for all nodes that share it. */
  storeNow(): Promise<number>;

  /** For `/metrics` and the invariant accepted = queued + in flight + terminal. */
  counts(): Promise<{
    messages: Record<string, number>;
    calls: Record<string, number>;
    deliveries: Record<string, number>;
    payloads: { undigested: number; unknownParts: number; unrouted: number };
    unroutedParts: { unknown: number; refused: number };
  }>;

  /** What waits of a channel, and of all that are connected (with the payloads of apps); costs the same however much. */
  backlog(channelId: string): Promise<{ channel: Backlog; all: Backlog }>;
  /** Why nothing can be stored now, as a sentence; undefined: it can. After a refusal, by trying. */
  refusal(): Promise<string | undefined>;
}
