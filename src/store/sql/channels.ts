import type { Credentials, PlatformName } from "../../core/platform.ts";
import { GatewayError } from "../../core/problem.ts";
import type { ChangedChannel, ChannelWish } from "../connecting.ts";
import type { AppRow, ChannelRow } from "../rows.ts";
import type { Store } from "../store.ts";
import { openRow } from "../vault.ts";
import { addApp, isKnownApp, readApp } from "./apps.ts";
import { channelRemoved, demandChannel } from "./channel-lookup.ts";
import { insertSealed, isIntact, reseal } from "./checksum.ts";
import { toJson } from "./columns.ts";
import type { Db, Work } from "./db.ts";
import { appendEvent } from "./events.ts";
import { endHolds, giveUp } from "./settle.ts";

interface StoredChannel {
  id: string;
  platform: PlatformName;
  natural_id: string;
  name: string;
  credentials: string;
  base_url: string;
  simulated: number;
  webhook_secret: string;
  paused: number;
  paused_reason: string | null;
  awaits_credentials: number;
  restricted: number;
  resumes_at: number | null;
  messages_per_second: number | null;
  options: string | null;
  on_ambiguous: ChannelRow["onAmbiguous"] | null;
  on_failed: ChannelRow["onFailed"] | null;
  retention: string | null;
  app_id: string | null;
  created_at: number;
}

type ChannelsPart = Pick<
  Store,
  | "addChannel"
  | "updateChannel"
  | "changeChannel"
  | "removeChannel"
  | "channels"
  | "setting"
  | "putSetting"
  | "replaceSetting"
>;

export function channelsPart(db: Db): ChannelsPart {
  return {
    addChannel: (channel, app) => db.write(() => addChannel(db, channel, app)),
    updateChannel: (id, change) => db.write(() => updateChannel(db, id, change)),
    changeChannel: (id, wish) => db.write(() => changeChannel(db, id, wish)),
    removeChannel: (id, at) => db.write(() => removeChannel(db, id, at)),
    channels: () =>
      db.read(function* () {
        const sql = "SELECT * FROM channels WHERE removed_at IS NULL ORDER BY created_at, id";
        return (yield* db.all<StoredChannel>(sql)).map((row) => channelRow(db, row));
      }),
    setting: (key) =>
      db.read(function* () {
        return (yield* db.one<{ value: string }>("SELECT value FROM settings WHERE key = ?", key))?.value;
      }),
    putSetting: (key, value) =>
      db.write(function* () {
        yield* db.run(
          "INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
          key,
          value,
        );
      }),
    replaceSetting: (key, before, value) => db.write(() => replaceSetting(db, key, { before, value })),
  };
}

function* replaceSetting(
  db: Db,
  key: string,
  { before, value }: { before: string | undefined; value: string },
): Work<boolean> {
  if (before !== undefined)
    return (
      (yield* db.run("UPDATE settings SET value = ? WHERE key = ? AND value = ?", value, key, before)) > 0
    );
  const sql = "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING";
  return (yield* db.run(sql, key, value)) > 0;
}

function* addChannel(db: Db, channel: ChannelRow, app: AppRow | undefined): Work<void> {
  if (app) yield* addApp(db, app);
  if (channel.appId !== undefined && !(yield* isKnownApp(db, channel.appId)))
    throw new GatewayError("conflict", `App ${channel.appId} was removed meanwhile.`);
  yield* demandFree(db, channel.platform, channel.naturalId);
  yield* insertSealed(db, "channels", {
    id: channel.id,
    platform: channel.platform,
    ...columns(channel),
    ...sealed(db, channel.id, channel),
  });
}

function* updateChannel(db: Db, id: string, change: Partial<ChannelRow>): Work<void> {
  const platform = yield* demandChannel(db, id);
  if (change.naturalId !== undefined) yield* demandFree(db, platform, change.naturalId, id);
  yield* db.update("channels", id, { ...columns(change), ...sealed(db, id, change) });
  yield* reseal(db, "channels", { column: "id", key: id });
}

function* changeChannel(
  db: Db,
  id: string,
  { changeOf, eventOf }: ChannelWish,
): Work<ChangedChannel | undefined> {
  const before = yield* readChannel(db, id);
  if (!before) return undefined;
  const app = before.appId === undefined ? undefined : yield* readApp(db, before.appId);
  const change = changeOf(before, app);
  if (!change) return { before, after: before, app, isChanged: false };
  yield* updateChannel(db, id, change);
  const event = eventOf?.(before);
  if (event) yield* appendEvent(db, event);
  return { before, after: { ...before, ...change }, app, isChanged: true };
}

function* readChannel(db: Db, id: string): Work<ChannelRow | undefined> {
  const sql = "SELECT * FROM channels WHERE id = ? AND removed_at IS NULL";
  const row = yield* db.one<StoredChannel>(sql, id);
  return row && channelRow(db, row);
}

function* demandFree(db: Db, platform: string, naturalId: string, except = ""): Work<void> {
  const sql =
    "SELECT id FROM channels WHERE platform = ? AND natural_id = ? AND removed_at IS NULL AND id <> ?";
  const taken = yield* db.one<{ id: string }>(sql, platform, naturalId, except);
  if (!taken) return;
  throw new GatewayError(
    "conflict",
    `${naturalId} on ${platform} is connected already, as channel ${taken.id}.`,
  );
}

/** A call that is under way is left alone: its answer still settles it. What waits to be read is kept as unknown. */
function* removeChannel(db: Db, id: string, at: number): Work<void> {
  yield* demandChannel(db, id);
  yield* endHolds(db, id, at);
  const waiting = yield* db.all<{ message_id: string }>(
    "SELECT message_id FROM calls WHERE state = 'queued' AND channel_id = ? GROUP BY message_seq, message_id ORDER BY message_seq",
    id,
  );
  for (const { message_id } of waiting)
    yield* giveUp(db, message_id, { as: "skipped", problem: channelRemoved, at, source: "gateway" });
  yield* db.run(
    `INSERT INTO unknown_parts (channel_id, payload_id, path, reason)
     SELECT channel_id, id, '', 'the channel was removed' FROM payloads WHERE channel_id = ? AND digested_at < 0`,
    id,
  );
  yield* db.run("UPDATE payloads SET digested_at = ? WHERE channel_id = ? AND digested_at < 0", at, id);
  yield* db.update("channels", id, { removed_at: at, credentials: "", webhook_secret: "" });
}

function sealed(db: Db, row: string, { credentials, webhookSecret }: Partial<ChannelRow>) {
  const seal = (column: "credentials" | "webhook_secret", text: string) =>
    db.vault.seal(text, { table: "channels", column, row });
  return {
    ...(credentials && { credentials: seal("credentials", JSON.stringify(credentials)) }),
    ...(webhookSecret !== undefined && { webhook_secret: seal("webhook_secret", webhookSecret) }),
  };
}

/** The columns of the fields that are given, but for those that are sealed; an explicit undefined empties the ones that may be empty. */
function columns(channel: Partial<ChannelRow>) {
  const all = {
    natural_id: channel.naturalId,
    name: channel.name,
    base_url: channel.baseUrl,
    simulated: channel.simulated === undefined ? undefined : Number(channel.simulated),
    paused: channel.paused === undefined ? undefined : Number(channel.paused),
    paused_reason: "pausedReason" in channel ? (channel.pausedReason ?? null) : undefined,
    awaits_credentials:
      channel.awaitsCredentials === undefined ? undefined : Number(channel.awaitsCredentials),
    restricted: channel.restricted === undefined ? undefined : Number(channel.restricted),
    resumes_at: "resumesAt" in channel ? (channel.resumesAt ?? null) : undefined,
    messages_per_second: "messagesPerSecond" in channel ? (channel.messagesPerSecond ?? null) : undefined,
    options: "options" in channel ? toJson(channel.options) : undefined,
    on_ambiguous: channel.onAmbiguous,
    on_failed: channel.onFailed,
    retention: "retention" in channel ? toJson(channel.retention) : undefined,
    app_id: channel.appId,
    created_at: channel.createdAt,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Record<string, string | number | null>;
}

function channelRow(db: Db, row: StoredChannel): ChannelRow {
  const open = (column: "credentials" | "webhook_secret") =>
    db.vault.open(row[column], { table: "channels", column, row: row.id });
  const opened = openRow(() => ({
    credentials: JSON.parse(open("credentials")) as Credentials,
    webhookSecret: open("webhook_secret"),
  }));
  return {
    id: row.id,
    platform: row.platform,
    naturalId: row.natural_id,
    name: row.name,
    ...((isIntact("channels", row) && opened) || { credentials: {}, webhookSecret: "", isUnreadable: true }),
    baseUrl: row.base_url,
    simulated: row.simulated === 1,
    paused: row.paused === 1,
    ...(row.paused_reason !== null && { pausedReason: row.paused_reason }),
    ...(row.awaits_credentials === 1 && { awaitsCredentials: true }),
    ...(row.restricted === 1 && { restricted: true }),
    ...(row.resumes_at !== null && { resumesAt: row.resumes_at }),
    ...(row.messages_per_second !== null && { messagesPerSecond: row.messages_per_second }),
    ...(row.options !== null && { options: JSON.parse(row.options) }),
    ...(row.on_ambiguous !== null && { onAmbiguous: row.on_ambiguous }),
    ...(row.on_failed !== null && { onFailed: row.on_failed }),
    ...(row.retention !== null && { retention: JSON.parse(row.retention) }),
    ...(row.app_id !== null && { appId: row.app_id }),
    createdAt: row.created_at,
  };
}
