import type { ChannelHealth } from "../../store/health.ts";
import type { ChannelRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import { Wakeable } from "../wakeable.ts";
import { endRestriction } from "./restricted.ts";

/** Messenger's page names no time; who reported restrictions found half an hour to be the least that is worth a try. */
const firstTrialMs = 30 * 60_000;
const longestTrialMs = 6 * 3_600_000;
/** Ends are told in whole seconds, by a clock that is not ours. */
const graceMs = 2_000;
/** New restrictions are found by then, and what is to be tried soon. */
const lookAtLeastEveryMs = 5_000;

type Trial = NonNullable<ChannelHealth["trial"]>;

/**
 * Ends the restrictions whose time is over, and has channels whose platform told no end send one message now and then:
 * after half an hour, or a quarter of a minute where a told end has just passed, then after twice as long each time, at most
 * six hours, over restarts. A message that is refused goes on waiting.
 */
export class RestrictionEnd {
  readonly #gateway: Gateway;
  readonly #wake: (channelId: string) => void;
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
    const { channels, clock, tenure } = this.#gateway;
    const isOurs = ({ id, restricted }: ChannelRow) => restricted && tenure.owns(`channel ${id}`);
    const restricted = channels.all().filter(isOurs);
    const waits: number[] = [];
    for (const { id, resumesAt } of restricted) {
      const trial = resumesAt === undefined && (await this.#trialOf(id));
      const waitMs = (trial ? trial.dueAt : resumesAt! + graceMs) - clock.steady();
      if (waitMs > 0) waits.push(waitMs);
      else if (trial) waits.push(await this.#tryOut(id, trial));
      else await this.#end(id);
    }
    return Math.min(Number.POSITIVE_INFINITY, ...waits);
  }

  /** Unless the platform has just told a later end. What it told is kept: it may refuse still. */
  async #end(id: string): Promise<void> {
    const { clock, store } = this.#gateway;
    const isOver = ({ resumesAt }: ChannelRow) =>
      resumesAt !== undefined && resumesAt + graceMs <= clock.steady();
    await store.keepChannelHealth(id, { endedAt: clock.steady() });
    await endRestriction(this.#gateway, id, { if: isOver, wake: this.#wake });
  }

  async #trialOf(id: string): Promise<Trial> {
    const { clock, store } = this.#gateway;
    const { trial } = await store.channelHealth(id);
    if (trial) return trial;
    const first = { dueAt: clock.steady() + firstTrialMs, waitMs: firstTrialMs };
    await store.keepChannelHealth(id, { trial: first });
    return first;
  }

  async #tryOut(id: string, trial: Trial): Promise<number> {
    const { channels, clock, log, store } = this.#gateway;
    const waitMs = Math.min(longestTrialMs, 2 * trial.waitMs);
    await store.keepChannelHealth(id, { trial: { dueAt: clock.steady() + waitMs, waitMs } });
    log.info({ channel: id }, "a restricted channel is tried out with one message");
    channels.tryOut(id);
    this.#wake(id);
    return waitMs;
  }
}
