import type { Clock } from "../core/clock.ts";

const restAfterErrorMs = 1_000;

/**
 * Work that runs when it is woken: one run at a time, again when it was woken meanwhile, and after a rest when it
 * failed. What is to be done is known from the store; waking says only that it is worth a look.
 */
export class Wakeable {
  readonly #clock: Clock;
  readonly #work: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #running: Promise<void> | undefined;
  #again = false;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(clock: Clock, work: () => Promise<void>, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#work = work;
    this.#onError = onError;
  }

  /** Nothing runs and nothing is planned. */
  get isIdle(): boolean {
    return this.#running === undefined && this.#cancel === undefined;
  }

  wake(): void {
    if (this.#stopped) return;
    this.#forget();
    if (this.#running) this.#again = true;
    else this.#running = this.#run();
  }

  /** Takes the place of an earlier plan. Waking before, too, only means looking. */
  wakeIn(waitMs: number): void {
    if (this.#stopped) return;
    this.#forget();
    this.#cancel = this.#clock.after(waitMs, () => this.wake());
  }

  /** Plans nothing any more; fulfils when the run under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#forget();
    await this.#running;
  }

  #forget(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #run(): Promise<void> {
    try {
      do {
        this.#again = false;
        await this.#work();
      } while (this.#again && !this.#stopped);
    } catch (error) {
      this.#onError(error);
      this.wakeIn(restAfterErrorMs);
    } finally {
      this.#running = undefined;
    }
  }
}
