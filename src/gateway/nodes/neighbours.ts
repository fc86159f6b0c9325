import type { Name } from "../../store/leasing.ts";
import type { ChannelRow } from "../../store/rows.ts";
import type { Wake } from "../../store/telling.ts";
import type { Notifier } from "../delivering/notify.ts";
import type { Gateway } from "../gateway.ts";
import type { Keeper } from "../keeping/keeper.ts";
import type { SecretRotation } from "../keeping/secret-rotation.ts";
import type { Receivers } from "../receiving/receive.ts";
import type { Lanes } from "../sending/lanes.ts";
import { Wakeable } from "../wakeable.ts";
import type { Membership } from "./membership.ts";
import { type Behind, TakingIn } from "./taking-in.ts";
import { idsOf } from "./tenure.ts";

const lookEveryMs = 250;
/** What others are to be told is gathered for so long. */
const gatherMs = 25;
/** In every tenth look so many owned names are looked at unasked: who should have woken them may have ended before. */
const unaskedAtOnce = 250;
const looksToUnasked = 10;

interface Workers {
  lanes: Lanes;
  receivers: Receivers;
  notifier: Notifier;
  keeper: Keeper;
  rotation: SecretRotation;
}

/**
 * What nodes that share a store hear of each other: that something waits for what this one works for, that events were
 * written, and that what all keep in memory was changed. A wake-up that is lost delays: every name is looked at in its
 * turn all the same.
 */
export class Neighbours {
  readonly #gateway: Gateway;
  readonly #workers: Workers;
  readonly #membership: Membership;
  readonly #listening: (() => void)[];
  readonly #looking: Wakeable;
  readonly #telling: Wakeable;
  #wakes = new Map<string, Wake>();
  #hasEvents = false;
  /** What is raised now was told by others. */
  #isHearing = false;
  readonly #taking: TakingIn;
  /** As they were when their change was heard of, while nobody could tell whose they are. */
  readonly #passedOver = new Map<string, ChannelRow>();
  #round: Name[] = [];
  #looks = 0;
  /** The newest event at the last unasked look. */
  #newest: number | undefined;

  constructor(gateway: Gateway, membership: Membership, workers: Workers) {
    this.#gateway = gateway;
    this.#workers = workers;
    this.#membership = membership;
    this.#taking = this.#takingIn();
    const { clock, log, laneReady, payloadsReady, appPayloadsReady, eventsWritten } = gateway;
    const failed = (err: unknown) => log.warn({ err }, "the other nodes could not be heard; trying again");
    this.#looking = new Wakeable(clock, () => this.#look(), failed);
    this.#telling = new Wakeable(clock, () => this.#tell(), failed);
    this.#listening = [
      laneReady.listen(({ channelId, conversationId }) =>
        this.#noteUnlessOwn({ name: `channel ${channelId}`, lane: conversationId }),
      ),
      payloadsReady.listen((id) => this.#noteUnlessOwn({ name: `channel ${id}`, lane: "" })),
      appPayloadsReady.listen((id) => this.#noteUnlessOwn({ name: `app ${id}`, lane: "" })),
      membership.elsewhere.listen((name) => this.#noteUnlessOwn({ name, lane: "" })),
      eventsWritten.listen(() => this.#noteEvents()),
    ];
    membership.beforeTakingUp(() => this.refresh());
    membership.attend({ takeUp: () => {}, drop: async () => {}, goOn: () => this.#followPassedOver() });
  }

  async start(): Promise<void> {
    await this.refresh();
    this.#looking.wake();
  }

  async stop(): Promise<void> {
    for (const unlisten of this.#listening) unlisten();
    await Promise.all([this.#looking.stop(), this.#telling.stop()]);
  }

  /** What this node does not know as the others do: it is not to be asked. */
  get behind(): Behind[] {
    return this.#taking.behind;
  }

  /** Reads again what others have changed of what is kept in memory. Without channels no work of theirs is begun. */
  async refresh(): Promise<void> {
    await this.#taking.takeIn((await this.#gateway.store.news(this.#membership.id ?? "")).versions);
    const lacking = this.behind.find(({ kind }) => kind === "apps" || kind === "channels");
    if (lacking) throw lacking.error;
  }

  #noteUnlessOwn(wake: Wake): void {
    if (this.#isHearing || this.#gateway.tenure.owns(wake.name)) return;
    this.#wakes.set(`${wake.name} ${wake.lane}`, wake);
    this.#telling.wakeIn(gatherMs);
  }

  #noteEvents(): void {
    if (this.#isHearing || this.#membership.isAlone) return;
    this.#hasEvents = true;
    this.#telling.wakeIn(gatherMs);
  }

  async #tell(): Promise<void> {
    await this.#tellWakes();
    await this.#tellEvents();
  }

  /** What could not be told is told with what comes next. */
  async #tellWakes(): Promise<void> {
    const told = this.#wakes;
    if (told.size === 0) return;
    this.#wakes = new Map();
    try {
      await this.#gateway.store.wakeOwners([...told.values()]);
    } catch (error) {
      this.#wakes = new Map([...told, ...this.#wakes]);
      throw error;
    }
  }

  async #tellEvents(): Promise<void> {
    if (!this.#hasEvents) return;
    this.#hasEvents = false;
    try {
      await this.#gateway.store.countChange("events");
    } catch (error) {
      this.#hasEvents = true;
      throw error;
    }
  }

  async #look(): Promise<void> {
    this.#looking.wakeIn(lookEveryMs);
    const { store } = this.#gateway;
    const { versions, wakes } = await store.news(this.#membership.id ?? "");
    await this.#taking.takeIn(versions);
    if (wakes.length > 0) await store.forgetWakes(wakes);
    this.#hear(() => {
      for (const wake of wakes) this.#wake(wake);
    });
    if (++this.#looks % looksToUnasked === 0) await this.#lookUnasked();
  }

  /** Whoever should have told of it may have ended before. */
  async #lookUnasked(): Promise<void> {
    const newest = await this.#gateway.store.lastEventPosition();
    this.#hear(() => {
      if (newest !== this.#newest) this.#gateway.eventsWritten.raise();
      for (const name of this.#unasked()) this.#wakeUnasked(name);
    });
    this.#newest = newest;
  }

  #hear(raise: () => void): void {
    this.#isHearing = true;
    try {
      raise();
    } finally {
      this.#isHearing = false;
    }
  }

  #wake({ name, lane }: Wake): void {
    const { laneReady, payloadsReady, appPayloadsReady } = this.#gateway;
    const { lanes, notifier, keeper } = this.#workers;
    const [realm, id = ""] = name.split(" ");
    if (realm === "once") keeper.wake();
    else if (realm === "app") appPayloadsReady.raise(id);
    else if (realm === "endpoint") notifier.refresh(id);
    else if (lane !== "") laneReady.raise({ channelId: id, conversationId: lane });
    else {
      payloadsReady.raise(id);
      lanes.wakeChannel(id);
    }
  }

  #unasked(): Name[] {
    if (this.#round.length === 0) this.#round = this.#membership.held;
    return this.#round.splice(0, unaskedAtOnce);
  }

  /** An endpoint that fails is not probed by it: only who is asked for it probes. */
  #wakeUnasked(name: Name): void {
    const [endpoint] = idsOf("endpoint", [name]);
    if (endpoint === undefined) this.#wake({ name, lane: "" });
    else this.#workers.notifier.lookAgain(endpoint);
  }

  #takingIn(): TakingIn {
    const { keys, sessions, eventsWritten } = this.#gateway;
    const { notifier } = this.#workers;
    return new TakingIn(this.#gateway, [
      // First: what another node has sealed anew opens by its key alone.
      { kinds: ["sealing"], read: () => this.#readSealing() },
      { kinds: ["apps", "channels"], read: () => this.#withNew(this.#readChannels()) },
      { kinds: ["keys"], read: () => keys.reload() },
      { kinds: ["sessions"], read: () => sessions.reload() },
      { kinds: ["endpoints"], read: () => this.#withNew(notifier.reload()) },
      { kinds: ["replays"], read: () => notifier.replays.start() },
      { kinds: ["events"], read: async () => this.#hear(() => eventsWritten.raise()) },
    ]);
  }

  /** The master key may have been changed by another node: this one may be to seal by it. */
  async #readSealing(): Promise<void> {
    await this.#gateway.store.takeInKeys();
    this.#workers.rotation.hear();
  }

  /** Among what has changed may be what nobody works for yet. */
  async #withNew(reading: Promise<void>): Promise<void> {
    await reading;
    this.#membership.lookForWork();
  }

  async #readChannels(): Promise<void> {
    const { apps, channels } = this.#gateway;
    const before = new Map(channels.all().map((channel) => [channel.id, channel]));
    await apps.reload();
    await channels.reload();
    for (const channel of channels.all()) this.#followChange(before.get(channel.id), channel);
    // Its name may be this node's for a while yet: what is under way is to be settled.
    for (const id of before.keys()) if (!channels.get(id)) void this.#workers.receivers.forget(id);
  }

  #followPassedOver(): void {
    const passedOver = [...this.#passedOver];
    this.#passedOver.clear();
    for (const [id, before] of passedOver) {
      const channel = this.#gateway.channels.get(id);
      if (channel) this.#followChange(before, channel);
    }
  }

  /** As the route does that changed it, by whichever node it was asked for. */
  #followChange(before: ChannelRow | undefined, after: ChannelRow): void {
    const { tenure } = this.#gateway;
    if (before && tenure.isInDoubt && !this.#passedOver.has(after.id)) this.#passedOver.set(after.id, before);
    if (!before || !tenure.owns(`channel ${after.id}`)) return;
    const { lanes, receivers } = this.#workers;
    if (JSON.stringify(before.credentials) !== JSON.stringify(after.credentials))
      void receivers.renew(after).catch(() => {});
    if (before.paused && !after.paused) lanes.wakeChannel(after.id);
  }
}
