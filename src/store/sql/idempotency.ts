import { GatewayError } from "../../core/problem.ts";
import { withoutPerson } from "../person-redaction.ts";
import type { KeptAnswer, KeyedRequest } from "../rows.ts";
import type { Store } from "../store.ts";
import { openRow } from "../vault.ts";
import { type Db, repeatable, type Work } from "./db.ts";

type IdempotencyPart = Pick<Store, "keyedRequest" | "claimKey" | "keepAnswer" | "releaseKey">;

interface StoredRequest {
  scope: string;
  fingerprint: string;
  expires_at: number;
  status: number | null;
  content_type: string;
  body: string;
  node: string | null;
}

/** How many expired ones go with each new one: more than come, so that none pile up, and never a pause. */
const prunedAtOnce = 4;

export function idempotencyPart(db: Db): IdempotencyPart {
  return {
    keyedRequest: (scope, at) => db.read(() => read(db, scope, at)),
    claimKey: (request, at) => db.write(() => claimKey(db, request, at), repeatable),
    keepAnswer: (scope, answer) => db.write(() => keepAnswer(db, scope, answer), repeatable),
    releaseKey: (scope) =>
      db.write(function* () {
        yield* db.run("DELETE FROM keyed_requests WHERE scope = ? AND status IS NULL", scope);
      }),
  };
}

function* read(db: Db, scope: string, at: number): Work<KeyedRequest | undefined> {
  const sql = `SELECT scope, fingerprint, expires_at, status, content_type, body,
    (SELECT n.id FROM nodes n WHERE n.id = keyed_requests.node) AS node
    FROM keyed_requests WHERE scope = ? AND expires_at > ?`;
  const row = yield* db.one<StoredRequest>(sql, scope, at);
  if (!row) return undefined;
  const { fingerprint, expires_at: expiresAt, status, content_type: contentType, body, node } = row;
  // An answer that cannot be read is none: what was asked for is not done again, and its asker is told to look.
  const opened = status === null ? undefined : openRow(() => ({ body: db.vault.open(body, place(scope)) }));
  return {
    scope,
    fingerprint,
    expiresAt,
    ...(status && opened && { answer: { status, contentType, ...opened } }),
    ...(status === null && node !== null && { node }),
  };
}

const place = (row: string) => ({ table: "keyed_requests", column: "body", row }) as const;

/** In the place of one that has expired; changes nothing where one is known. */
const claimSql = `
INSERT INTO keyed_requests (scope, fingerprint, expires_at, status, content_type, body, node) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (scope) DO UPDATE SET fingerprint = excluded.fingerprint, expires_at = excluded.expires_at,
  status = excluded.status, content_type = excluded.content_type, body = excluded.body, node = excluded.node
WHERE keyed_requests.expires_at <= ?`;

type WithNode = Omit<KeyedRequest, "node"> & { node?: string | null | undefined };

/** Inside a transaction: makes the request known, with its answer if there is one already. */
export function* claimKey(
  db: Db,
  { scope, fingerprint, expiresAt, answer, node = null }: WithNode,
  at: number,
): Work<void> {
  const { status = null, contentType = null, body = null } = answer ?? {};
  const sealed = body === null ? null : db.vault.seal(body, place(scope));
  const values = [scope, fingerprint, expiresAt, status, contentType, sealed, node];
  if ((yield* db.run(claimSql, ...values, at)) !== 1)
    throw new GatewayError("idempotency_key_in_use", "A request with this Idempotency-Key came before it.");
  yield* prune(db, at);
}

function* keepAnswer(db: Db, scope: string, { status, contentType, body }: KeptAnswer): Work<void> {
  const sql =
    "UPDATE keyed_requests SET status = ?, content_type = ?, body = ? WHERE scope = ? AND status IS NULL";
  if ((yield* db.run(sql, status, contentType, db.vault.seal(body, place(scope)), scope)) === 1) return;
  throw new GatewayError("conflict", "There is no such request, or it has its answer.");
}

const erasedAtOnce = 200;

/** Takes a person out of some kept answers; what repeats their requests still does nothing. Gives the last one's key. */
export function* eraseAnswers(
  db: Db,
  { names, position }: { names: ReadonlySet<string>; position: number },
): Work<number | undefined> {
  const rows = yield* db.all<{ seq: number; scope: string; body: string }>(
    `SELECT seq, scope, body FROM keyed_requests WHERE status IS NOT NULL AND seq > ? ORDER BY seq LIMIT ${erasedAtOnce}`,
    position,
  );
  for (const { seq, scope, body } of rows) {
    const opened = openRow(() => db.vault.open(body, place(scope)));
    const left = opened && withoutPerson(opened, { names, isMessage: () => false });
    if (left !== undefined)
      yield* db.run(
        "UPDATE keyed_requests SET body = ? WHERE seq = ?",
        db.vault.seal(left, place(scope)),
        seq,
      );
  }
  return rows.at(-1)?.seq;
}

function* prune(db: Db, at: number): Work<void> {
  yield* db.run(
    `DELETE FROM keyed_requests WHERE seq IN (
       SELECT seq FROM keyed_requests WHERE expires_at <= ? ORDER BY expires_at LIMIT ${prunedAtOnce})`,
    at,
  );
}
