import type { Name } from "../../store/leasing.ts";
import type { ChannelRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import { heldFor, idsOf } from "../nodes/tenure.ts";
import { untilDone } from "../until-stored.ts";
import { ChannelLanes } from "./channel-lanes.ts";
import { settleInterrupted } from "./interrupted.ts";
import { Pacing } from "./pacing.ts";
import type { Lane } from "./seats.ts";

/** The lanes of all channels that are this node's. */
export class Lanes {
  readonly #gateway: Gateway;
  readonly #pacing: Pacing;
  readonly #channels = new Map<string, ChannelLanes>();
  readonly #sending = new Map<string, Promise<unknown>>();
  /** Channels of which it is still settled what their last owner left under way; which taking up that is. */
  readonly #settling = new Map<string, symbol>();
  readonly #stopping = new AbortController();
  readonly #unlisten: () => void;
  #isStarted = false;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.#pacing = new Pacing(gateway);
    this.#unlisten = gateway.laneReady.listen((lane) => this.#wake(lane));
    gateway.tenure.attend({
      takeUp: (names) => void this.#takeUp(idsOf("channel", names)),
      drop: async (name) => this.#drop(idsOf("channel", [name])),
    });
  }

  /** Takes up what an earlier run left: interrupted calls are settled, queued ones leave. */
  async start(): Promise<void> {
    await this.#settleWhatWasLeft();
    this.#isStarted = true;
    for (const channel of this.#gateway.channels.all()) this.wakeChannel(channel.id);
  }

  /** Wakes every lane of a channel: it was resumed. */
  wakeChannel(channelId: string): void {
    if (this.#isOpen(channelId)) this.#lanesOf(channelId).wakeAll();
  }

  /** How long a channel still rests because its platform asked for it, in ms. */
  restMs(channel: ChannelRow): number {
    return this.#pacing.restMs(channel);
  }

  /** How many calls a second this channel may make. */
  limitPerSecond(channel: ChannelRow): number {
    return this.#pacing.limitPerSecond(channel);
  }

  /** Something was learned of the calls of these conversations: those whose lanes wait look again. */
  nudge(conversationIds: readonly string[]): void {
    for (const lanes of this.#channels.values()) for (const id of conversationIds) lanes.nudge(id);
  }

  /** The call of a conversation that is under way now, if there is one: fulfils when it has settled. */
  underWay(conversationId: string): Promise<unknown> | undefined {
    return this.#sending.get(conversationId);
  }

  /** Takes nothing up any more; fulfils when what is under way has settled. */
  async stop(): Promise<void> {
    this.#unlisten();
    this.#stopping.abort();
    this.#pacing.closeAll();
    await Promise.all([...this.#channels.values()].map((lanes) => lanes.stop()));
  }

  #wake({ channelId, conversationId }: Lane): void {
    if (this.#isOpen(channelId)) this.#lanesOf(channelId).wake(conversationId);
  }

  /** Before the start, what an earlier run left under way cannot be told from a call of this one. */
  #isOpen(channelId: string): boolean {
    const isRunning = this.#isStarted && !this.#stopping.signal.aborted;
    return isRunning && !this.#settling.has(channelId) && this.#gateway.tenure.owns(`channel ${channelId}`);
  }

  async #takeUp(channelIds: readonly string[]): Promise<void> {
    if (!this.#isStarted) return;
    const turn = Symbol();
    for (const id of channelIds) this.#settling.set(id, turn);
    const settled = () => this.#settleWhatWasLeft(new Set(channelIds));
    const isSettled = await untilDone(settled, this.#gateway, this.#stopping.signal);
    for (const id of channelIds) {
      if (!isSettled || this.#settling.get(id) !== turn) continue;
      this.#settling.delete(id);
      this.wakeChannel(id);
    }
  }

  async #drop(channelIds: readonly string[]): Promise<void> {
    for (const id of channelIds) {
      const lanes = this.#channels.get(id);
      this.#settling.delete(id);
      this.#channels.delete(id);
      await lanes?.stop();
    }
  }

  /** The calls first, because an answer that only the journal has may have asked for a pause. */
  async #settleWhatWasLeft(channelIds?: ReadonlySet<string>): Promise<void> {
    await settleInterrupted(this.#gateway, channelIds);
    await this.#pacing.start();
  }

  #lanesOf(channelId: string): ChannelLanes {
    const known = this.#channels.get(channelId);
    if (known) return known;
    const name: Name = `channel ${channelId}`;
    const lanes = new ChannelLanes(heldFor(this.#gateway, name), {
      channelId,
      pacing: this.#pacing,
      sending: this.#sending,
      wakeChannel: (id) => this.wakeChannel(id),
      ending: this.#stopping.signal,
    });
    this.#channels.set(channelId, lanes);
    return lanes;
  }
}
