import assert from "node:assert/strict";
import { test } from "node:test";
import { Dialect } from "./dialect.ts";

const spellings: [string, string][] = [
  ["SELECT * FROM calls WHERE id = ? AND state = ?", "SELECT * FROM calls WHERE id = $1 AND state = $2"],
  ["SELECT ?1 WHERE a > ?2 OR b > ?1", "SELECT $1 WHERE a > $2 OR b > $1"],
  ["UPDATE t SET a = '?', b = 'it''s ?' WHERE c = ?", "UPDATE t SET a = '?', b = 'it''s ?' WHERE c = $1"],
  [`SELECT a AS "what?" FROM t WHERE b = ?`, `SELECT a AS "what?" FROM t WHERE b = $1`],
  ["SELECT 1 FROM calls INDEXED BY calls_open WHERE a = ?", "SELECT 1 FROM calls WHERE a = $1"],
  ["FROM messages m INDEXED BY messages_status WHERE 1", "FROM messages m WHERE 1"],
  ["FROM a CROSS JOIN b AS c ON c.x = a.y CROSS JOIN d", "FROM a JOIN b AS c ON c.x = a.y CROSS JOIN d"],
  ["WHERE a = ? AND +m.status = ? AND (+b = 1)", "WHERE a = $1 AND m.status = $2 AND (b = 1)"],
  [
    "SET a = a + 1, b = b +c, d = 'INDEXED BY x AND +y'",
    "SET a = a + 1, b = b +c, d = 'INDEXED BY x AND +y'",
  ],
];

test("each spelling that only SQLite knows is said as PostgreSQL does, and what is quoted stays", () => {
  const dialect = new Dialect();
  for (const [sqlite, postgres] of spellings) assert.equal(dialect.translate(sqlite).text, postgres);
});

test("a text is translated once, under a name of its own", () => {
  const dialect = new Dialect();
  const first = dialect.translate("SELECT ?");
  assert.equal(dialect.translate("SELECT ?"), first);
  assert.notEqual(dialect.translate("SELECT ?, ?").name, first.name);
});
