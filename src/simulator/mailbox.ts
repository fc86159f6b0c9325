import type { WallClock } from "../core/clock.ts";
import type { JsonObject } from "../core/json.ts";
import type { PlatformName } from "../core/platform.ts";
import type { SimulatedUpdate } from "../core/simulation.ts";
import { type FaultKind, type Faults, reportFaults } from "./faults.ts";
import type { Cause, Journal, WithheldHappened } from "./journal.ts";
import type { SimulatorStorage } from "./storage.ts";

/** An update, and what it comes from. */
interface Caused extends SimulatedUpdate {
  causes: readonly Cause[];
}

/** Acts whose updates wait for each other. */
interface Group {
  id: number;
  kind: "batch_webhooks" | "reorder_webhooks";
  size: number;
  platform: PlatformName;
  outlet: string;
  /** The updates of each act. */
  acts: Caused[][];
}

/** What the mailbox must know of the platforms. */
export interface PlatformCustoms {
  /** Waiting payloads as one POST would carry them. */
  batch(platform: PlatformName, payloads: JsonObject[]): JsonObject[];
  /** The outlet of an account: those that share one may share a POST. */
  outlet(platform: PlatformName, channel: string): string;
  /** Whether an account's updates are posted now, not fetched. */
  posted(platform: PlatformName, channel: string): boolean;
}

interface Mark {
  held?: number;
  copy?: number;
  lateMs?: number;
  fault?: FaultKind;
}

export interface MailboxParts {
  storage: SimulatorStorage;
  clock: WallClock;
  faults: Faults;
  customs: PlatformCustoms;
  journal: Journal;
}

const defaultSize = 2;
const defaultTimes = 2;
const defaultAfterSeconds = 5;

/**
 * Where updates go on their way out. Those that acts cause may be held, doubled or turned round by faults; the
 * others (statuses and echoes of what a business sent) may be late, lost or doubled.
 */
export class Mailbox {
  readonly #storage: SimulatorStorage;
  readonly #clock: WallClock;
  readonly #faults: Faults;
  readonly #customs: PlatformCustoms;
  readonly #journal: Journal;
  readonly #listeners = new Set<() => void>();
  #groups: Group[] = [];
  #lastGroup = 0;
  #announcing = false;
  #collected: Caused[] | null = null;
  #causes: readonly Cause[] = [];
  /** Told after the act or the call that they come from. */
  readonly #withheld: WithheldHappened[] = [];

  constructor({ storage, clock, faults, customs, journal }: MailboxParts) {
    this.#storage = storage;
    this.#clock = clock;
    this.#faults = faults;
    this.#customs = customs;
    this.#journal = journal;
    // Faults do not outlive the process, so nothing may wait for them any longer.
    storage.run("UPDATE updates SET held = NULL");
  }

  /** Calls `listener` whenever something may leave; gives the way to stop it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(emitted: SimulatedUpdate): void {
    const update = { ...emitted, causes: this.#causes };
    if (this.#collected) {
      this.#collected.push(update);
      return;
    }
    this.#report(update);
    this.#announce();
  }

  /** What `work` emits comes from `cause`. */
  because<Result>(cause: Cause, work: () => Result): Result {
    this.#causes = [cause];
    try {
      return work();
    } finally {
      this.#causes = [];
    }
  }

  #report(update: Caused): void {
    const fault = this.#faults.strike(update.platform, reportFaults);
    if (fault?.kind === "lost_reports" || fault?.kind === "late_reports")
      this.#tellWithheld(update, fault.kind);
    if (fault?.kind === "lost_reports") return;
    if (fault?.kind === "late_reports") {
      // In a queue of its own, so that what is told after it is not late too.
      const lateMs = (fault.after ?? defaultAfterSeconds) * 1000;
      this.#insert(
        { ...update, queue: `${update.queue} late ${fault.struck}` },
        { lateMs, fault: fault.kind },
      );
      return;
    }
    const times = fault ? (fault.times ?? defaultTimes) : 1;
    for (let copy = 0; copy < times; copy++) this.#insert(update, { copy, fault: fault?.kind });
  }

  #tellWithheld({ platform, channel, causes, payload: body }: Caused, fault: FaultKind): void {
    this.#withheld.push({ kind: "withheld", at: this.#clock.now(), platform, channel, causes, body, fault });
  }

  /** Runs an act: what it emits is one act's worth to the faults. Without a cause it is no person's. */
  act<Result>(work: () => Result, cause?: Cause): Result {
    this.#collected = [];
    try {
      const result = cause ? this.because(cause, work) : work();
      const updates = this.#collected;
      this.#collected = null;
      if (updates.length > 0) this.#place(updates);
      this.#announce();
      return result;
    } finally {
      this.#collected = null;
    }
  }

  /** Lets every waiting act go, in the order of the acts; with `kind`, those that wait for it. */
  release(kind?: FaultKind): void {
    const isFree = (group: Group) => kind === undefined || group.kind === kind;
    const groups = this.#groups.filter(isFree);
    this.#groups = this.#groups.filter((group) => !isFree(group));
    for (const group of groups) this.#insertAll(group, group.acts.flat());
    this.#announce();
  }

  /** After this turn: what is announced must be committed first. */
  #announce(): void {
    if (this.#announcing) return;
    this.#announcing = true;
    setImmediate(() => {
      this.#announcing = false;
      for (const withheld of this.#withheld.splice(0)) this.#journal.append(withheld);
      for (const listener of [...this.#listeners]) listener();
    });
  }

  #place(updates: Caused[]): void {
    const { platform, channel } = updates[0] as Caused;
    const group = this.#openGroup(platform, channel);
    if (group) {
      group.acts.push(updates);
      for (const update of updates) this.#insert(update, { held: group.id });
      if (group.acts.length >= group.size) this.#complete(group);
      else for (const update of updates) this.#tellWithheld(update, group.kind);
      return;
    }
    const posted = this.#customs.posted(platform, channel);
    const doubled = posted ? this.#faults.strike(platform, ["duplicate_webhooks"]) : undefined;
    const times = doubled ? (doubled.times ?? defaultTimes) : 1;
    for (const update of updates) {
      for (let copy = 0; copy < times; copy++) this.#insert(update, { copy, fault: doubled?.kind });
    }
  }

  #openGroup(platform: PlatformName, channel: string): Group | undefined {
    const outlet = this.#customs.outlet(platform, channel);
    const waiting = this.#groups.find((group) => group.platform === platform && group.outlet === outlet);
    if (waiting) return waiting;
    const fault = this.#faults.strike(platform, ["batch_webhooks", "reorder_webhooks"]);
    if (!fault) return undefined;
    const kind = fault.kind as Group["kind"];
    const id = ++this.#lastGroup;
    const group = { id, kind, size: fault.size ?? defaultSize, platform, outlet, acts: [] };
    this.#groups.push(group);
    return group;
  }

  #complete(group: Group): void {
    this.#groups = this.#groups.filter((other) => other !== group);
    if (group.kind === "reorder_webhooks") {
      this.#insertAll(group, group.acts.toReversed().flat());
      return;
    }
    const updates = group.acts.flat();
    const payloads = this.#customs.batch(
      group.platform,
      updates.map((update) => update.payload),
    );
    const all = [...new Set(updates.flatMap(({ causes }) => causes))];
    const together = payloads.map((payload, index): Caused => {
      const update = updates[index] as Caused;
      return { ...update, payload, causes: payloads.length === updates.length ? update.causes : all };
    });
    this.#insertAll(group, together);
  }

  /** Puts the updates at the end of the line and takes away those that were held. */
  #insertAll(group: Group, updates: Caused[]): void {
    this.#storage.transaction(() => {
      this.#storage.run("DELETE FROM updates WHERE held = ?", group.id);
      for (const update of updates) this.#insert(update, { fault: group.kind });
    });
  }

  #insert(update: Caused, mark: Mark = {}): void {
    this.#storage.run(
      "INSERT INTO updates (platform, channel, queue, payload, expires_at, due_at, held, copy, causes, fault) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      update.platform,
      update.channel,
      update.queue,
      JSON.stringify(update.payload),
      update.expiresAt,
      this.#clock.now() + (mark.lateMs ?? 0),
      mark.held ?? null,
      mark.copy ?? 0,
      JSON.stringify(update.causes),
      mark.fault ?? null,
    );
  }
}
