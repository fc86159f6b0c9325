import { setTimeout as rest } from "node:timers/promises";
import type { Person } from "../support/stack.ts";
import type { Accepted } from "./audit.ts";
import type { Pace, Tried } from "./plan.ts";
import { longQueues, restMs, type Shape, shapeOf } from "./shape.ts";
import { videoLink } from "./taken.ts";

/** One message in so many of a platform that has a rate of its own for them is a video. */
const videosOneIn = 8;

/** Whom is written to, and by what. */
export interface Addressed {
  people: readonly Person[];
  /** Until it has its 202; gives the id. */
  post(body: object, key: string): Promise<string>;
}

/**
 * A backend that writes to every conversation in order: the next message of a conversation is posted when the one
 * before it has its 202. What a kill leaves unanswered is posted again under the same Idempotency-Key.
 */
export class Load {
  readonly accepted: Accepted[] = [];
  readonly #arena: Addressed;
  readonly #plan: Pace;
  readonly #random: () => number;

  constructor(arena: Addressed, plan: Pace, random: () => number) {
    this.#arena = arena;
    this.#plan = plan;
    this.#random = random;
  }

  /** The queues of the long conversations, before anybody is killed: later each gets its turn among a thousand. */
  async begin(): Promise<void> {
    const long = this.#conversations().filter(({ shape }) => shape === "long");
    const writing = long.map(async ({ person, shape }) => {
      const { first } = longQueues[person.platform as Tried];
      for (let position = 1; position <= first; position++) await this.#write(person, shape, position);
    });
    await Promise.all(writing);
  }

  /** Fulfils when it was stopped and every message that was begun has its 202. */
  async run(stopped: AbortSignal): Promise<void> {
    await Promise.all(
      this.#conversations().map(({ person, shape }) => this.#writeTo(person, shape, stopped)),
    );
  }

  #conversations(): { person: Person; shape: Shape }[] {
    const numbers = new Map<string, number>();
    return this.#arena.people.map((person) => {
      const number = numbers.get(person.platform) ?? 0;
      numbers.set(person.platform, number + 1);
      return { person, shape: shapeOf(number) };
    });
  }

  async #writeTo(person: Person, shape: Shape, stopped: AbortSignal): Promise<void> {
    const platform = person.platform as Tried;
    const written = shape === "long" ? longQueues[platform].first : 0;
    for (let position = written + 1; ; position++) {
      const ms = restMs(shape, { platform, position }, this.#plan, this.#random);
      // An abort ends the rest.
      if (ms > 0) await rest(ms, undefined, { signal: stopped }).catch(() => undefined);
      if (stopped.aborted) return;
      await this.#write(person, shape, position);
    }
  }

  async #write(person: Person, shape: Shape, position: number): Promise<void> {
    const platform = person.platform as Tried;
    const text = `${person.id} ${position}`;
    const id = await this.#post(person, text);
    this.accepted.push({ id, platform, conversation: person.id, position, text, shape, at: Date.now() });
  }

  #content(platform: Tried, text: string): object {
    const mayBeVideo = platform === "messenger" || platform === "instagram";
    const isVideo = mayBeVideo && this.#random() < 1 / videosOneIn;
    return isVideo ? { video: { link: videoLink(text) } } : { text: { body: text } };
  }

  #post(person: Person, text: string): Promise<string> {
    const content = this.#content(person.platform as Tried, text);
    const body = { from: person.channel, to: person.address, content };
    return this.#arena.post(body, text.replace(" ", "-"));
  }
}
