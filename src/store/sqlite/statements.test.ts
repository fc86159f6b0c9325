import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { done } from "./answered.ts";
import { statements } from "./statements.ts";

test("what may change something is counted, also where it begins with what it reads", () => {
  const raw = new DatabaseSync(":memory:");
  raw.exec("CREATE TABLE words (word TEXT)");
  const db = statements(raw);
  const before = (sql: string) => {
    const written = db.written;
    done(db.all(sql));
    return db.written - written;
  };
  assert.equal(before("SELECT * FROM words"), 0);
  assert.equal(before("WITH some AS (SELECT * FROM words) SELECT * FROM some"), 0);
  assert.equal(before("INSERT INTO words VALUES ('a') RETURNING word"), 1);
  assert.equal(
    before("WITH next AS (SELECT 'b' AS word) INSERT INTO words SELECT word FROM next RETURNING word"),
    1,
  );
  assert.equal(
    before(
      "WITH next AS (SELECT 'c' AS word) UPDATE words SET word = (SELECT word FROM next) RETURNING word",
    ),
    1,
  );
  raw.close();
});
