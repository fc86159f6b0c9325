/** One thing that restricts an account, as the platform told it at `at`. */
export interface ToldCause {
  of: string;
  reason: string;
  until?: number | undefined;
  at: number;
}

/** What was last found of a channel, in times of the wall clock: they are told, or the platform told them. */
export interface ChannelHealth {
  /** When the platform last answered where the webhooks go. */
  checkedAt?: number;
  /** When they were last found to be ours; absent: never yet. */
  registeredAt?: number;
  /** From when on nothing may have been told to us; absent: they are ours. */
  lostSince?: number;
  /** Names the token that the rest is about, without telling it. */
  tokenMark?: string;
  tokenSeenAt?: number;
  /** Absent: not known, or it never ends. */
  tokenExpiresAt?: number;
  /** By which version its platform answers, where not by the one that it is asked by. */
  servedVersion?: string;
  /** What its platform holds against the account; absent: nothing. */
  account?: {
    state: "restricted" | "limited" | "warned";
    reason: string;
    since: number;
    until: number | undefined;
    /** Until when it is shown where no end was told: nothing takes it back. */
    shownUntil?: number;
    /** All that restricts it now, the newest last, which is what is shown; absent: what it refused. */
    causes?: readonly ToldCause[];
    /** The channel rests for a person, who paused it while this held or before it was told. */
    isBehindPause?: boolean;
  };
  /** Gateway time: when the told end of the restriction passed, and the channel went on. */
  endedAt?: number;
  /** When the restricted account is tried out next, in gateway time, and how long that waits since the last time. */
  trial?: { dueAt: number; waitMs: number };
  /** What it last said of the account, and when by its own clock. */
  notice?: { state: string; reason: string; at: number };
  /** The last that it said of each matter, by the cause of a restriction or the state, and all that it said then. */
  said?: Record<string, { at: number; reasons: string[] }>;
  /** How many days ahead its end was last warned of. */
  tokenWarnedDays?: number;
}

/** How channels fare. */
export interface HealthStore {
  channelHealth(channelId: string): Promise<ChannelHealth>;
  /** What is given changes, an explicit undefined forgets. Nothing of a channel that was removed. */
  keepChannelHealth(channelId: string, change: ChannelHealth): Promise<void>;
  /** When a payload of its last came; undefined: none is kept. */
  lastReceived(channelId: string): Promise<number | undefined>;
}
