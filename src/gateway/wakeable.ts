const restAfterErrorMs = 1_000;

/**
 * Work that runs when it is woken: one run at a time, again when it was woken meanwhile, and after a rest when it
 * failed. What is to be done is known from the store; waking says only that it is worth a look.
 */
export class Wakeable {
  readonly #work: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #running: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(work: () => Promise<void>, onError: (error: unknown) => void) {
    this.#work = work;
    this.#onError = onError;
  }

  /** Nothing runs and nothing is planned. */
  get isIdle(): boolean {
    return this.#running === undefined && this.#timer === undefined;
  }

  wake(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#running) this.#again = true;
    else this.#running = this.#run();
  }

  /** Takes the place of an earlier plan. Waking before, too, only means looking. */
  wakeIn(waitMs: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    // Longer timers overflow setTimeout.
    this.#timer = setTimeout(() => this.wake(), Math.min(waitMs, 86_400_000));
  }

  /** Plans nothing any more; fulfils when the run under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#running;
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
