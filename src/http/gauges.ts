import { versionOf } from "../gateway/connecting/api-versions.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { ChannelRow } from "../store/rows.ts";
import type { Queue, Queues } from "../store/tallying.ts";
import type { Server } from "./server.ts";

/** What is looked up when somebody asks: what is stored is told from the store, so that it cannot drift from it. */
export const gauges = {
  antiphon_ready: { help: "1: /readyz is 200.", labels: [] },
  antiphon_messages: { help: "Stored messages.", labels: ["state"] },
  antiphon_calls: { help: "Stored calls to platforms.", labels: ["state"] },
  antiphon_deliveries: { help: "Stored deliveries to endpoints.", labels: ["state"] },
  antiphon_payloads_undigested: { help: "Webhooks stored and not read yet.", labels: [] },
  antiphon_app_payloads_unrouted: { help: "Webhooks of apps stored and not routed yet.", labels: [] },
  antiphon_unrouted_parts: {
    help: "Parts of apps' webhooks that reached no channel, kept: nobody's, or of another app's channel.",
    labels: ["kind"],
  },
  antiphon_unknown_parts: { help: "Parts of webhooks that no rule reads, kept.", labels: [] },
  antiphon_channel_calls: {
    help: "Calls that wait in a channel's lanes: queued, sending, held.",
    labels: ["channel", "platform", "state"],
  },
  antiphon_channel_oldest_call_seconds: {
    help: "Age of the oldest of them; 0: none waits.",
    labels: ["channel", "platform"],
  },
  antiphon_channel_payloads: {
    help: "Webhooks of a channel that nobody has read yet.",
    labels: ["channel", "platform"],
  },
  antiphon_channel_oldest_payload_seconds: {
    help: "Age of the oldest of them; 0: none waits.",
    labels: ["channel", "platform"],
  },
  antiphon_channel_limit_per_second: {
    help: "How many calls a second a channel may make.",
    labels: ["channel", "platform"],
  },
  antiphon_channel_paused: {
    help: "1: a channel sends nothing, and why: person, token, restriction (of its account), unreadable, platform (which asked for it), suspended.",
    labels: ["channel", "platform", "reason"],
  },
  antiphon_channel_receiving: {
    help: "1: a channel receives; 0: not yet, see GET /v1/channels.",
    labels: ["channel", "platform"],
  },
  antiphon_channel_version_days: {
    help: "Days until the version ends by which a channel asks its platform; below 0: it has ended.",
    labels: ["channel", "platform"],
  },
  antiphon_app_payloads: { help: "Webhooks of an app that are not routed yet.", labels: ["app"] },
  antiphon_app_oldest_payload_seconds: {
    help: "Age of the oldest of them; 0: none waits.",
    labels: ["app"],
  },
  antiphon_endpoint_deliveries: { help: "Deliveries that wait for an endpoint.", labels: ["endpoint"] },
  antiphon_endpoint_oldest_delivery_seconds: {
    help: "Age of the oldest of them; 0: none waits.",
    labels: ["endpoint"],
  },
  antiphon_endpoint_state: {
    help: "1 for the state that an endpoint is in: ok, failing, off, disabled.",
    labels: ["endpoint", "state"],
  },
  antiphon_backlog: { help: "What waits in all: calls, webhooks.", labels: ["of"] },
  antiphon_backlog_limit: { help: "From how many on is refused.", labels: ["of"] },
  antiphon_store_bytes: { help: "Size of a file of the store: database, log, journal.", labels: ["file"] },
  antiphon_disk_free_bytes: { help: "What the disk of the data folder has left.", labels: [] },
  antiphon_backup_newest_timestamp_seconds: {
    help: "When the newest backup was begun; 0: there is none.",
    labels: [],
  },
  antiphon_violations: { help: "Violations that the last check of invariants found.", labels: [] },
  antiphon_invariants_checked_timestamp_seconds: {
    help: "When the last check of invariants ended; 0: none has.",
    labels: [],
  },
} as const;

export type GaugeName = keyof typeof gauges;
export interface Sample {
  name: GaugeName;
  labels: Record<string, string>;
  value: number;
}

/** All that is to be told now. */
export async function samples(server: Server): Promise<Sample[]> {
  const { gateway } = server;
  const queues = await gateway.store.queues();
  const isReady = server.notReady().length === 0 && (await gateway.store.refusal()) === undefined;
  return [
    ...(await counted(server)),
    ...channelQueueSamples(server, queues),
    ...(await endpointSamples(server, queues)),
    ...[...queues.apps].flatMap(([app, queue]) => [
      sample("antiphon_app_payloads", queue.waiting, { app }),
      sample("antiphon_app_oldest_payload_seconds", ageOf(queue, gateway.clock.now()), { app }),
    ]),
    ...(await samplesWithoutStore(server, isReady)),
  ];
}

/** What is to be told also while the store does not answer, so that the gateway is not ready. */
export async function samplesWithoutStore(server: Server, isReady = false): Promise<Sample[]> {
  const { limits } = server.gateway.admission;
  return [
    sample("antiphon_ready", Number(isReady)),
    sample("antiphon_backlog_limit", limits.maxQueued, { of: "calls" }),
    sample("antiphon_backlog_limit", limits.maxUnread, { of: "webhooks" }),
    ...channelSamples(server),
    ...(await upkeepSamples(server)),
  ];
}

function sample(name: GaugeName, value: number, labels: Record<string, string> = {}): Sample {
  return { name, value, labels };
}

async function counted({ gateway: { store } }: Server): Promise<Sample[]> {
  const { messages, calls, deliveries, payloads, unroutedParts } = await store.counts();
  const { all } = await store.backlog("");
  const byState = (name: GaugeName, counts: Record<string, number>) =>
    Object.entries(counts).map(([state, count]) => sample(name, count, { state }));
  return [
    ...byState("antiphon_messages", messages),
    ...byState("antiphon_calls", calls),
    ...byState("antiphon_deliveries", deliveries),
    sample("antiphon_payloads_undigested", payloads.undigested),
    sample("antiphon_app_payloads_unrouted", payloads.unrouted),
    sample("antiphon_unknown_parts", payloads.unknownParts),
    ...Object.entries(unroutedParts).map(([kind, count]) =>
      sample("antiphon_unrouted_parts", count, { kind }),
    ),
    sample("antiphon_backlog", all.queued, { of: "calls" }),
    sample("antiphon_backlog", all.unread, { of: "webhooks" }),
  ];
}

function channelQueueSamples({ gateway }: Server, queues: Queues): Sample[] {
  const now = gateway.clock.now();
  return gateway.channels.all().flatMap(({ id, platform }) => {
    const of = { channel: id, platform };
    const queue = queues.channels.get(id) ?? { calls: {}, payloads: { waiting: 0 }, oldestCallAt: undefined };
    return [
      ...["queued", "sending", "held"].map((state) =>
        sample("antiphon_channel_calls", queue.calls[state] ?? 0, { ...of, state }),
      ),
      sample("antiphon_channel_oldest_call_seconds", ageOf({ oldestAt: queue.oldestCallAt }, now), of),
      sample("antiphon_channel_payloads", queue.payloads.waiting, of),
      sample("antiphon_channel_oldest_payload_seconds", ageOf(queue.payloads, now), of),
    ];
  });
}

function channelSamples({ gateway, lanes, receivers }: Server): Sample[] {
  return gateway.channels.all().flatMap((channel) => {
    const { id, platform } = channel;
    const of = { channel: id, platform };
    const resting = {
      person: channel.paused && !channel.awaitsCredentials && !channel.restricted && !channel.isUnreadable,
      token: channel.awaitsCredentials === true && !channel.isUnreadable,
      restriction: channel.restricted === true,
      unreadable: channel.isUnreadable === true,
      platform: lanes.restMs(channel) > 0,
      suspended: gateway.channels.isSuspended(id),
    };
    return [
      // Of several nodes by the one that makes its calls: together they are no more than that.
      ...(gateway.tenure.owns(`channel ${id}`)
        ? [sample("antiphon_channel_limit_per_second", lanes.limitPerSecond(channel), of)]
        : []),
      ...versionDays(gateway, channel).map((days) => sample("antiphon_channel_version_days", days, of)),
      sample("antiphon_channel_receiving", Number(!receivers.waiting.has(id)), of),
      ...Object.entries(resting).map(([reason, is]) =>
        sample("antiphon_channel_paused", Number(is), { ...of, reason }),
      ),
    ];
  });
}

/** Nothing where no end is known. */
function versionDays(gateway: Gateway, channel: ChannelRow): number[] {
  const endsAt = versionOf(gateway, channel)?.endsAt;
  return endsAt === undefined ? [] : [Math.floor((endsAt - gateway.clock.now()) / 86_400_000)];
}

async function endpointSamples({ gateway }: Server, queues: Queues): Promise<Sample[]> {
  const { store, clock } = gateway;
  const endpoints = await store.endpoints();
  return endpoints.flatMap(({ id, enabled, failing, disabled }) => {
    const queue = queues.endpoints.get(id) ?? { waiting: 0 };
    const now = disabled ? "disabled" : !enabled ? "off" : failing ? "failing" : "ok";
    return [
      sample("antiphon_endpoint_deliveries", queue.waiting, { endpoint: id }),
      sample("antiphon_endpoint_oldest_delivery_seconds", ageOf(queue, clock.steady()), { endpoint: id }),
      ...["ok", "failing", "off", "disabled"].map((state) =>
        sample("antiphon_endpoint_state", Number(state === now), { endpoint: id, state }),
      ),
    ];
  });
}

async function upkeepSamples({ invariants, backups, sizes }: Server): Promise<Sample[]> {
  const { violations, checkedAt } = invariants.last;
  const newest = (await backups.list()).find(({ state }) => state === "done");
  const { files, freeBytes } = await sizes();
  return [
    sample("antiphon_violations", violations.length),
    sample("antiphon_invariants_checked_timestamp_seconds", (checkedAt ?? 0) / 1000),
    sample("antiphon_backup_newest_timestamp_seconds", (newest?.beganAt ?? 0) / 1000),
    sample("antiphon_disk_free_bytes", freeBytes),
    ...Object.entries(files).map(([file, bytes]) => sample("antiphon_store_bytes", bytes, { file })),
  ];
}

/** A wall clock that was set back makes nothing younger than now. */
function ageOf({ oldestAt }: Pick<Queue, "oldestAt">, now: number): number {
  return oldestAt === undefined ? 0 : Math.max(0, now - oldestAt) / 1000;
}
