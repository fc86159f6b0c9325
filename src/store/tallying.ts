import type { DeliveryRow } from "./endpoint-rows.ts";

/** How much there is, by state. */
export type ByState = Record<string, number>;

/** How much waits in a queue, and since when its oldest does; no time: nothing waits. */
export interface Queue {
  waiting: number;
  /** By the wall clock; of deliveries in gateway time. */
  oldestAt?: number;
}

/** Every queue of the store, by whose it is. */
export interface Queues {
  /** Of connected channels, by their ids: calls that wait to leave, by state, and webhooks that nobody has read. */
  channels: Map<string, { calls: ByState; oldestCallAt?: number; payloads: Queue }>;
  apps: Map<string, Queue>;
  endpoints: Map<string, Queue>;
}

/** Where a check goes on. */
export interface CheckPlace {
  step: string;
  after: number;
}

/** Something that must not be: `rule` is a word for machines. */
export interface Violation {
  rule: "miscounted" | "backlog" | "lost";
  sentence: string;
}

/** Some of the check. No `next`: that was all. */
export interface Checked {
  violations: Violation[];
  next?: CheckPlace;
}

/** What is known without counting: as cheap beside a million rows as beside ten. */
export interface TallyingStore {
  queues(): Promise<Queues>;
  /**
   * Some of the check that what was accepted is queued, under way or ended, in one piece with all that is committed.
   * Nothing given: it begins; no `next`: that was all.
   */
  checkSome(from?: CheckPlace): Promise<Checked>;
  /** The trace that what is delivered is part of: of its message, or of what the platform posted. */
  traceOf(delivery: Pick<DeliveryRow, "eventId" | "payload">): Promise<string | undefined>;
}
