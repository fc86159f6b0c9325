import type { Access } from "../core/platform.ts";
import { GatewayError } from "../core/problem.ts";
import type { ChannelRow } from "../store/rows.ts";
import type { Store } from "../store/store.ts";

/** The channels that this process owns, kept in step with the store: looked up at every send and webhook. */
export class Channels {
  readonly #store: Store;
  readonly #byId = new Map<string, ChannelRow>();
  readonly #suspended = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  async load(): Promise<void> {
    for (const channel of await this.#store.channels()) this.#byId.set(channel.id, channel);
  }

  all(): ChannelRow[] {
    return [...this.#byId.values()];
  }

  get(id: string): ChannelRow | undefined {
    return this.#byId.get(id);
  }

  /** By UUID or by the platform's own id. Two platforms may use the same natural id: then only the UUID will do. */
  from(name: string): ChannelRow {
    const found = this.#byId.get(name) ?? this.#byNaturalId(name);
    if (found) return found;
    throw new GatewayError("unknown_channel", `No channel has the id ${JSON.stringify(name.slice(0, 64))}.`, {
      extra: { hint: "GET /v1/channels lists them; a channel's id and its natural_id both work." },
    });
  }

  /** Sending waits, receiving goes on. */
  isHeld(channel: ChannelRow): boolean {
    return channel.paused || this.#suspended.has(channel.id);
  }

  /** Out of use until the next start: a simulated channel on an address that is not loopback. */
  suspend(id: string): void {
    this.#suspended.add(id);
  }

  isSuspended(id: string): boolean {
    return this.#suspended.has(id);
  }

  async add(channel: ChannelRow): Promise<void> {
    await this.#store.addChannel(channel);
    this.#byId.set(channel.id, channel);
  }

  async update(id: string, change: Partial<Omit<ChannelRow, "id" | "platform">>): Promise<ChannelRow> {
    await this.#store.updateChannel(id, change);
    const updated = { ...this.#byId.get(id)!, ...change };
    this.#byId.set(id, updated);
    return updated;
  }

  async remove(id: string, at: number): Promise<void> {
    await this.#store.removeChannel(id, at);
    this.#byId.delete(id);
  }

  #byNaturalId(naturalId: string): ChannelRow | undefined {
    const matches = this.all().filter((channel) => channel.naturalId === naturalId);
    return matches.length === 1 ? matches[0] : undefined;
  }
}

export function accessTo(channel: ChannelRow): Access {
  return { credentials: channel.credentials, baseUrl: channel.baseUrl };
}
