import type { ChannelRow } from "../store/rows.ts";
import type { Gateway } from "./gateway.ts";
import { endRestriction } from "./restricted.ts";
import { Wakeable } from "./wakeable.ts";

/** Messenger's page names no time; who reported restrictions found half an hour to be the least that is worth a try. */
const firstTrialMs = 30 * 60_000;
const longestTrialMs = 6 * 3_600_000;
/** New restrictions are found by then. */
const lookAtLeastEveryMs = 60_000;

interface Trial {
  /** Gateway time. */
  dueAt: number;
  waitMs: number;
}

/**
 * Ends the restrictions whose time is over, and has channels whose platform told no end send one message now and then:
 * after half an hour, then after twice as long each time, at most six hours. A message that is refused goes on waiting.
 */
export class RestrictionEnd {
  readonly #gateway: Gateway;
  readonly #wake: (channelId: string) => void;
  readonly #trials = new Map<string, Trial>();
  readonly #work: Wakeable;

  constructor(gateway: Gateway, wake: (channelId: string) => void) {
    this.#gateway = gateway;
    this.#wake = wake;
    this.#work = new Wakeable(
      gateway.clock,
      async () => this.#work.wakeIn(Math.min(lookAtLeastEveryMs, await this.round())),
      (err) => gateway.log.error({ err }, "restrictions could not be looked at; trying again"),
    );
  }

  start(): void {
    this.#work.wake();
  }

  stop(): Promise<void> {
    return this.#work.stop();
  }

  /** How long until there is something to do. */
  async round(): Promise<number> {
    const { channels, clock } = this.#gateway;
    const restricted = channels.all().filter((channel) => channel.restricted);
    const ids = new Set(restricted.map(({ id }) => id));
    for (const id of this.#trials.keys()) if (!ids.has(id)) this.#trials.delete(id);
    const waits: number[] = [];
    for (const { id, resumesAt } of restricted) {
      const waitMs = (resumesAt ?? this.#trialOf(id).dueAt) - clock.steady();
      if (waitMs > 0) waits.push(waitMs);
      else if (resumesAt !== undefined) await this.#end(id);
      else waits.push(this.#tryOut(id));
    }
    return Math.min(Number.POSITIVE_INFINITY, ...waits);
  }

  /** Unless the platform has just told a later end. */
  async #end(id: string): Promise<void> {
    const { clock } = this.#gateway;
    const isOver = ({ resumesAt }: ChannelRow) => resumesAt !== undefined && resumesAt <= clock.steady();
    await endRestriction(this.#gateway, id, { if: isOver, wake: this.#wake });
  }

  #trialOf(id: string): Trial {
    const { clock } = this.#gateway;
    const trial = this.#trials.get(id) ?? { dueAt: clock.steady() + firstTrialMs, waitMs: firstTrialMs };
    this.#trials.set(id, trial);
    return trial;
  }

  #tryOut(id: string): number {
    const { channels, clock, log } = this.#gateway;
    const waitMs = Math.min(longestTrialMs, 2 * this.#trialOf(id).waitMs);
    this.#trials.set(id, { dueAt: clock.steady() + waitMs, waitMs });
    log.info({ channel: id }, "a restricted channel is tried out with one message");
    channels.tryOut(id);
    this.#wake(id);
    return waitMs;
  }
}
