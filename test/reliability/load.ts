import { setTimeout as rest } from "node:timers/promises";
import type { Person } from "../support/stack.ts";
import type { Arena } from "./arena.ts";
import type { Accepted } from "./audit.ts";
import type { Plan, Tried } from "./plan.ts";

const meanBurst = 3;

/**
 * A backend that writes to every conversation in order: the next message of a conversation is posted when the one
 * before it has its 202. What a kill leaves unanswered is posted again under the same Idempotency-Key.
 */
export class Load {
  readonly accepted: Accepted[] = [];
  readonly #arena: Arena;
  readonly #plan: Plan;
  readonly #random: () => number;

  constructor(arena: Arena, plan: Plan, random: () => number) {
    this.#arena = arena;
    this.#plan = plan;
    this.#random = random;
  }

  /** Fulfils when it was stopped and every message that was begun has its 202. */
  async run(stopped: AbortSignal): Promise<void> {
    await Promise.all(this.#arena.people.map((person) => this.#writeTo(person, stopped)));
  }

  async #writeTo(person: Person, stopped: AbortSignal): Promise<void> {
    for (let position = 1; ; position++) {
      await this.#rest(stopped);
      if (stopped.aborted) return;
      const text = `${person.id} ${position}`;
      const id = await this.#post(person, text);
      const platform = person.platform as Tried;
      this.accepted.push({ id, platform, conversation: person.id, position, text, at: Date.now() });
    }
  }

  async #post(person: Person, text: string): Promise<string> {
    const body = { from: person.channel, to: person.address, content: { text: { body: text } } };
    const key = { "idempotency-key": text.replace(" ", "-") };
    for (;;) {
      const gateway = await this.#arena.gateway();
      const answer = await gateway.call("POST", "/v1/messages", body, key).catch(() => undefined);
      if (answer?.status === 202) return answer.json.id;
      if (answer) throw new Error(`A message was answered ${answer.status}: ${answer.text}`);
    }
  }

  /** Messages come in bursts, so that several of a conversation wait at once and could be taken in a wrong order. */
  async #rest(stopped: AbortSignal): Promise<void> {
    if (this.#random() > 1 / meanBurst) return;
    const ms = this.#random() * 2 * meanBurst * this.#plan.everySeconds * 1000;
    // An abort ends the rest; the caller looks at the signal itself.
    await rest(ms, undefined, { signal: stopped }).catch(() => undefined);
  }
}
