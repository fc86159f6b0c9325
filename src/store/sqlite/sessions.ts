import type { SessionRow, SigningInStore } from "../signing-in.ts";
import type { Db } from "./connection.ts";

interface StoredSession {
  hash: string;
  key_id: string;
  key_hash: string;
  created_at: number;
  expires_at: number;
}

export function sessionsPart(db: Db): SigningInStore {
  return {
    addSession: (session, most) => db.write(() => addSession(db, session, most)),
    extendSession: (hash, expiresAt) =>
      db.write(() => {
        db.run("UPDATE sessions SET expires_at = ? WHERE hash = ?", expiresAt, hash);
      }),
    sessions: async (now) =>
      db
        .all<StoredSession>("SELECT * FROM sessions WHERE expires_at > ? ORDER BY created_at, hash", now)
        .map(sessionRow),
    endSessions: (of) =>
      db.write(() => {
        if (of === "all") db.run("DELETE FROM sessions");
        else db.run("DELETE FROM sessions WHERE hash = ?", of.hash);
      }),
  };
}

function addSession(db: Db, session: SessionRow, most: number): string[] {
  const { hash, keyId, keyHash, createdAt, expiresAt } = session;
  const ended = hashes(db, "SELECT hash FROM sessions WHERE expires_at <= ? ORDER BY hash", createdAt);
  db.run("DELETE FROM sessions WHERE expires_at <= ?", createdAt);
  db.insert("sessions", {
    hash,
    key_id: keyId,
    key_hash: keyHash,
    created_at: createdAt,
    expires_at: expiresAt,
  });
  const others = hashes(
    db,
    "SELECT hash FROM sessions WHERE key_id = ? AND hash <> ? ORDER BY expires_at DESC, hash",
    keyId,
    hash,
  );
  const tooMany = others.slice(Math.max(0, most - 1));
  for (const one of tooMany) db.run("DELETE FROM sessions WHERE hash = ?", one);
  return [...ended, ...tooMany];
}

function hashes(db: Db, sql: string, ...values: (string | number)[]): string[] {
  return db.all<{ hash: string }>(sql, ...values).map(({ hash }) => hash);
}

function sessionRow(row: StoredSession): SessionRow {
  return {
    hash: row.hash,
    keyId: row.key_id,
    keyHash: row.key_hash,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
