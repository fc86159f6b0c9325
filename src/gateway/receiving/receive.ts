import { GatewayError } from "../../core/problem.ts";
import type { ChannelRow } from "../../store/rows.ts";
import { isPolled, type Reach } from "../connecting/reach.ts";
import { preparePolling, type Registration, registerWebhooks } from "../connecting/register.ts";
import type { Gateway } from "../gateway.ts";
import { idsOf } from "../nodes/tenure.ts";
import { Receiver } from "./receiver.ts";

const closing = { kind: "closing", reason: "The gateway is shutting down" } as const;

/** Keeps every channel receiving: by webhooks, registered again at each start, or by long polling. */
export class Receivers {
  readonly #gateway: Gateway;
  readonly reach: Reach;
  readonly #receivers = new Map<string, Receiver>();
  readonly #stopping = new AbortController();

  constructor(gateway: Gateway, reach: Reach) {
    this.#gateway = gateway;
    this.reach = reach;
    gateway.tenure.attend({
      takeUp: (names) => this.#takeUp(idsOf("channel", names)),
      drop: async (name) => this.#drop(idsOf("channel", [name])),
      goOn: (names) => this.#takeUp(idsOf("channel", names)),
    });
  }

  /** Channels that do not receive yet, with the reason. */
  get waiting(): Map<string, string> {
    const all = [...this.#receivers].map(([id, { waiting }]) => [id, waiting] as const);
    return new Map(all.filter((one): one is [string, string] => one[1] !== undefined));
  }

  /** Starts receiving on a channel; `waiting` tells while it does not yet. */
  follow(channel: ChannelRow, takeOver = false): void {
    const { channels, tenure } = this.#gateway;
    if (this.#isStopped || channels.isSuspended(channel.id)) return;
    if (!tenure.owns(`channel ${channel.id}`)) this.#leaveToOwner(channel, takeOver);
    else if (!this.#receivers.has(channel.id)) this.#begin(channel, takeOver);
  }

  /** Begins anew and gives what the first try came to; later ones go on in the background. */
  async register(channel: ChannelRow, takeOver: boolean): Promise<Registration> {
    if (this.#gateway.channels.isSuspended(channel.id)) {
      throw new GatewayError("conflict", "Simulated channels rest while the gateway is not on loopback.");
    }
    if (!this.#gateway.tenure.owns(`channel ${channel.id}`)) return this.#registerForOwner(channel, takeOver);
    return this.#begin(channel, takeOver).first;
  }

  /** Begins anew, with new credentials. */
  async renew(channel: ChannelRow): Promise<void> {
    await this.forget(channel.id);
    this.follow(channel);
  }

  /** Channels whose first try is still under way: later failures are told per channel, and hold up nobody. */
  untried(): string[] {
    return [...this.#receivers].filter(([, receiver]) => !receiver.wasTried).map(([id]) => id);
  }

  /** Fulfils when the channel receives, or nobody waits for it any more. */
  async receiving(channelId: string): Promise<void> {
    await this.#receivers.get(channelId)?.receiving;
  }

  async forget(channelId: string): Promise<void> {
    const receiver = this.#receivers.get(channelId);
    this.#receivers.delete(channelId);
    await receiver?.stop();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#receivers.values()].map((receiver) => receiver.stop(closing)));
  }

  /** It registers by itself; only that something be taken from another program it does not know to be wished. */
  #leaveToOwner(channel: ChannelRow, takeOver: boolean): void {
    if (!takeOver) return;
    this.#registerForOwner(channel, takeOver).catch((err) =>
      this.#gateway.log.warn(
        { err, channel: channel.id },
        "a channel could not be taken from another program",
      ),
    );
  }

  /** Once, by the node that was asked. Its owner finds that its webhook leads here. */
  #registerForOwner(channel: ChannelRow, takeOver: boolean): Promise<Registration> {
    const polls = isPolled(this.#gateway.platforms[channel.platform], this.reach);
    const register = polls ? preparePolling : registerWebhooks;
    return register(this.#gateway, channel, { reach: this.reach, takeOver, signal: this.#stopping.signal });
  }

  /** Registered again by its new owner: that its webhook leads here is compared, and nothing is asked for twice. */
  #takeUp(channelIds: readonly string[]): void {
    for (const id of channelIds) {
      const channel = this.#gateway.channels.get(id);
      if (channel) this.follow(channel);
    }
  }

  async #drop(channelIds: readonly string[]): Promise<void> {
    for (const id of channelIds) await this.forget(id);
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #begin(channel: ChannelRow, takeOver: boolean): Receiver {
    if (this.#isStopped) throw new GatewayError("unavailable", `${closing.reason}.`);
    const before = this.#receivers.get(channel.id);
    const receiver = new Receiver(this.#gateway, channel, { reach: this.reach, takeOver, before });
    this.#receivers.set(channel.id, receiver);
    return receiver;
  }
}
