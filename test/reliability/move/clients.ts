import { setTimeout as rest } from "node:timers/promises";
import type { Person, Stack } from "../../support/stack.ts";
import type { Accepted } from "../audit.ts";
import type { Plan, Tried } from "../plan.ts";

/** As a customer's backend would between two tries. */
const betweenTriesMs = 1_000;
/** What passes: a gateway that is away, begins or ends, one that still works on the same key, one that has enough to do. */
const passing = [409, 429, 503];

/** How often a try was refused or not answered, by the status (0: no answer). */
export type Refusals = Record<number, number>;

/**
 * Backends that write to every conversation in order and evenly, and try each message again under its Idempotency-Key until
 * it has its 202, whoever answers at the address and whenever.
 */
export class RetryingClients {
  readonly accepted: Accepted[] = [];
  readonly refusals: Refusals = {};
  readonly #gateway: Pick<Stack, "call">;
  readonly #everyMs: number;
  readonly #random: () => number;

  constructor(gateway: Pick<Stack, "call">, { everySeconds }: Plan, random: () => number) {
    this.#gateway = gateway;
    this.#everyMs = everySeconds * 1000;
    this.#random = random;
  }

  /** Fulfils when it was stopped and every message that was begun has its 202. `given up`: the run has failed. */
  async write(people: readonly Person[], stopped: AbortSignal, givenUp: AbortSignal): Promise<void> {
    await Promise.all(people.map((person) => this.#writeTo(person, stopped, givenUp)));
  }

  /** Posts a message again that has been answered: its id, as a client that never heard of it would get it. */
  async again({ text }: Accepted, person: Person): Promise<string> {
    const answer = await this.#try(person, text);
    return answer?.status === 202 ? answer.json.id : `${answer?.status}: ${answer?.text}`;
  }

  /** The longest time without any 202, in seconds, and when it began. */
  longestRefusal(): number {
    const times = this.accepted.map(({ at }) => at).sort((a, b) => a - b);
    return Math.max(0, ...times.slice(1).map((at, n) => at - times[n]!)) / 1000;
  }

  async #writeTo(person: Person, stopped: AbortSignal, givenUp: AbortSignal): Promise<void> {
    // Not all at once, ever after.
    let restMs = this.#random() * this.#everyMs;
    for (let position = 1; ; position++) {
      // An abort ends the rest.
      await rest(restMs, undefined, { signal: stopped }).catch(() => undefined);
      if (stopped.aborted) return;
      const text = `${person.id} ${position}`;
      const id = await this.#post(person, text, givenUp);
      const platform = person.platform as Tried;
      const at = Date.now();
      this.accepted.push({ id, platform, conversation: person.id, position, text, at, shape: "steady" });
      restMs = this.#everyMs;
    }
  }

  async #post(person: Person, text: string, givenUp: AbortSignal): Promise<string> {
    for (;;) {
      givenUp.throwIfAborted();
      const answer = await this.#try(person, text);
      if (answer?.status === 202) return answer.json.id;
      const status = answer?.status ?? 0;
      if (answer && !passing.includes(status))
        throw new Error(`A message was answered ${status}: ${answer.text}`);
      this.refusals[status] = (this.refusals[status] ?? 0) + 1;
      await rest(betweenTriesMs);
    }
  }

  #try(person: Person, text: string) {
    const body = { from: person.channel, to: person.address, content: { text: { body: text } } };
    const key = { "idempotency-key": text.replace(" ", "-") };
    return this.#gateway.call("POST", "/v1/messages", body, key).catch(() => undefined);
  }
}
