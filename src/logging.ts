import { pino } from "pino";
import type { Log } from "./core/log.ts";
import { loggable } from "./log-fields.ts";

/** Log lines on stderr, held back until `release`: at a start nothing comes before the banner. */
export class Logging {
  readonly log: Log;
  #held: string[] | null;

  constructor(level: string, hold: boolean) {
    this.#held = hold ? [] : null;
    const formatters = { level: (label: string) => ({ level: label }), log: loggable };
    // pino's own writes an error whole.
    const serializers = { err: (shown: unknown) => shown };
    this.log = pino(
      { level, base: null, formatters, timestamp: pino.stdTimeFunctions.isoTime, serializers },
      this,
    );
  }

  /** A line from this process or from the simulator that it started. */
  write(written: string): void {
    const line = harmless(written);
    if (this.#held) this.#held.push(line);
    else process.stderr.write(line);
  }

  release(): void {
    const lines = this.#held ?? [];
    this.#held = null;
    for (const line of lines) process.stderr.write(line);
  }
}

/** What JSON leaves as it is, and a terminal obeys: the controls beyond ASCII, line separators, reversed writing. */
const commands = /[\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

function harmless(line: string): string {
  return line.replace(commands, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
