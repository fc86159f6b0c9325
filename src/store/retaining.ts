/** How long is kept what was said, and that something was; 0: for ever. What is absent is as for all channels. */
export interface Retention {
  contentDays?: number;
  recordsDays?: number;
}

/** Instants by the wall clock; absent: nothing is too old. */
export interface Ages {
  /** Now. */
  at: number;
  contentBefore?: number;
  recordsBefore?: number;
  /** For what was told, by which a platform's repetition is known: no younger than platforms repeat. */
  seenBefore?: number;
  /** Days that have ended by then may go whole: nothing of any channel is kept so long. */
  wholeBefore?: number;
  /** For the audit log. */
  auditBefore?: number;
}

/** How far a round has come: opaque. */
export interface AgedPlace {
  kind: string;
  after: string;
}

export interface AgedPart {
  /** How many rows lost their content, or went. */
  dropped: number;
  /** Absent: the round is over. */
  next?: AgedPlace;
}

/** What grows old and goes. Nothing that waits, is under way, or waits for a person. */
export interface RetainingStore {
  /** Every channel that there is or was, with its own wishes. */
  retentions(): Promise<{ channelId: string; retention?: Retention }[]>;
  /** A part of the round through what a channel has, small enough to delay nobody. */
  dropAged(channelId: string, ages: Ages, from?: AgedPlace): Promise<AgedPart>;
  /** The same of what belongs to no channel, and the names of what was removed. `steady`: gateway time, by which kept answers expire. */
  dropAgedShared(ages: Ages, steady: number, from?: AgedPlace): Promise<AgedPart>;
  /**
   * Where history lies in parts by the day: makes those of the coming days, and drops those that ended before, with what
   * is left in them of what was dropped. How many went; `isOver`: nothing is left in any of what was dropped.
   */
  keepDays(days: { at: number; wholeBefore?: number }): Promise<{ dropped: number; isOver: boolean }>;
  /** Gives some of the free space back to the disk where there is much of it. True: there is more to give. */
  giveSpaceBack(): Promise<boolean>;
}
