import type { EventType } from "../core/event.ts";

/** Which of what an endpoint was, or would have been, told is told again. All that is given must fit. */
export interface ReplayWish {
  /** Events, or names of what platforms posted. */
  ids?: string[];
  /** Wall times, the second left out. */
  since?: number;
  until?: number;
  types?: EventType[];
  channels?: string[];
  conversation?: string;
  state?: "dead";
}

/** `running`: not all is queued yet. */
export type ReplayState = "running" | "done" | "cancelled";

export interface ReplayRow {
  id: string;
  endpointId: string;
  wish: ReplayWish;
  perSecond: number;
  state: ReplayState;
  createdAt: number;
  /** Of the key that began it, without which it does not go on; absent: it needs none. */
  keyId?: string;
  /** How many fit when it was asked for. */
  total: number;
  queued: number;
  /** Left out: it waits already, or is not there any more. */
  skipped: number;
  delivered: number;
  dead: number;
  /** Of those queued, how many wait to be delivered. */
  waiting: number;
}

/** A part of what a replay goes through, from `after` on. */
export interface ReplayScan {
  endpointId: string;
  wish: ReplayWish;
  after: number;
}

/** What is told again to one endpoint. Each step is short, however much there is. */
export interface ReplayingStore {
  /** How many fit in the next part, and where the part after it begins; absent: it was the last. */
  countReplay(scan: ReplayScan): Promise<{ fitting: number; next?: number }>;
  /** It goes through what is there now, and nothing that comes later. */
  addReplay(
    replay: Pick<ReplayRow, "id" | "endpointId" | "wish" | "perSecond" | "total" | "createdAt" | "keyId">,
  ): Promise<ReplayRow>;
  /** Queues so many more; undefined: there is nothing more to do. */
  advanceReplay(id: string, limit: number): Promise<ReplayRow | undefined>;
  /** Nothing more is queued; what is queued is delivered. */
  cancelReplay(id: string): Promise<ReplayRow | undefined>;
  replay(id: string): Promise<ReplayRow | undefined>;
  /** The newest 100 of an endpoint. */
  replays(endpointId: string): Promise<ReplayRow[]>;
  runningReplays(): Promise<ReplayRow[]>;
}
