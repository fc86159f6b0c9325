import { momentOf } from "../../core/clock.ts";
import type { Call, PlatformEvent, UnknownPart } from "../../core/platform.ts";
import { isPassing } from "../../core/problem.ts";
import type { ChannelRow, PayloadRow } from "../../store/rows.ts";
import { ask } from "../ask.ts";
import { Budget } from "../budget.ts";
import { accessTo } from "../connecting/channels.ts";
import type { Gateway } from "../gateway.ts";
import { heldFor, idsOf } from "../nodes/tenure.ts";
import { outcomeOf } from "../outcome.ts";
import type { Lanes } from "../sending/lanes.ts";
import { Wakeable } from "../wakeable.ts";
import { heedNotice } from "./account-notices.ts";
import { readEvents } from "./read-events.ts";
import { pickedTitle, type Resolved, resolveEvent } from "./resolve.ts";
import { poisonReason, type Reading } from "./suspects.ts";

/** So many payloads at a time of a channel, or so many bytes: one payload alone may have 4 MB. */
const batch = { limit: 50, maxBytes: 4 * 1024 * 1024 };
/** Of all channels together: after a start each of them may have a long backlog. */
const budgetBytes = 8 * batch.maxBytes;
const maxAcknowledging = 64;
const acknowledgeLimits = { deadlineMs: 10_000, maxBytes: 64 * 1024 };

/** Turns stored payloads into events, per channel in the order of arrival. Each payload is one transaction. */
export class Digester {
  readonly #gateway: Gateway;
  readonly #lanes: Lanes;
  readonly #channels = new Map<string, Wakeable>();
  readonly #budget = new Budget(budgetBytes);
  readonly #acknowledging = new Set<Promise<void>>();
  #stopping = false;
  readonly #unlisten: () => void;

  constructor(gateway: Gateway, lanes: Lanes) {
    this.#gateway = gateway;
    this.#lanes = lanes;
    this.#unlisten = gateway.payloadsReady.listen((channelId) => this.#wake(channelId));
    gateway.tenure.attend({
      takeUp: (names) => this.#takeUp(idsOf("channel", names)),
      drop: async (name) => this.#drop(idsOf("channel", [name])),
    });
  }

  readonly #wakeLanes = (channelId: string) => this.#lanes.wakeChannel(channelId);

  start(): void {
    for (const channel of this.#gateway.channels.all()) this.#wake(channel.id);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#unlisten();
    await Promise.all([...this.#channels.values()].map((channel) => channel.stop()));
    await Promise.all(this.#acknowledging);
    await this.#gateway.suspects.stop();
  }

  #takeUp(channelIds: readonly string[]): void {
    if (channelIds.length > 0) this.#gateway.suspects.takeUp();
    for (const id of channelIds) this.#wake(id);
  }

  async #drop(channelIds: readonly string[]): Promise<void> {
    for (const id of channelIds) {
      const work = this.#channels.get(id);
      this.#channels.delete(id);
      await work?.stop();
    }
  }

  #wake(channelId: string): void {
    if (this.#stopping || !this.#owns(channelId)) return;
    const channel = this.#channels.get(channelId) ?? this.#follow(channelId);
    channel.wake();
  }

  #owns(channelId: string): boolean {
    return this.#gateway.tenure.owns(`channel ${channelId}`);
  }

  #follow(channelId: string): Wakeable {
    const work = new Wakeable(
      this.#gateway.clock,
      () => this.#run(channelId),
      (err) =>
        this.#gateway.log.error(
          { err, channel: channelId },
          "payloads could not be digested yet; trying again",
        ),
    );
    this.#channels.set(channelId, work);
    return work;
  }

  async #run(channelId: string): Promise<void> {
    const channel = this.#gateway.channels.get(channelId);
    while (channel && !this.#stopping && this.#owns(channelId)) {
      if (!(await this.#digestSome(channel))) return;
    }
  }

  /** False when nothing waited. Small payloads take little of what all channels share, and large ones wait for it. */
  async #digestSome(channel: ChannelRow): Promise<boolean> {
    let taken = batch.maxBytes;
    await this.#budget.take(taken);
    try {
      const payloads = await this.#gateway.store.undigested(channel.id, batch);
      const bytes = payloads.reduce((sum, { body }) => sum + body.length, 0);
      this.#budget.give(taken - bytes);
      taken = bytes;
      const ids = payloads.map(({ id }) => id);
      await this.#gateway.suspects.over("payload", ids, async (read) => {
        for (const payload of payloads) {
          if (this.#stopping || !this.#owns(channel.id)) break;
          await read(payload.id, (reading) => this.#digest(channel, payload, reading));
        }
      });
      return payloads.length > 0;
    } finally {
      this.#budget.give(taken);
    }
  }

  async #digest(channel: ChannelRow, payload: PayloadRow, reading: Reading): Promise<void> {
    if (reading.isPoison) return this.#setAside(channel, payload, poisonReason);
    if (payload.isDamaged) return this.#setAside(channel, payload, "corrupt: its checksum does not fit");
    try {
      const platform = this.#gateway.platforms[channel.platform];
      const parsed = readEvents(platform, channel.credentials, payload.body);
      // Before the commit: what is read again after a crash is known by then.
      for (const notice of parsed.notices ?? [])
        await heedNotice(this.#gateway, channel.id, { notice, wake: this.#wakeLanes });
      const resolved: Resolved[] = [];
      for (const event of parsed.events) resolved.push(await this.#resolve(channel, event, reading));
      await this.#keep(channel, payload, resolved, parsed.unknown);
    } catch (error) {
      // The store's refusals pass, and the channel's next owner reads it anew; anything else would come back for ever and
      // hold up all that is behind it.
      if (isPassing(error) || !this.#owns(channel.id)) throw error;
      this.#gateway.log.error(
        { err: error, channel: channel.id, payload: payload.id },
        "a payload could not be read",
      );
      const reason = `could not be read: ${(error as Error).message}`.slice(0, 200);
      await this.#keep(channel, payload, [], [{ path: "", reason }]);
    }
  }

  async #setAside(channel: ChannelRow, payload: PayloadRow, reason: string): Promise<void> {
    const ids = { channel: channel.id, payload: payload.id };
    this.#gateway.log.error({ ...ids, reason }, "a stored payload was set aside: nothing of it is told");
    await this.#keep(channel, payload, [], [{ path: "", reason }]);
  }

  async #keep(
    channel: ChannelRow,
    payload: PayloadRow,
    resolved: Resolved[],
    parts: UnknownPart[],
  ): Promise<void> {
    const { clock, log, meter, eventsWritten, echoes, platforms } = this.#gateway;
    const unknown = [...parts, ...unresolvable(resolved)];
    const events = resolved.map((one) => one.digested);
    const digest = { payloadId: payload.id, ...momentOf(clock), events, unknown };
    const { platform } = channel;
    const ids = { channel: channel.id, payload: payload.id };
    const span = this.#gateway.tracing.begin({ name: "digest", parent: payload.trace, attributes: ids });
    const digesting = heldFor(this.#gateway, `channel ${channel.id}`).store.digest(digest);
    const { fresh, heard, duplicates, echoedAfterMs } = await digesting.finally(() => span.end());
    meter.time("antiphon_digest_seconds", Math.max(0, clock.now() - payload.receivedAt) / 1000, { platform });
    if (duplicates > 0) meter.count("antiphon_duplicates_total", { platform }, duplicates);
    echoes.observe(platforms[channel.platform], echoedAfterMs);
    this.#lanes.nudge(heard);
    log.info({ ...ids, events: fresh.length, duplicates, unknown: unknown.length }, "digested");
    for (const part of unknown) log.warn({ ...ids, ...part }, "kept as unknown");
    eventsWritten.raise();
  }

  /**
   * A tap can overtake the answer of the very call that it answers. So an event that names a message which is not
   * there yet waits once for the call under way in its conversation. A repeated webhook is acknowledged again: the
   * platform repeats because it is still waiting.
   */
  async #resolve(channel: ChannelRow, event: PlatformEvent, reading: Reading): Promise<Resolved> {
    const resolved = await resolveEvent(this.#gateway, channel, event);
    const lane = resolved.isDangling ? await this.#laneOf(channel, event) : undefined;
    const underWay = lane && this.#lanes.underWay(lane);
    if (!underWay) return this.#acknowledged(channel, resolved);
    await reading.pause(underWay);
    return this.#acknowledged(channel, await resolveEvent(this.#gateway, channel, event));
  }

  async #laneOf(channel: ChannelRow, event: PlatformEvent): Promise<string | undefined> {
    if (event.kind !== "received") return undefined;
    const { aliases } = event.sender;
    const chat = event.chat ?? { id: aliases[0] ?? "", type: "private" as const };
    return (await this.#gateway.store.findConversation(channel.id, chat, aliases))?.id;
  }

  #acknowledged(channel: ChannelRow, resolved: Resolved): Resolved {
    const { digested, answered } = resolved;
    const platform = this.#gateway.platforms[channel.platform];
    const { event } = digested;
    if (!platform.acknowledge || event.kind !== "received") return resolved;
    const calls = platform.acknowledge(event, {
      title: pickedTitle(digested.content),
      platformIds: answered?.platformIds ?? [],
      chat: answered ? chatTypeOf(this.#gateway, channel, answered.address) : "private",
    });
    for (const call of calls) this.#perform(channel, call);
    return resolved;
  }

  /** Outside every lane and pace, tried once: late acknowledgements are refused and harmless, and many are few enough. */
  #perform(channel: ChannelRow, call: Call): void {
    const { platforms, transport, log } = this.#gateway;
    if (this.#acknowledging.size >= maxAcknowledging) return;
    const platform = platforms[channel.platform];
    const asking = ask(transport, { platform, access: accessTo(channel) }, call, acknowledgeLimits);
    const performing = asking
      .then((exchange) => {
        const outcome = outcomeOf(exchange, platform).kind;
        log.debug({ channel: channel.id, part: call.part, outcome }, "acknowledged");
      })
      .catch((err) => log.warn({ err, channel: channel.id, part: call.part }, "not acknowledged"))
      .finally(() => this.#acknowledging.delete(performing));
    this.#acknowledging.add(performing);
  }
}

function chatTypeOf(gateway: Gateway, channel: ChannelRow, address: string) {
  const to = gateway.platforms[channel.platform].address(address);
  return "problem" in to ? "private" : to.chat;
}

function unresolvable(resolved: Resolved[]): UnknownPart[] {
  return resolved
    .filter(({ digested }) => !digested.report)
    .map(({ digested }) => ({
      path: "",
      reason: `answers nothing that was offered (${digested.event.dedupeKey})`,
    }));
}
