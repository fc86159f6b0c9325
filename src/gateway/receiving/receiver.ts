import type { ChannelRow } from "../../store/rows.ts";
import { isPolled, type Reach } from "../connecting/reach.ts";
import {
  inspectWebhook,
  type Obstacle,
  preparePolling,
  type Registration,
  registerWebhooks,
} from "../connecting/register.ts";
import { noteSubscribed, noteUnsubscribed } from "../connecting/subscription-gap.ts";
import type { Gateway } from "../gateway.ts";
import { rest } from "../rest.ts";
import { Poller } from "./poll.ts";

const firstRetryMs = 250;
const longestRetryMs = 30_000;
const longestSimulatedRetryMs = 1_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const superseded: Registration = {
  kind: "superseded",
  reason: "The channel was registered anew or removed meanwhile",
};

/** Keeps one channel receiving until it is stopped: by a webhook, or by long polling. */
export class Receiver {
  readonly #gateway: Gateway;
  readonly #reach: Reach;
  #takeOver: boolean;
  readonly #stop = new AbortController();
  readonly #first = Promise.withResolvers<Registration>();
  readonly #receiving = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;
  /** How often the polling has yielded. */
  #contests = 0;
  /** Why nothing is received yet. */
  waiting: string | undefined = "not registered with its platform yet";
  /** The first try is over. */
  wasTried = false;

  /** Begins when `before`, another receiver of this channel, has ended. What goes to others stays there without `takeOver`. */
  constructor(
    gateway: Gateway,
    channel: ChannelRow,
    wish: { reach: Reach; takeOver: boolean; before?: Receiver },
  ) {
    this.#gateway = gateway;
    this.#reach = wish.reach;
    this.#takeOver = wish.takeOver;
    const before = wish.before?.stop() ?? Promise.resolve();
    this.#ended = before.then(() => this.#run(channel.id)).finally(() => this.#release(superseded));
  }

  /** What the first try came to; the others go on in the background. */
  get first(): Promise<Registration> {
    return this.#first.promise;
  }

  /** Fulfils when the channel receives, or nobody waits for it any more. */
  get receiving(): Promise<void> {
    return this.#receiving.promise;
  }

  /** `why` is told to whoever still waits. */
  async stop(why: Registration = superseded): Promise<void> {
    this.#stop.abort();
    this.#release(why);
    await this.#ended;
  }

  /** Nobody has to wait for what does not come any more. */
  #release(why: Registration): void {
    this.#first.resolve(why);
    this.#receiving.resolve();
  }

  async #run(channelId: string): Promise<void> {
    const told = new Rarely();
    for (
      let waitMs = firstRetryMs;
      !this.#stop.signal.aborted;
      waitMs = Math.min(longestRetryMs, waitMs * 2)
    ) {
      const channel = this.#gateway.channels.get(channelId);
      if (!channel) return;
      const obstacle = await this.#receive(channel).catch(asRefusal);
      if (!obstacle || this.#stop.signal.aborted) return;
      if (told.isDue(obstacle.reason)) {
        this.#gateway.log.warn({ channel: channel.id, reason: obstacle.reason }, "cannot receive yet");
      }
      this.waiting = reasonShown(channel, obstacle);
      this.wasTried = true;
      if (obstacle.kind === "conflict")
        await this.#note(noteUnsubscribed(this.#gateway, channel, obstacle.reason));
      this.#first.resolve(obstacle);
      if (obstacle.kind === "refused" && obstacle.isFinal) return;
      await rest(this.#gateway.clock, this.#pauseMs(channel, obstacle, waitMs), this.#stop.signal);
    }
  }

  /** Gives what is in the way, or undefined when nothing is left to do. A polled channel is polled meanwhile. */
  async #receive(channel: ChannelRow): Promise<Obstacle | undefined> {
    if (channel.isUnreadable)
      return { kind: "refused", reason: "its credentials cannot be read", isFinal: true };
    const polls = isPolled(this.#gateway.platforms[channel.platform], this.#reach);
    const register = polls ? preparePolling : registerWebhooks;
    const takeOver = this.#takeOver;
    // Once, whatever comes of it: what answered with an error must not happen by itself hours later.
    this.#takeOver = false;
    const registration = await register(this.#gateway, channel, { ...this.#wish(), takeOver });
    if (registration.kind !== "receives") return registration;
    if (this.#stop.signal.aborted) return undefined;
    if (registration.gone !== undefined)
      await this.#note(noteUnsubscribed(this.#gateway, channel, registration.gone));
    // A poller shows only by its requests whether another has taken its place.
    if (!polls) await this.#note(noteSubscribed(this.#gateway, channel));
    this.waiting = undefined;
    this.wasTried = true;
    this.#receiving.resolve();
    if (polls) return this.#poll(channel, { registration, takeOver });
    this.#first.resolve(registration);
    return undefined;
  }

  async #poll(
    channel: ChannelRow,
    { registration, takeOver }: { registration: Registration; takeOver: boolean },
  ): Promise<Obstacle | undefined> {
    const poller = new Poller(this.#gateway, channel.id, {
      takeOver,
      signal: this.#stop.signal,
      told: (refusal) => {
        this.waiting = refusal;
      },
    });
    if (takeOver) this.#first.resolve(registration);
    // Another poller shows itself only by ending our requests.
    void poller.first.then((obstacle) => this.#first.resolve(obstacle ?? registration));
    return (await poller.ended) === "contested" ? this.#contest(channel) : undefined;
  }

  /** What cannot be told now keeps nobody from receiving: the next look finds it again. */
  async #note(told: Promise<void>): Promise<void> {
    await told.catch((err) => this.#gateway.log.warn({ err }, "how a channel fares could not be kept yet"));
  }

  #pauseMs({ simulated }: ChannelRow, obstacle: Obstacle, waitMs: number): number {
    if (obstacle.kind === "conflict") return conflictRestMs(obstacle, this.#contests);
    return simulated ? Math.min(waitMs, longestSimulatedRetryMs) : waitMs;
  }

  /** Whom the polling has yielded to. */
  async #contest(channel: ChannelRow): Promise<Obstacle> {
    this.#contests++;
    const { title } = this.#gateway.platforms[channel.platform];
    const webhook = await inspectWebhook(this.#gateway, channel, this.#wish());
    const other = "state" in webhook && webhook.state === "other" ? webhook.host : undefined;
    const who = other === undefined ? "which polls it too" : `at host ${other}`;
    const reason = `${title} gives what is meant for this channel to another program, ${who}`;
    return { kind: "conflict", reason, ...(other !== undefined && { host: other }) };
  }

  #wish() {
    return { reach: this.#reach, signal: this.#stop.signal };
  }
}

/** For a log: the first of what repeats, then the 2nd, 4th, 8th … of it. */
export class Rarely {
  #last = "";
  #count = 0;

  isDue(reason: string): boolean {
    this.#count = reason === this.#last ? this.#count + 1 : 1;
    this.#last = reason;
    return Number.isInteger(Math.log2(this.#count));
  }
}

function asRefusal(error: Error): Obstacle {
  return { kind: "refused", reason: error.message };
}

function reasonShown({ id }: ChannelRow, { kind, reason }: Obstacle): string {
  if (kind !== "conflict") return reason;
  return `webhook_conflict: ${reason}; POST /v1/channels/${id}/register {"take_over":true} moves it here`;
}

/** Another program's webhook is only looked at each time; another poller loses a request by it, and perhaps an update. */
export function conflictRestMs({ host }: { host?: string }, contests: number): number {
  return host === undefined ? Math.min(hourMs, minuteMs * 2 ** (contests - 1)) : minuteMs;
}
