import type { JsonObject } from "../core/json.ts";
import type { PlatformName } from "../core/platform.ts";
import type { CallLog } from "./call-log.ts";
import type { FaultKind } from "./faults.ts";

/** What an act or a call is known by to what it causes: `act:7`, `call:12`. */
export type Cause = `act:${number}` | `call:${number}`;

interface Happening {
  /** Milliseconds since 1970. */
  at: number;
  platform: PlatformName;
  channel: string;
  causes: readonly Cause[];
  fault?: FaultKind;
}
export interface ActHappened extends Happening {
  kind: "act";
  id: Cause;
  person: string;
  /** As it was asked for, without files. */
  act: JsonObject;
  messages: readonly string[];
}
/** A call that was answered, or left without an answer for good. What was asked and said is in the log of calls. */
export interface CallHappened extends Omit<Happening, "channel"> {
  kind: "call";
  call: number;
  tookMs: number;
  /** It puts something before a person. */
  isSend: boolean;
}
/** One try to tell of an update. */
export interface WebhookHappened extends Happening {
  kind: "webhook";
  url: string;
  /** By name alone: some of them are secrets. */
  headers: readonly string[];
  body: JsonObject;
  tries: number;
  tookMs: number;
  status?: number;
  answer?: string;
  error?: string;
}
/** An update that a fault keeps back: for good (`lost_reports`), until others join it, or for some seconds. */
export interface WithheldHappened extends Happening {
  kind: "withheld";
  body: JsonObject;
}
export type Happened = ActHappened | CallHappened | WebhookHappened | WithheldHappened;

interface Numbered {
  number: number;
  happened: Happened;
}

const maxKept = 2_000;

/**
 * The last things that happened, in order, for those who watch. In memory: calls themselves are on disk, and a new run
 * begins anew under a name of its own, so that a reader of an earlier run gets all of this one.
 */
export class Journal {
  readonly run: string;
  readonly #log: CallLog;
  readonly #listeners = new Set<() => void>();
  #kept: Numbered[] = [];
  #last = 0;

  constructor(run: string, log: CallLog) {
    this.run = run;
    this.#log = log;
  }

  append(happened: Happened): void {
    this.#kept.push({ number: ++this.#last, happened });
    if (this.#kept.length >= 2 * maxKept) this.#kept = this.#kept.slice(-maxKept);
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` whenever something was added; gives the way to stop it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The number to go on from for a reader who has seen `lastId`; one of another run has seen nothing of this. */
  numberOf(lastId: string): number {
    const [run, number] = lastId.split(".");
    return run === this.run && /^\d+$/.test(number ?? "") ? Number(number) : 0;
  }

  /** The number to go on from for a reader who wants the last `count`. */
  before(count: number): number {
    return Math.max(0, this.#last - count);
  }

  /** The next after a number, at most `limit`, as they are told. */
  after(number: number, limit: number): { id: string; number: number; shown: JsonObject }[] {
    const oldest = this.#kept[0]?.number ?? 1;
    const start = Math.max(0, number + 1 - oldest);
    return this.#kept.slice(start, start + limit).map((one) => ({
      id: `${this.run}.${one.number}`,
      number: one.number,
      shown: { id: `${this.run}.${one.number}`, ...this.#shown(one.happened) },
    }));
  }

  #shown(happened: Happened): JsonObject {
    const { kind, at, platform, causes, fault } = happened;
    const always = {
      kind,
      at: new Date(at).toISOString(),
      platform,
      causes: [...causes],
      ...(fault && { fault }),
    };
    if (happened.kind === "call") {
      const { id: _, ...call } = this.#log.one(happened.call) ?? {};
      return {
        ...always,
        ...call,
        call: `call:${happened.call}`,
        is_send: happened.isSend,
        took_ms: happened.tookMs,
      };
    }
    const { channel } = happened;
    if (happened.kind === "withheld") return { ...always, channel, body: happened.body };
    if (happened.kind === "act") {
      const { id, person, act, messages } = happened;
      return { ...always, channel, act_id: id, person, act, messages: [...messages] };
    }
    const { url, headers, body, tries, tookMs, status = null, answer, error } = happened;
    const outcome = { status, ...(answer && { answer }), ...(error && { error }) };
    return { ...always, channel, url, headers: [...headers], body, tries, took_ms: tookMs, ...outcome };
  }
}
