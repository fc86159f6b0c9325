import type { ChannelRow } from "../store/rows.ts";
import { ask } from "./ask.ts";
import { accessTo } from "./channels.ts";
import { registerWebhooks } from "./connect.ts";
import type { Gateway } from "./gateway.ts";
import { Poller } from "./poll.ts";
import { rest } from "./rest.ts";

const firstRetryMs = 250;
const longestRetryMs = 30_000;
const prepareLimits = { deadlineMs: 10_000, maxBytes: 64 * 1024 };

/** Where platforms reach us. */
export interface Reach {
  /** `ANTIPHON_PUBLIC_URL`; absent: platforms that can be polled are polled. */
  publicUrl?: string;
  /** Where a simulator on this machine reaches us. */
  loopbackUrl: string;
}

/** Keeps every channel receiving: by webhooks, registered again at each start, or by long polling. */
export class Receivers {
  readonly #gateway: Gateway;
  readonly #reach: Reach;
  readonly #pollers = new Map<string, Poller>();
  readonly #stop = new AbortController();
  readonly #ready = new Map<string, Promise<void>>();
  readonly #tried = new Set<string>();
  /** Channels that do not receive yet, with the reason. */
  readonly waiting = new Map<string, string>();

  constructor(gateway: Gateway, reach: Reach) {
    this.#gateway = gateway;
    this.#reach = reach;
  }

  /** Starts receiving on a channel; `waiting` tells while it does not yet. */
  follow(channel: ChannelRow): void {
    if (this.#gateway.channels.isSuspended(channel.id) || this.#ready.has(channel.id)) return;
    this.waiting.set(channel.id, "not registered with its platform yet");
    this.#ready.set(channel.id, this.#follow(channel.id));
  }

  /** Channels whose first try is still under way: later failures are told per channel, and hold up nobody. */
  untried(): string[] {
    return [...this.waiting.keys()].filter((channelId) => !this.#tried.has(channelId));
  }

  /** Fulfils when the channel receives, or nobody waits for it any more. */
  async receiving(channelId: string): Promise<void> {
    await this.#ready.get(channelId);
  }

  async forget(channelId: string): Promise<void> {
    this.waiting.delete(channelId);
    this.#ready.delete(channelId);
    await this.#pollers.get(channelId)?.stop();
    this.#pollers.delete(channelId);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled([...this.#pollers.values()].map((poller) => poller.stop()));
    await Promise.allSettled(this.#ready.values());
  }

  async #follow(channelId: string): Promise<void> {
    for (
      let waitMs = firstRetryMs;
      !this.#stop.signal.aborted;
      waitMs = Math.min(longestRetryMs, waitMs * 2)
    ) {
      const channel = this.#gateway.channels.get(channelId);
      if (!channel) return;
      const reason = await this.#begin(channel).catch((error: Error) => error.message);
      if (this.#stop.signal.aborted || !this.waiting.has(channelId)) return;
      if (reason === undefined) {
        this.waiting.delete(channelId);
        return;
      }
      if (waitMs === firstRetryMs || waitMs === longestRetryMs) {
        this.#gateway.log.warn({ channel: channelId, reason }, "cannot receive yet; trying again");
      }
      this.waiting.set(channelId, reason);
      this.#tried.add(channelId);
      if (!this.#isReachable(channel)) return;
      await rest(Math.min(waitMs, channel.simulated ? 1_000 : waitMs), this.#stop.signal);
    }
  }

  /** Gives why it does not receive, or undefined. */
  async #begin(channel: ChannelRow): Promise<string | undefined> {
    const platform = this.#gateway.platforms[channel.platform];
    if (platform.poll && !this.#reach.publicUrl) return this.#beginPolling(channel);
    const base = this.#baseFor(channel);
    if (!base)
      return `${platform.title} sends only to a public address: set ANTIPHON_PUBLIC_URL and start again`;
    const url = `${base}/webhooks/${channel.platform}/${channel.id}`;
    return registerWebhooks(this.#gateway, channel, url, this.#stop.signal);
  }

  #baseFor(channel: ChannelRow): string | undefined {
    return channel.simulated ? this.#reach.loopbackUrl : this.#reach.publicUrl;
  }

  /** Without an address no further try can help. */
  #isReachable(channel: ChannelRow): boolean {
    return Boolean(this.#gateway.platforms[channel.platform].poll) || this.#baseFor(channel) !== undefined;
  }

  async #beginPolling(channel: ChannelRow): Promise<string | undefined> {
    const { platforms, transport } = this.#gateway;
    const platform = platforms[channel.platform];
    for (const call of platform.poll!.prepare()) {
      const exchange = await ask(transport, { platform, access: accessTo(channel) }, call, {
        ...prepareLimits,
        signal: this.#stop.signal,
      });
      if (exchange.kind !== "answer") return `${platform.title} does not answer (${exchange.reason})`;
      const outcome = platform.interpret(exchange.response);
      if (outcome.kind !== "accepted") return outcome.problem.message;
    }
    const isWanted = !this.#stop.signal.aborted && this.waiting.has(channel.id);
    if (isWanted)
      this.#pollers.set(channel.id, new Poller(this.#gateway, channel.id, this.#told(channel.id)));
    return undefined;
  }

  /** Keeps in `waiting` what a poller meets. */
  #told(channelId: string): (refusal: string | undefined) => void {
    return (refusal) => {
      if (refusal === undefined) this.waiting.delete(channelId);
      else if (this.#ready.has(channelId)) this.waiting.set(channelId, refusal);
    };
  }
}
