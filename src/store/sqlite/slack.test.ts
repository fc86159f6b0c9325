import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Slack } from "./slack.ts";

const rows = 20_000;
const isGone = (row: number) => row % 3 > 0;
/** In no order, so that rows move between pages as they come and go. */
const keyOf = (row: number) => `${(row * 7_919_317) % 10_000_019}+CANARY${row}.`;

function made(file: string, autoVacuum: string): DatabaseSync {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA auto_vacuum = ${autoVacuum}; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
    PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;
    CREATE TABLE names (name TEXT PRIMARY KEY, text TEXT) STRICT, WITHOUT ROWID; BEGIN`);
  const insert = db.prepare("INSERT INTO names VALUES (?, ?)");
  // Now and then one that goes on over pages of its own.
  for (let row = 0; row < rows; row++) insert.run(keyOf(row), "x".repeat(row % 997 === 0 ? 9_000 : row % 40));
  const remove = db.prepare("DELETE FROM names WHERE name = ?");
  for (let row = 0; row < rows; row++) if (isGone(row)) remove.run(keyOf(row));
  db.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  return db;
}

/** Of the deleted rows, how many can be read in the file. */
function readable(file: string): number {
  const found = readFileSync(file, "latin1").matchAll(/CANARY(\d+)\./g);
  return new Set([...found].map(([, row]) => Number(row)).filter(isGone)).size;
}

for (const autoVacuum of ["NONE", "INCREMENTAL"]) {
  test(`what SQLite leaves of deleted rows is overwritten, and nothing else (auto_vacuum ${autoVacuum})`, () => {
    const folder = mkdtempSync(join(tmpdir(), "antiphon-slack-"));
    const file = join(folder, "a.db");
    const db = made(file, autoVacuum);
    const before = db.prepare("SELECT * FROM names").all();
    assert.ok(readable(file) > 0, "SQLite leaves copies, or this test sees nothing");
    const slack = new Slack(file);
    const shape = { pageBytes: 4096, hasMaps: autoVacuum !== "NONE" };
    db.exec("PRAGMA shrink_memory");
    for (let page: number | undefined = 1; page !== undefined; ) page = slack.overwrite(page, shape);
    assert.equal(readable(file), 0);
    db.exec("UPDATE names SET text = text || '!'; PRAGMA wal_checkpoint(TRUNCATE)");
    assert.equal(readable(file), 0, "nor does it come back from memory");
    assert.equal(db.prepare("PRAGMA integrity_check").get()?.integrity_check, "ok");
    const after = db.prepare("SELECT name, rtrim(text, '!') AS text FROM names").all();
    assert.deepEqual(after, before);
    db.close();
    slack.close();
    rmSync(folder, { recursive: true });
  });
}
