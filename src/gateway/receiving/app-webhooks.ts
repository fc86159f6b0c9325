import type { Destination, InboundRequest, Verdict } from "../../core/platform.ts";
import { traceIn } from "../../core/tracing.ts";
import type { Routing } from "../../store/receiving.ts";
import type { AppPayloadRow, AppRow, UnroutedPart } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import { heldFor, idsOf } from "../nodes/tenure.ts";
import { Wakeable } from "../wakeable.ts";
import { signatureOf, takeWebhook } from "./ingest.ts";
import { readPayload } from "./read-payload.ts";
import { demandReadable } from "./set-aside.ts";
import { poisonReason } from "./suspects.ts";

/** So many bytes at a time, or one payload: that may have 4 MB. */
const batch = { limit: 10, maxBytes: 4 * 1024 * 1024 };

/** Verifies an app's webhook by its raw bytes and stores it whole. The 200 may go out once this has fulfilled. */
export async function ingestForApp(gateway: Gateway, app: AppRow, request: InboundRequest): Promise<Verdict> {
  demandReadable(app);
  const verdict = gateway.provider.verify(request, app);
  if (verdict.kind === "forged" && request.method === "POST")
    gateway.refusedWebhooks.add(app.id, gateway.clock.now());
  if (verdict.kind !== "genuine") return verdict;
  gateway.refusedWebhooks.clear(app.id);
  const signature = signatureOf(request, gateway.provider.signature.header);
  const body = new TextDecoder().decode(request.rawBody);
  const taken = { platform: app.provider, trace: traceIn(request.headers.traceparent), ids: { app: app.id } };
  await takeWebhook(gateway, taken, (trace) =>
    gateway.store.storeAppPayload(app.id, body, gateway.clock.now(), { signature, trace }),
  );
  gateway.appPayloadsReady.raise(app.id);
  return verdict;
}

/** Parts the stored payloads of apps among their channels, per app in the order of arrival, each in one transaction. */
export class Router {
  readonly #gateway: Gateway;
  readonly #apps = new Map<string, Wakeable>();
  #stopping = false;
  readonly #unlisten: () => void;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.#unlisten = gateway.appPayloadsReady.listen((appId) => this.#wake(appId));
    gateway.tenure.attend({
      takeUp: (names) => this.#takeUp(idsOf("app", names)),
      drop: async (name) => this.#drop(idsOf("app", [name])),
    });
  }

  start(): void {
    for (const app of this.#gateway.apps.all()) this.#wake(app.id);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#unlisten();
    await Promise.all([...this.#apps.values()].map((app) => app.stop()));
  }

  #takeUp(appIds: readonly string[]): void {
    if (appIds.length > 0) this.#gateway.suspects.takeUp();
    for (const id of appIds) this.#wake(id);
  }

  async #drop(appIds: readonly string[]): Promise<void> {
    for (const id of appIds) {
      const work = this.#apps.get(id);
      this.#apps.delete(id);
      await work?.stop();
    }
  }

  #wake(appId: string): void {
    if (this.#stopping || !this.#gateway.tenure.owns(`app ${appId}`)) return;
    const app = this.#apps.get(appId) ?? this.#follow(appId);
    app.wake();
  }

  #follow(appId: string): Wakeable {
    const work = new Wakeable(
      this.#gateway.clock,
      () => this.#run(appId),
      (err) => this.#gateway.log.error({ err, app: appId }, "payloads could not be routed yet; trying again"),
    );
    this.#apps.set(appId, work);
    return work;
  }

  async #run(appId: string): Promise<void> {
    const { store, suspects, tenure } = this.#gateway;
    while (!this.#stopping && tenure.owns(`app ${appId}`)) {
      const payloads = await store.unrouted(appId, batch);
      const ids = payloads.map(({ id }) => id);
      await suspects.over("app_payload", ids, async (read) => {
        for (const payload of payloads)
          await read(payload.id, ({ isPoison }) => this.#route(payload, isPoison));
      });
      if (payloads.length === 0) return;
    }
  }

  async #route(payload: AppPayloadRow, isPoison: boolean): Promise<void> {
    const { clock, log, payloadsReady } = this.#gateway;
    const { store } = heldFor(this.#gateway, `app ${payload.appId}`);
    const told = { app: payload.appId, payload: payload.id };
    const span = this.#gateway.tracing.begin({ name: "route", parent: payload.trace, attributes: told });
    const { parts, unrouted } = isPoison ? unreadable(poisonReason) : this.#routing(payload);
    await store
      .route({ appPayloadId: payload.id, at: clock.now(), parts, unrouted })
      .finally(() => span.end());
    log.info({ ...told, parts: parts.length, unrouted: unrouted.length }, "routed");
    for (const part of unrouted) log.warn({ ...told, ...part }, "a part of a webhook reached no channel");
    for (const channelId of new Set(parts.map((part) => part.channelId))) payloadsReady.raise(channelId);
  }

  /** Whatever a payload holds, it is handed on or kept: one that came back for ever would hold up all behind it. */
  #routing(payload: AppPayloadRow): Pick<Routing, "parts" | "unrouted"> {
    try {
      return this.#parted(payload);
    } catch (err) {
      this.#gateway.log.error(
        { err, app: payload.appId, payload: payload.id },
        "a payload could not be routed",
      );
      return unreadable("could not be routed");
    }
  }

  #parted({ appId, body, isDamaged }: AppPayloadRow): Pick<Routing, "parts" | "unrouted"> {
    if (isDamaged) return unreadable("corrupt: its checksum does not fit");
    const read = readPayload(body);
    if ("reason" in read) return unreadable(read.reason);
    const { parts, unknown } = this.#gateway.provider.route(read.payload);
    const routing: Pick<Routing, "parts" | "unrouted"> = {
      parts: [],
      unrouted: unknown.map((part) => ({ ...part, kind: "unknown" })),
    };
    for (const { to, path, payload } of parts) {
      for (const target of to.isAccount ? this.#channelsOf(appId, to) : [this.#channelOf(appId, to)])
        if ("channelId" in target) routing.parts.push({ ...target, body: JSON.stringify(payload) });
        else routing.unrouted.push({ ...target, path });
    }
    return routing;
  }

  /** All channels of an account: what concerns it is told to each. */
  #channelsOf(
    appId: string,
    { platform, naturalId }: Destination,
  ): ({ channelId: string } | Omit<UnroutedPart, "path">)[] {
    const { channels, platforms } = this.#gateway;
    const found = channels
      .of(appId)
      .filter((one) => one.platform === platform && !channels.isSuspended(one.id))
      .filter((one) => platforms[platform].accountId?.(one.credentials) === naturalId);
    if (found.length > 0) return found.map(({ id }) => ({ channelId: id }));
    return [{ kind: "unknown", reason: `unknown account ${platform} ${naturalId}` }];
  }

  #channelOf(appId: string, to: Destination): { channelId: string } | Omit<UnroutedPart, "path"> {
    const { channels } = this.#gateway;
    const name = `${to.platform} ${to.naturalId}`;
    const channel = channels.at(to);
    if (!channel || channels.isSuspended(channel.id))
      return { kind: "unknown", reason: `unknown target ${name}` };
    if (channel.appId === appId) return { channelId: channel.id };
    const whose = channel.appId ? "another app" : "no app";
    return { kind: "refused", reason: `${name} belongs to ${whose}` };
  }
}

function unreadable(reason: string): Pick<Routing, "parts" | "unrouted"> {
  return { parts: [], unrouted: [{ path: "", kind: "unknown", reason }] };
}
