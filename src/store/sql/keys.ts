import { demandRights, type Rights } from "../../core/caller.ts";
import { GatewayError } from "../../core/problem.ts";
import type { Scope } from "../../core/scope.ts";
import type { AuthorizingStore, KeyRow } from "../authorizing.ts";
import { fromJson } from "./columns.ts";
import type { Db, Work } from "./db.ts";

interface StoredKey {
  id: string;
  name: string;
  hash: string;
  scopes: string;
  channels: string;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  revoked_at: number | null;
}

export function keysPart(db: Db): AuthorizingStore {
  return {
    addKey: (key, by) =>
      db.write(function* () {
        yield* demandGiver(db, by, key);
        yield* db.insert("api_keys", { id: key.id, created_at: key.createdAt, ...columns(key) });
      }),
    updateKey: (id, change, by) => db.write(() => updateKey(db, { id, change, by })),
    keys: () => db.read(() => readKeys(db)),
  };
}

function* readKeys(db: Db): Work<KeyRow[]> {
  return (yield* db.all<StoredKey>("SELECT * FROM api_keys ORDER BY created_at, id")).map(keyRow);
}

/** Two requests may come to one commit: only here is it known which of them was first. */
function* demandGiver(db: Db, by: string | undefined, rights: Rights): Work<void> {
  if (by === undefined) return;
  const giver = (yield* readKeys(db)).find(({ id, revokedAt }) => id === by && revokedAt === undefined);
  demandRights(giver, rights);
}

interface Change {
  id: string;
  change: Partial<KeyRow>;
  by?: string;
}

function* updateKey(db: Db, { id, change, by }: Change): Work<void> {
  const before = yield* readKeys(db);
  const key = before.find((one) => one.id === id);
  if (!key) throw new GatewayError("not_found", `There is no API key ${id}.`);
  yield* demandGiver(db, by, { ...key, ...change });
  if (Object.keys(change).length > 0) yield* db.update("api_keys", id, columns(change));
  if (!lasts(key) || before.some((one) => one.id !== id && lasts(one)) || (yield* readKeys(db)).some(lasts))
    return;
  const detail = "This is the last key that is admin of all channels and never expires; nothing was changed.";
  throw new GatewayError("conflict", detail, { extra: { hint: "Make another such key first." } });
}

/** Whether it lets its owner in for good, to everything. */
function lasts({ scopes, channels, expiresAt, revokedAt }: KeyRow): boolean {
  const isEndless = expiresAt === undefined && revokedAt === undefined;
  return isEndless && scopes.includes("admin") && channels.length === 0;
}

function columns(key: Partial<KeyRow>) {
  const all = {
    name: key.name,
    hash: key.hash,
    scopes: key.scopes && JSON.stringify(key.scopes),
    channels: key.channels && JSON.stringify(key.channels),
    expires_at: "expiresAt" in key ? (key.expiresAt ?? null) : undefined,
    last_used_at: key.lastUsedAt,
    revoked_at: "revokedAt" in key ? (key.revokedAt ?? null) : undefined,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Record<string, string | number | null>;
}

function keyRow(row: StoredKey): KeyRow {
  return {
    id: row.id,
    name: row.name,
    hash: row.hash,
    scopes: fromJson<Scope[]>(row.scopes) ?? [],
    channels: fromJson<string[]>(row.channels) ?? [],
    createdAt: row.created_at,
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at }),
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
  };
}
