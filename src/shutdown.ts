import { masked } from "./log-fields.ts";

/** A second identical signal this soon after the first is npm passing on what the terminal sent to all. */
const forwardedWithinMs = 2_000;
const drainWithinMs = 25_000;

/** Ends the process: 0 when everything has drained, 1 when that took too long or was cut short. */
export class Shutdown {
  readonly #steps: (() => Promise<void>)[] = [];
  #first: { signal: NodeJS.Signals; atMs: number } | undefined;

  constructor() {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => this.#take(signal));
  }

  get isUnderWay(): boolean {
    return this.#first !== undefined;
  }

  /** Steps run one after another, the last added first. */
  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** Undoes what has been started, then ends with one line. */
  async fail(sentence: string): Promise<never> {
    await this.#drain().catch(() => {});
    process.stderr.write(`${sentence}\n`);
    process.exit(1);
  }

  /** Ends at once with one line: nothing that is under way may be told as done. */
  breakOff(sentence: string): never {
    process.stderr.write(`${sentence}\n`);
    process.exit(1);
  }

  #take(signal: NodeJS.Signals): void {
    const now = performance.now();
    if (this.#first) {
      if (signal === this.#first.signal && now - this.#first.atMs < forwardedWithinMs) return;
      process.exit(1);
    }
    this.#first = { signal, atMs: now };
    setTimeout(() => process.exit(1), drainWithinMs).unref();
    this.#drain().then(
      () => process.exit(0),
      (error: Error) => {
        process.stderr.write(`Stopping failed: ${masked(error.message)}\n`);
        process.exit(1);
      },
    );
  }

  async #drain(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) await step();
  }
}
