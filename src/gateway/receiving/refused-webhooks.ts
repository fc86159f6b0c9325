/** What was refused for its signature since the last genuine webhook, or since the start. */
export interface Refused {
  count: number;
  /** Milliseconds since 1970. */
  lastAt: number;
}

/** By channel or app, in memory: a wrong secret shows itself only here, because the platform says that all is well. */
export class RefusedWebhooks {
  readonly #refused = new Map<string, Refused>();

  of(id: string): Refused | undefined {
    return this.#refused.get(id);
  }

  add(id: string, at: number): void {
    this.#refused.set(id, { count: (this.#refused.get(id)?.count ?? 0) + 1, lastAt: at });
  }

  /** A genuine one came, or the secret is another now. */
  clear(id: string): void {
    this.#refused.delete(id);
  }
}
