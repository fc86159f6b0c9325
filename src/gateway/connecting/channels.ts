import type { Access, Destination } from "../../core/platform.ts";
import { GatewayError } from "../../core/problem.ts";
import type { ChangedChannel, ChannelChange } from "../../store/connecting.ts";
import type { AppRow, ChannelRow } from "../../store/rows.ts";
import type { Store } from "../../store/store.ts";
import { Edition, replaceAll } from "../edition.ts";
import { OneAtATime } from "../one-at-a-time.ts";
import { type Apps, appCredentials, unreadableApp } from "./apps.ts";
import { asFarAsRead, type Beside, type Changed, type Telling, type Wish } from "./channel-change.ts";

/** What a channel is given when it goes on. */
export const goingOn = {
  paused: false,
  pausedReason: undefined,
  awaitsCredentials: false,
  restricted: false,
  resumesAt: undefined,
} as const;

/** Who may try whether a restricted channel may send again: the first that asks. */
const anybody = Symbol("anybody");

/**
 * The channels that this process owns, kept in step with the store: looked up at every send and webhook. A channel
 * of an app is given with the app's credentials beside its own, as they are now.
 */
export class Channels {
  readonly #store: Store;
  readonly #apps: Apps;
  /** As they are stored. */
  readonly #byId = new Map<string, ChannelRow>();
  readonly #edition = new Edition();
  readonly #suspended = new Set<string>();
  /** Restricted channels of which one conversation may send a call, to learn whether they still are. */
  readonly #trials = new Map<string, string | typeof anybody>();
  /** How often restrictions of a channel were lifted: a call that began before says nothing of what came after. */
  readonly #liftings = new Map<string, number>();
  /** Each change of a channel is judged by what those before it have made of it. */
  readonly #changing = new OneAtATime();

  constructor(store: Store, apps: Apps) {
    this.#store = store;
    this.#apps = apps;
  }

  async load(): Promise<void> {
    for (const channel of await this.#store.channels()) this.#byId.set(channel.id, channel);
  }

  /** Another node has changed some. */
  reload(): Promise<void> {
    return this.#edition.reread(
      () => this.#store.channels(),
      (rows) => {
        const lifted = rows.filter(({ id, restricted }) => !restricted && this.#byId.get(id)?.restricted);
        replaceAll(this.#byId, rows, asFarAsRead);
        for (const { id } of lifted) this.noteLifted(id);
      },
    );
  }

  all(): ChannelRow[] {
    return [...this.#byId.values()].map((channel) => this.#whole(channel));
  }

  get(id: string): ChannelRow | undefined {
    const channel = this.#byId.get(id);
    return channel && this.#whole(channel);
  }

  /** The one channel of this natural id on its platform. */
  at({ platform, naturalId }: Destination): ChannelRow | undefined {
    return this.#find((one) => one.platform === platform && one.naturalId === naturalId)[0];
  }

  /** Those that an app serves. */
  of(appId: string): ChannelRow[] {
    return this.#find((one) => one.appId === appId);
  }

  /**
   * By UUID or by the platform's own id, among those that are to be seen. Two platforms may use the same natural id:
   * then only the UUID will do.
   */
  from(name: string, isSeen: (channel: ChannelRow) => boolean = () => true): ChannelRow {
    const known = this.get(name);
    const found = known && isSeen(known) ? known : this.#byNaturalId(name, isSeen);
    if (found) return found;
    throw new GatewayError("unknown_channel", `No channel has the id ${JSON.stringify(name.slice(0, 64))}.`, {
      extra: { hint: "GET /v1/channels lists them; a channel's id and its natural_id both work." },
    });
  }

  /** What the platform is told when webhooks are registered: the app's, whose webhook it is, or the channel's own. */
  verifyToken({ appId, webhookSecret }: ChannelRow): string {
    return (appId === undefined ? undefined : this.#apps.get(appId)?.verifyToken) ?? webhookSecret;
  }

  /** Sending waits, receiving goes on. */
  isHeld(channel: ChannelRow): boolean {
    return channel.paused || this.#suspended.has(channel.id);
  }

  /** The same for one conversation: of a restricted channel that is tried out, one may send. */
  isHeldFor(channel: ChannelRow, conversationId: string): boolean {
    return this.isHeld(channel) && !this.mayTry(channel, conversationId);
  }

  /** Whether a conversation may send the call by which a restricted channel is tried out. */
  mayTry({ id, restricted }: ChannelRow, conversationId: string): boolean {
    const trier = restricted && !this.isSuspended(id) && this.#trials.get(id);
    return trier === anybody || trier === conversationId;
  }

  /** Called by who may send and can: a try is that conversation's alone from now on. */
  take({ id }: ChannelRow, conversationId: string): void {
    if (this.#trials.get(id) === anybody) this.#trials.set(id, conversationId);
  }

  /** Lets one call of a restricted channel leave; its lanes are to be woken. */
  tryOut(id: string): void {
    this.#trials.set(id, anybody);
  }

  /** False: the conversation has sent no try, or the platform has said more since. */
  endTrial(id: string, conversationId: string): boolean {
    return this.#trials.get(id) === conversationId && this.#trials.delete(id);
  }

  liftings(id: string): number {
    return this.#liftings.get(id) ?? 0;
  }

  /** What was refused before tells no restriction any more. */
  noteLifted(id: string): void {
    this.#liftings.set(id, this.liftings(id) + 1);
    this.#trials.delete(id);
  }

  /** Out of use until the next start: a simulated channel on an address that is not loopback. */
  suspend(id: string): void {
    this.#suspended.add(id);
  }

  isSuspended(id: string): boolean {
    return this.#suspended.has(id);
  }

  /** With `app`, that new app too, in the same commit. */
  async add(channel: ChannelRow, app?: AppRow): Promise<ChannelRow> {
    await this.#store.addChannel(channel, app);
    if (app) this.#apps.hold(app);
    this.#byId.set(channel.id, channel);
    this.#edition.count();
    return this.#whole(channel);
  }

  async update(id: string, wish: ChannelChange | Wish, beside?: Beside): Promise<ChannelRow> {
    const made = typeof wish === "function" ? wish : () => wish;
    const changed = await this.#change(id, made, { beside });
    if (changed) return changed.channel;
    throw new GatewayError("unknown_channel", `There is no channel ${id}.`);
  }

  /** With what is told of it in the same transaction. False: there was nothing to change. */
  async updateTold(id: string, wish: Wish, telling: Telling): Promise<boolean> {
    const changed = await this.#change(id, wish, { telling });
    if (changed) return changed.isChanged;
    throw new GatewayError("unknown_channel", `There is no channel ${id}.`);
  }

  /**
   * Gives the channel other credentials. It goes on where it waited for them or its account was restricted, also if that
   * is only just being stored: calls may be refused while a person renews what they left with.
   */
  async renew(id: string, change: ChannelChange): Promise<{ channel: ChannelRow; isGoingOn: boolean }> {
    let isGoingOn = false;
    const channel = await this.update(id, ({ awaitsCredentials, restricted }) => {
      isGoingOn = awaitsCredentials === true || restricted === true;
      return { ...change, ...(isGoingOn && goingOn) };
    });
    return { channel, isGoingOn };
  }

  /**
   * Pauses the channel until it has other credentials than those of `used`; nothing where it has, is just being given
   * them by any node, or is paused. True: it is paused by this, and told; each who asks waits until it is.
   */
  async pauseRevoked(used: ChannelRow, pausedReason: string, telling: Telling): Promise<boolean> {
    const refused = JSON.stringify(used.credentials);
    const pause: Wish = (now) =>
      now.paused || JSON.stringify(now.credentials) !== refused
        ? undefined
        : { paused: true, pausedReason, awaitsCredentials: true };
    const changed = await this.#change(used.id, pause, { telling });
    // Sealed by a key that this node lacks: what it knew is refused, so that it has nothing to send with.
    if (changed?.stored.isUnreadable) this.#byId.set(used.id, changed.stored);
    return changed?.isChanged ?? false;
  }

  /**
   * Pauses the channel until its platform restricts the account no more, or until `resumesAt`. Of one that is
   * restricted the platform's word changes the end; one that is paused for something else stays so. `liftings`: an answer
   * tells it, to a call that began after so many.
   */
  async pauseRestricted(
    id: string,
    { liftings, ...why }: Pick<ChannelRow, "pausedReason" | "resumesAt"> & { liftings?: number },
    beside: Beside,
  ): Promise<void> {
    const isAnswer = liftings !== undefined;
    // The answer to a try that is under way is older than this.
    if (!isAnswer) this.#trials.delete(id);
    const pause: Wish = (now) => {
      if (isAnswer && liftings !== this.liftings(id)) return undefined;
      if (now.restricted) return isAnswer ? undefined : why;
      return now.paused ? undefined : { paused: true, restricted: true, ...why };
    };
    await this.#change(id, pause, { beside });
  }

  async remove(id: string, at: number): Promise<void> {
    await this.#changing.inTurn(id, async () => {
      await this.#store.removeChannel(id, at);
      this.#byId.delete(id);
      this.#edition.count();
    });
  }

  /** Undefined where there is no such channel any more. */
  #change(
    id: string,
    wish: Wish,
    { beside, telling }: { beside?: Beside | undefined; telling?: Telling },
  ): Promise<Changed | undefined> {
    return this.#changing.inTurn(id, async () => {
      const known = this.get(id);
      if (beside && known && !wish(known))
        return { channel: known, stored: this.#byId.get(id)!, isChanged: false };
      const changeOf = (row: ChannelRow, app: AppRow | undefined) => wish(this.#whole(row, app));
      const [changed] = await Promise.all([
        this.#store.changeChannel(id, { changeOf, eventOf: telling }),
        known && beside?.(known),
      ]);
      if (!changed) this.#byId.delete(id);
      return changed && this.#noteChange(changed);
    });
  }

  /** Others may have changed it and its app before, which this node has not read yet. */
  #noteChange({ before, after, app, isChanged }: ChangedChannel): Changed {
    const known = this.#byId.get(after.id);
    if (app && !app.isUnreadable) this.#apps.hold(app);
    const kept = known ? asFarAsRead(known, after) : after;
    this.#byId.set(after.id, kept);
    this.#edition.count();
    if ((before.restricted || known?.restricted) && !after.restricted) this.noteLifted(after.id);
    return { channel: this.#whole(kept), stored: after, isChanged };
  }

  #byNaturalId(naturalId: string, isSeen: (channel: ChannelRow) => boolean): ChannelRow | undefined {
    const matches = this.#find((channel) => channel.naturalId === naturalId && isSeen(channel));
    return matches.length === 1 ? matches[0] : undefined;
  }

  #find(test: (channel: ChannelRow) => boolean): ChannelRow[] {
    return [...this.#byId.values()].filter(test).map((channel) => this.#whole(channel));
  }

  #whole(channel: ChannelRow, stored?: AppRow): ChannelRow {
    const app = channel.appId === undefined ? undefined : (stored ?? this.#apps.get(channel.appId));
    if (!app) return channel;
    if (app.isUnreadable)
      return { ...channel, isUnreadable: true, paused: true, pausedReason: unreadableApp(app) };
    return { ...channel, credentials: { ...channel.credentials, ...appCredentials(app) } };
  }
}

export function accessTo(channel: ChannelRow): Access {
  return { credentials: channel.credentials, baseUrl: channel.baseUrl };
}
