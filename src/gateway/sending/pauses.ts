import type { PaceRow } from "../../store/rows.ts";

const mark = "pause ";

/** A pause as it is kept on disk: beside the rates, for it is one that is used up until then. */
export function pauseRow(key: string, untilMs: number): PaceRow {
  return { key: mark + key, fullAt: untilMs };
}

/** Pauses that platforms asked for, by what they name. A shorter one never cuts a longer one. */
export class Pauses {
  readonly #untilMs = new Map<string, number>();

  /** Those of an earlier run that still hold. */
  load(rows: readonly PaceRow[]): void {
    for (const { key, fullAt } of rows) if (key.startsWith(mark)) this.set(key.slice(mark.length), fullAt);
  }

  set(key: string, untilMs: number): void {
    this.#untilMs.set(key, Math.max(untilMs, this.#untilMs.get(key) ?? 0));
  }

  /** Two turn out to be one. */
  carry(from: string, to: string): void {
    const untilMs = this.#untilMs.get(from);
    this.#untilMs.delete(from);
    if (untilMs !== undefined) this.set(to, untilMs);
  }

  /** `now` is gateway time. How long `key` is still paused, in ms; 0: not. */
  waitMs(key: string, now: number): number {
    const waitMs = (this.#untilMs.get(key) ?? 0) - now;
    if (waitMs > 0) return waitMs;
    this.#untilMs.delete(key);
    return 0;
  }
}
