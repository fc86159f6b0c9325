import type { ChannelRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import type { Receivers } from "../receiving/receive.ts";
import type { Lanes } from "../sending/lanes.ts";
import { Wakeable } from "../wakeable.ts";
import { endingVersions } from "./api-versions.ts";
import { isPolled } from "./reach.ts";
import { lookForGaps } from "./register.ts";
import { RestrictionEnd } from "./restriction-end.ts";
import { noteSubscribed, noteUnsubscribed } from "./subscription-gap.ts";
import { tendToken } from "./token-upkeep.ts";

const hourMs = 3_600_000;
const firstRetryMs = 2 * 60_000;
/** A beat that is stored ends it. */
const inDoubtMs = 1_000;
/** New channels are found by then. */
const lookAtLeastEveryMs = 60_000;
const atOnce = 4;
/** What has just begun to receive was compared a moment ago. */
const firstMs = 10 * 60_000;

/** What lets a channel's lanes go on. */
type Wakes = Pick<Lanes, "wakeChannel">;

interface Plan {
  /** Gateway time. */
  dueAt: number;
  /** How many looks in a row told nothing. */
  failures: number;
}

/**
 * Looks after each channel once an hour, each at its own minute: whether its platform still tells us what happens there.
 * What has gone is registered again; what another program has now stays with it. All of it is outside of lanes and pace.
 */
export class ChannelUpkeep {
  readonly #gateway: Gateway;
  readonly #receivers: Receivers;
  readonly #lanes: Wakes;
  /** Waits for no look: platforms may take their time for these. */
  readonly #restrictions: RestrictionEnd;
  readonly #work: Wakeable;
  readonly #plans = new Map<string, Plan>();
  /** Gateway time. */
  #warnAt = 0;
  readonly #stopping = new AbortController();

  constructor(gateway: Gateway, { receivers, lanes }: { receivers: Receivers; lanes: Wakes }) {
    this.#gateway = gateway;
    this.#receivers = receivers;
    this.#lanes = lanes;
    this.#restrictions = new RestrictionEnd(gateway, (channelId) => lanes.wakeChannel(channelId));
    this.#work = new Wakeable(
      gateway.clock,
      () => this.#run(),
      (err) => gateway.log.error({ err }, "channels could not be looked after; trying again"),
    );
  }

  /** The registration itself was compared by whoever began to receive: from here on it is looked at again. */
  start(): void {
    this.#restrictions.start();
    this.#work.wake();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#restrictions.stop(), this.#work.stop()]);
  }

  async #run(): Promise<void> {
    this.#warnOfVersions();
    this.#work.wakeIn(Math.min(lookAtLeastEveryMs, await this.round()));
  }

  /** At a start and once a day. */
  #warnOfVersions(): void {
    const { clock, log } = this.#gateway;
    if (clock.steady() < this.#warnAt) return;
    this.#warnAt = clock.steady() + 24 * hourMs;
    for (const reason of endingVersions(this.#gateway)) log.warn({ reason }, "an API version ends");
  }

  /** Looks after the channels that are due, and gives how long until the next is. */
  async round(): Promise<number> {
    const { channels, clock, random, tenure } = this.#gateway;
    // Whose they are can be told in a moment: no plan is given up for it.
    if (tenure.isInDoubt) return inDoubtMs;
    const all = channels.all().filter(({ id }) => tenure.owns(`channel ${id}`));
    const ids = new Set(all.map(({ id }) => id));
    for (const id of this.#plans.keys()) if (!ids.has(id)) this.#plans.delete(id);
    const now = clock.steady();
    for (const { id } of all)
      if (!this.#plans.has(id))
        this.#plans.set(id, { dueAt: now + firstMs + random() * (hourMs - firstMs), failures: 0 });
    const due = all.filter(({ id }) => this.#plans.get(id)!.dueAt <= now);
    const workers = Array.from({ length: atOnce }, async () => {
      for (let channel = due.shift(); channel; channel = due.shift()) await this.#lookAfter(channel);
    });
    await Promise.all(workers);
    const next = Math.min(...[...this.#plans.values()].map(({ dueAt }) => dueAt));
    return Math.max(0, next - clock.steady());
  }

  async #lookAfter(channel: ChannelRow): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const { clock, random, log } = this.#gateway;
    const isSeen = await this.#tend(channel).catch((err) => {
      log.warn({ err, channel: channel.id }, "a channel could not be looked after");
      return false;
    });
    const failures = isSeen ? 0 : (this.#plans.get(channel.id)?.failures ?? 0) + 1;
    const waitMs = isSeen ? hourMs : Math.min(hourMs, firstRetryMs * 2 ** (failures - 1));
    // Around it, so that channels that began together part.
    this.#plans.set(channel.id, { dueAt: clock.steady() + waitMs * (0.9 + 0.2 * random()), failures });
  }

  /** False: nothing could be learned. */
  async #tend(channel: ChannelRow): Promise<boolean> {
    if (this.#gateway.channels.isSuspended(channel.id) || channel.isUnreadable || channel.awaitsCredentials)
      return true;
    const wake = (channelId: string) => this.#lanes.wakeChannel(channelId);
    await tendToken(this.#gateway, channel, { stopping: this.#stopping.signal, wake });
    return this.#compare(this.#gateway.channels.get(channel.id) ?? channel);
  }

  async #compare(channel: ChannelRow): Promise<boolean> {
    const gateway = this.#gateway;
    if (this.#receivers.untried().includes(channel.id)) return false;
    const waiting = this.#receivers.waiting.get(channel.id);
    if (waiting !== undefined) {
      // Whoever keeps it receiving is at it.
      await noteUnsubscribed(gateway, channel, waiting);
      return true;
    }
    if (!isPolled(gateway.platforms[channel.platform], this.#receivers.reach)) {
      const wish = { reach: this.#receivers.reach, signal: this.#stopping.signal };
      const found = await lookForGaps(gateway, channel, wish);
      if ("kind" in found) {
        gateway.log.warn({ channel: channel.id, reason: found.reason }, "its registration could not be read");
        return false;
      }
      if (found.gone !== undefined) {
        await noteUnsubscribed(gateway, channel, found.gone);
        await this.#receivers.renew(channel);
        return true;
      }
      if (found.lacks) {
        const reason = `the app was not subscribed to ${found.lacks.join(", ")}`;
        gateway.log.warn({ channel: channel.id, reason }, "a channel is registered again");
        await this.#receivers.renew(channel);
      }
    }
    await noteSubscribed(gateway, channel);
    return true;
  }
}
