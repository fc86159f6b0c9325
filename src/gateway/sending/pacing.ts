import type { CallRow, ChannelRow, MessageRow, PaceRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import { lateMs, Pace, type Use } from "../pace.ts";
import { Gate, inTurn, type Passage } from "./gate.ts";
import { Pauses } from "./pauses.ts";
import { channelUse, conversationUses, kindUse } from "./rates.ts";
import { type Pause, pausedBy } from "./send.ts";

const maxInFlightPerChannel = 64;

type Head = { call: CallRow; message: MessageRow };

/** When a call may leave: the rates that its platform keeps and the pauses that it asked for, over restarts too. */
export class Pacing {
  readonly #gateway: Gateway;
  readonly #pace = new Pace((until) => void this.#forget(until));
  readonly #pauses = new Pauses();
  readonly #gates = new Map<string, Gate>();
  #isClosed = false;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /** What left just before an earlier run or another node ended counts, and what was paused then is. */
  async start(): Promise<void> {
    const { store, clock } = this.#gateway;
    const until = clock.steady() - lateMs;
    const rows = await store.paces(until);
    this.#pace.load(rows);
    this.#pauses.load(rows);
    await this.#forget(until);
  }

  /** Sends away who waits at the gates of a channel; its next owner may be this node again, with new ones. */
  close(channelId: string): void {
    for (const [key, gate] of this.#gates) {
      if (key !== channelId && !key.endsWith(` ${channelId}`)) continue;
      this.#gates.delete(key);
      gate.close();
    }
  }

  /** For good: gates that are asked for later are closed, too. */
  closeAll(): void {
    this.#isClosed = true;
    for (const gate of this.#gates.values()) gate.close();
  }

  /** What a conversation must wait for, in ms; what the whole channel waits for is the gate's. */
  waitMs(head: Head, channel: ChannelRow): number {
    const now = this.#gateway.clock.steady();
    const uses = conversationUses(this.#gateway.platforms[channel.platform], head);
    const waits = uses.map((use) => this.#pace.waitMs(use, now));
    return Math.max(this.#pauses.waitMs(head.call.conversationId, now), ...waits);
  }

  /** What the lanes that became part of this one have used counts for it, and so do their pauses. */
  carry(formerly: readonly string[], conversationId: string): void {
    const now = this.#gateway.clock.steady();
    for (const gone of formerly) {
      this.#pace.carry(gone, conversationId, now);
      this.#pauses.carry(gone, conversationId);
    }
  }

  /** How long the whole channel is paused, in ms. */
  restMs(channel: ChannelRow): number {
    return this.#pauses.waitMs(channel.id, this.#gateway.clock.steady());
  }

  limitPerSecond(channel: ChannelRow): number {
    return channelUse(this.#gateway.platforms[channel.platform], channel).rate.perSecond;
  }

  /** What a call goes through: one of a slower kind waits for that first, and takes no place of the others'. */
  gate({ call }: Head, channel: ChannelRow): Passage {
    const { platforms, channels } = this.#gateway;
    const platform = platforms[channel.platform];
    const whole = this.#gate(channel.id, () => channelUse(platform, channels.get(channel.id) ?? channel));
    const kind = kindUse(platform, call);
    return kind
      ? inTurn(
          this.#gate(kind.key, () => kind),
          whole,
        )
      : whole;
  }

  /** A call begins, which has passed its gate. Gives what is to stand with its intent. */
  begin(head: Head, channel: ChannelRow): PaceRow[] {
    const now = this.#gateway.clock.steady();
    const platform = this.#gateway.platforms[channel.platform];
    const shared = [channelUse(platform, channel), kindUse(platform, head.call)];
    return [
      ...conversationUses(platform, head).map((use) => this.#pace.take(use, now)),
      ...shared.filter((use) => use !== undefined).map((use) => this.#pace.taken(use, now)),
    ];
  }

  /** Its intent is stored, and its bytes leave. */
  left(head: Head, channel: ChannelRow): void {
    const now = this.#gateway.clock.steady();
    const platform = this.#gateway.platforms[channel.platform];
    for (const use of [channelUse(platform, channel), kindUse(platform, head.call)])
      if (use) this.#pace.left(use, now);
  }

  /** An answer asks for a pause: whatever else becomes of it, nothing leaves until it is over. */
  rest(head: Head, pause: Pause): void {
    this.#pauses.set(pausedBy(pause, head.call), pause.untilMs);
  }

  /** A call has ended. */
  end(head: Head, channel: ChannelRow): void {
    const now = this.#gateway.clock.steady();
    const platform = this.#gateway.platforms[channel.platform];
    for (const use of conversationUses(platform, head)) this.#pace.arrived(use, now);
  }

  #gate(key: string, use: () => Use): Gate {
    const known = this.#gates.get(key);
    if (known) return known;
    const { clock } = this.#gateway;
    const waitMs = () => {
      const now = clock.steady();
      return Math.max(this.#pace.waitMs(use(), now), this.#pauses.waitMs(key, now));
    };
    const passed = () => void this.#pace.take(use(), clock.steady());
    const gate = new Gate({ clock, size: maxInFlightPerChannel, waitMs, passed });
    this.#gates.set(key, gate);
    if (this.#isClosed) gate.close();
    return gate;
  }

  async #forget(until: number): Promise<void> {
    const { store, log } = this.#gateway;
    await store.forgetPaces(until).catch((err) => log.warn({ err }, "rates could not be dropped yet"));
  }
}
