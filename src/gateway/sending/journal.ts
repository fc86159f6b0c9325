import { chmodSync, closeSync, ftruncateSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { Log } from "../../core/log.ts";
import type { Outcome } from "../../core/platform.ts";
import type { PaceRow } from "../../store/rows.ts";

/** What a platform answered to one try of a call. Without a text of the platform's: a code must do. */
export interface Answered {
  callId: string;
  /** Which try of the call, from 1. */
  attempt: number;
  startedAt: number;
  at: number;
  httpStatus?: number;
  /** With a `retry` outcome: when to try again, in gateway time. Absent: given up. */
  retryAt?: number;
  /** No byte of this try left; when it began, in gateway time. */
  unsentSince?: number;
  /** The pause that it asks for, as it is kept on disk. */
  paces?: readonly PaceRow[];
  outcome: Exclude<Outcome, { kind: "unknown" }>;
}

/** Receipts that nobody forgets would fill the file: beyond this it is written anew with the open ones. */
const roomBytes = 1024 * 1024;

/**
 * A platform's answers, from the moment they come until their outcome is committed: one `write` each and no fsync,
 * for the page cache outlives the process. What is torn, by a power cut say, is no answer and is passed over.
 */
export class Journal {
  readonly #file: string;
  readonly #log: Log;
  readonly #open = new Map<string, string>();
  readonly #found: Answered[];
  #descriptor: number;
  #bytes = 0;
  #isTorn = false;

  constructor(file: string, log: Log) {
    this.#file = file;
    this.#log = log;
    this.#descriptor = openFile(file);
    this.#found = readFileSync(file, "utf8").split("\n").flatMap(readLine);
  }

  /** What an earlier run left. It stays in the file until `clear`. */
  get found(): readonly Answered[] {
    return this.#found;
  }

  /** This one of them is stored, whoever works for its channel. */
  forget(told: Answered): void {
    const index = this.#found.indexOf(told);
    if (index !== -1) this.#found.splice(index, 1);
  }

  /** Of this run, what is not released yet. */
  get open(): Answered[] {
    return [...this.#open.values()].flatMap((line) => readLine(line.trimEnd()));
  }

  /** The outcomes of all that was found are committed. */
  clear(): void {
    this.tidy();
  }

  /** Before the outcome's commit. A journal that cannot be written costs no more than itself. */
  keep(answered: Answered): void {
    const line = lineOf(answered);
    this.#open.set(answered.callId, line);
    try {
      const bytes = Buffer.from(this.#isTorn ? `\n${line}` : line);
      const written = writeSync(this.#descriptor, bytes);
      this.#isTorn = written < bytes.length;
      this.#bytes += written;
      if (this.#bytes > roomBytes) this.#rewrite();
    } catch (err) {
      this.#isTorn = true;
      this.#log.warn({ err, call: answered.callId }, "an answer could not be written to the journal");
    }
  }

  /** The outcome of this call is committed. */
  release(callId: string): void {
    if (this.#open.delete(callId) && this.#open.size === 0) this.#empty();
  }

  /** Leaves no line of what is committed: one may name who is to be forgotten. */
  tidy(): void {
    if (this.#open.size > 0) this.#rewrite();
    else this.#empty();
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #empty(): void {
    ftruncateSync(this.#descriptor, 0);
    this.#bytes = 0;
    this.#isTorn = false;
  }

  /** At no moment is an open answer in neither file. */
  #rewrite(): void {
    const lines = Buffer.from([...this.#open.values()].join(""));
    const next = openFile(`${this.#file}.new`);
    try {
      ftruncateSync(next, 0);
      if (writeSync(next, lines) < lines.length) throw new Error("the disk took only a part of the journal");
      renameSync(`${this.#file}.new`, this.#file);
    } catch (error) {
      closeSync(next);
      throw error;
    }
    closeSync(this.#descriptor);
    this.#descriptor = next;
    this.#bytes = lines.length;
    this.#isTorn = false;
  }
}

/** Appends, whatever is cut off before. Readable by its owner alone, also where it was not. */
function openFile(file: string): number {
  const descriptor = openSync(file, "a", 0o600);
  chmodSync(file, 0o600);
  return descriptor;
}

function lineOf(answered: Answered): string {
  const { outcome } = answered;
  const kept =
    outcome.kind === "accepted" ? outcome : { ...outcome, problem: { code: outcome.problem.code } };
  const json = JSON.stringify({ ...answered, outcome: kept });
  return `${checksum(json)} ${json}\n`;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}

function readLine(line: string): Answered[] {
  const json = line.slice(9);
  if (line.slice(0, 9) !== `${checksum(json)} ` || json === "") return [];
  const { outcome, ...rest } = JSON.parse(json) as Answered;
  if (outcome.kind === "accepted") return [{ ...rest, outcome }];
  const { code } = outcome.problem;
  const message = `The platform answered with the code ${code}; the process ended before its words were stored.`;
  return [{ ...rest, outcome: { ...outcome, problem: { code, message } } }];
}
