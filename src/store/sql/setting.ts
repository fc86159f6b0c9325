import type { PlatformEvent } from "../../core/platform.ts";
import type { DigestResult } from "../receiving.ts";
import type { Db } from "./db.ts";

/** Where and when an event is read. */
export interface Setting {
  db: Db;
  channelId: string;
  at: number;
  /** The same in gateway time. */
  steady: number;
  payloadId: number;
  /** What is told of calls is noted here. */
  learned: Pick<DigestResult, "heard" | "echoedAfterMs">;
  /** Names of whom nobody here knows, or is to know any more: what is said of them is not kept. */
  strangers: Set<string>;
}
export type EventOf<Kind extends PlatformEvent["kind"]> = Extract<PlatformEvent, { kind: Kind }>;
