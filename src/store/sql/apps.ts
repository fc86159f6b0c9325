import { GatewayError } from "../../core/problem.ts";
import type { AppRow, UnroutedPart } from "../rows.ts";
import type { Store } from "../store.ts";
import { openRow } from "../vault.ts";
import type { Db, Work } from "./db.ts";
import { redactUnrouted } from "./erasure.ts";

type AppsPart = Pick<Store, "addApp" | "updateApp" | "removeApp" | "apps">;

interface StoredApp {
  id: string;
  provider: AppRow["provider"];
  app_id: string;
  name: string;
  secrets: string;
  verify_token: string;
  created_at: number;
}

export function appsPart(db: Db): AppsPart {
  return {
    addApp: (app) => db.write(() => addApp(db, app)),
    updateApp: (id, change) => db.write(() => updateApp(db, id, change)),
    removeApp: (id, at) => db.write(() => removeApp(db, id, at)),
    apps: () =>
      db.read(function* () {
        const sql = "SELECT * FROM apps WHERE removed_at IS NULL ORDER BY created_at, id";
        return (yield* db.all<StoredApp>(sql)).map((row) => appRow(db, row));
      }),
  };
}

export function* readApp(db: Db, id: string): Work<AppRow | undefined> {
  const row = yield* db.one<StoredApp>("SELECT * FROM apps WHERE id = ? AND removed_at IS NULL", id);
  return row && appRow(db, row);
}

function appRow(db: Db, row: StoredApp): AppRow {
  const opened = openRow(() => ({
    secrets: JSON.parse(db.vault.open(row.secrets, { table: "apps", column: "secrets", row: row.id })),
    verifyToken: db.vault.open(row.verify_token, { table: "apps", column: "verify_token", row: row.id }),
  }));
  return {
    id: row.id,
    provider: row.provider,
    appId: row.app_id,
    name: row.name,
    ...(opened ?? { secrets: [], verifyToken: "", isUnreadable: true }),
    createdAt: row.created_at,
  };
}

function sealedSecrets(db: Db, id: string, secrets: string[]): string {
  return db.vault.seal(JSON.stringify(secrets), { table: "apps", column: "secrets", row: id });
}

function sealedToken(db: Db, id: string, verifyToken: string): string {
  return db.vault.seal(verifyToken, { table: "apps", column: "verify_token", row: id });
}

export function* addApp(db: Db, app: AppRow): Work<void> {
  const sql = "SELECT id FROM apps WHERE provider = ? AND app_id = ? AND removed_at IS NULL";
  const taken = yield* db.one<{ id: string }>(sql, app.provider, app.appId);
  if (taken) throw new GatewayError("conflict", `App ${app.appId} is known already, as ${taken.id}.`);
  yield* db.insert("apps", {
    id: app.id,
    provider: app.provider,
    app_id: app.appId,
    name: app.name,
    secrets: sealedSecrets(db, app.id, app.secrets),
    verify_token: sealedToken(db, app.id, app.verifyToken),
    created_at: app.createdAt,
  });
}

function* updateApp(db: Db, id: string, change: Parameters<Store["updateApp"]>[1]): Work<void> {
  const { name, secrets, verifyToken } = change;
  yield* demandApp(db, id);
  yield* db.update("apps", id, {
    ...(name !== undefined && { name }),
    ...(secrets !== undefined && { secrets: sealedSecrets(db, id, secrets) }),
    ...(verifyToken !== undefined && { verify_token: sealedToken(db, id, verifyToken) }),
  });
}

interface UnroutedParts {
  appId: string;
  appPayloadId: number;
  parts: UnroutedPart[];
}

/**
 * Keeps what reached no channel, and counts it with the app: it is asked for often, and there may be millions. What is
 * another app's business stays without its content; what nobody knows yet stays whole, for its reading may be mended.
 */
export function* keepUnrouted(db: Db, { appId, appPayloadId, parts }: UnroutedParts): Work<void> {
  for (const part of parts)
    yield* db.insert("unrouted_parts", { app_id: appId, app_payload_id: appPayloadId, ...part });
  yield* redactUnrouted(
    db,
    appPayloadId,
    parts.filter(({ kind }) => kind === "refused").map(({ path }) => path),
  );
  const count = (kind: UnroutedPart["kind"]) => parts.filter((part) => part.kind === kind).length;
  const sql = `UPDATE apps SET unknown_parts = unknown_parts + ?, refused_parts = refused_parts + ? WHERE id = ?`;
  if (parts.length > 0) yield* db.run(sql, count("unknown"), count("refused"), appId);
}

/** What waits to be routed has no channel left to go to: it is kept as unknown. */
function* removeApp(db: Db, id: string, at: number): Work<void> {
  yield* demandApp(db, id);
  const users = (yield* db.all("SELECT 1 FROM channels WHERE app_id = ? AND removed_at IS NULL", id)).length;
  if (users > 0) throw new GatewayError("conflict", `The app still serves ${users} channels.`);
  const waiting = yield* db.all<{ id: number }>(
    "SELECT id FROM app_payloads WHERE app_id = ? AND routed_at < 0",
    id,
  );
  const parts: UnroutedPart[] = [{ path: "", kind: "unknown", reason: "the app was removed" }];
  for (const payload of waiting) {
    yield* keepUnrouted(db, { appId: id, appPayloadId: payload.id, parts });
    yield* redactUnrouted(db, payload.id, [""]);
  }
  yield* db.run("UPDATE app_payloads SET routed_at = ? WHERE app_id = ? AND routed_at < 0", at, id);
  yield* db.update("apps", id, { removed_at: at, secrets: "", verify_token: "" });
}

export function* isKnownApp(db: Db, id: string): Work<boolean> {
  return (yield* db.one("SELECT 1 FROM apps WHERE id = ? AND removed_at IS NULL", id)) !== undefined;
}

export function* demandApp(db: Db, id: string): Work<void> {
  if (yield* isKnownApp(db, id)) return;
  throw new GatewayError("not_found", `There is no app ${id}.`);
}
