import type { SessionRow, SigningInStore } from "../signing-in.ts";
import type { Db, Work } from "./db.ts";

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
      db.write(function* () {
        yield* db.run("UPDATE sessions SET expires_at = ? WHERE hash = ?", expiresAt, hash);
      }),
    sessions: (now) =>
      db.read(function* () {
        const sql = "SELECT * FROM sessions WHERE expires_at > ? ORDER BY created_at, hash";
        return (yield* db.all<StoredSession>(sql, now)).map(sessionRow);
      }),
    endSessions: (of) =>
      db.write(function* () {
        if (of === "all") yield* db.run("DELETE FROM sessions");
        else yield* db.run("DELETE FROM sessions WHERE hash = ?", of.hash);
      }),
  };
}

function* addSession(db: Db, session: SessionRow, most: number): Work<string[]> {
  const { hash, keyId, keyHash, createdAt, expiresAt } = session;
  const ended = yield* hashes(db, "SELECT hash FROM sessions WHERE expires_at <= ? ORDER BY hash", createdAt);
  yield* db.run("DELETE FROM sessions WHERE expires_at <= ?", createdAt);
  yield* db.insert("sessions", {
    hash,
    key_id: keyId,
    key_hash: keyHash,
    created_at: createdAt,
    expires_at: expiresAt,
  });
  const others = yield* hashes(
    db,
    "SELECT hash FROM sessions WHERE key_id = ? AND hash <> ? ORDER BY expires_at DESC, hash",
    keyId,
    hash,
  );
  const tooMany = others.slice(Math.max(0, most - 1));
  for (const one of tooMany) yield* db.run("DELETE FROM sessions WHERE hash = ?", one);
  return [...ended, ...tooMany];
}

function* hashes(db: Db, sql: string, ...values: (string | number)[]): Work<string[]> {
  return (yield* db.all<{ hash: string }>(sql, ...values)).map(({ hash }) => hash);
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
