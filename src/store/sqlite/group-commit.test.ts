import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { GroupCommit } from "./group-commit.ts";

/** A database whose disk fails with SQLite's `errcode` at one statement, and the group commit on it. */
function failing(statement: string, errcode: number) {
  const db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE t (a INTEGER)");
  const state = { fails: true };
  const edge = {
    exec: (sql: string) => {
      if (state.fails && sql === statement) throw Object.assign(new Error("disk I/O error"), { errcode });
      db.exec(sql);
    },
    get isTransaction() {
      return db.isTransaction;
    },
  } as DatabaseSync;
  const told: string[] = [];
  const commits = new GroupCommit(edge, { onBroken: (sentence) => told.push(sentence) });
  const write = () =>
    commits
      .write(() => db.prepare("INSERT INTO t VALUES (1)").run())
      .then(
        () => "stored",
        (error: { code: string }) => error.code,
      );
  return { state, told, commits, write, count: () => db.prepare("SELECT count(*) AS n FROM t").get()?.n };
}

/** https://sqlite.org/rescode.html, read 2026-11-22: SQLITE_IOERR_FSYNC, _DIR_FSYNC, _READ, SQLITE_CORRUPT. */
for (const errcode of [1034, 1290, 266, 11]) {
  test(`after the code ${errcode} at a commit the process is told to end, and nothing is acknowledged any more`, async () => {
    const { state, told, write, count } = failing("COMMIT", errcode);
    assert.deepEqual(await Promise.all([write(), write()]), ["unavailable", "unavailable"]);
    assert.equal(told.length, 1);
    state.fails = false;
    assert.equal(await write(), "unavailable");
    assert.equal(count(), 0);
  });
}

/** SQLITE_FULL and SQLITE_IOERR_WRITE. */
for (const errcode of [13, 778]) {
  test(`after the code ${errcode} nothing is stored, and the same writes are taken as soon as there is room`, async () => {
    const { state, told, commits, write, count } = failing("COMMIT", errcode);
    assert.deepEqual(await Promise.all([write(), write()]), ["disk_full", "disk_full"]);
    assert.equal(commits.isRefusing, true);
    state.fails = false;
    assert.deepEqual([await write(), count(), commits.isRefusing, told], ["stored", 1, false, []]);
  });
}

/** A group commit whose statements are told, and an intention of it that inserts a number. */
function told() {
  const db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE t (a INTEGER UNIQUE)");
  const statements: string[] = [];
  const edge = {
    exec: (sql: string) => {
      statements.push(sql);
      db.exec(sql);
    },
    get isTransaction() {
      return db.isTransaction;
    },
  } as DatabaseSync;
  let written = 0;
  let undone = 0;
  const commits = new GroupCommit(edge, { written: () => written, onUndone: () => undone++ });
  const add = (number: number, { isRepeatable = true, thenFails = false } = {}) =>
    commits
      .write(
        () => {
          if (number < 0) throw new Error("it is below 0");
          written++;
          db.prepare("INSERT INTO t VALUES (?)").run(number);
          if (thenFails) throw new Error("it fails in the end");
        },
        { isRepeatable },
      )
      .then(
        () => "stored",
        () => "failed",
      );
  const stored = () =>
    db
      .prepare("SELECT a FROM t ORDER BY a")
      .all()
      .map(({ a }) => a);
  return { add, stored, statements, undone: () => undone };
}

test("what may be repeated needs no savepoints, also where one fails before it has changed anything", async () => {
  const { add, stored, statements, undone } = told();
  assert.deepEqual(await Promise.all([add(1), add(-1), add(2)]), ["stored", "failed", "stored"]);
  assert.deepEqual(stored(), [1, 2]);
  assert.deepEqual([statements, undone()], [["BEGIN IMMEDIATE", "COMMIT"], 0]);
});

test("of what may be repeated one that fails half-way takes none of its neighbours with it, and nothing is stored twice", async () => {
  const { add, stored, undone } = told();
  const answers = await Promise.all([add(1), add(2, { thenFails: true }), add(3), add(1), add(4)]);
  assert.deepEqual(answers, ["stored", "failed", "stored", "failed", "stored"]);
  assert.deepEqual([stored(), undone()], [[1, 3, 4], 1]);
});

test("beside what may not be repeated each has a savepoint", async () => {
  const { add, stored, undone } = told();
  const answers = [add(1), add(2, { isRepeatable: false }), add(3, { thenFails: true })];
  assert.deepEqual(await Promise.all(answers), ["stored", "stored", "failed"]);
  assert.deepEqual([stored(), undone()], [[1, 2], 0]);
});

/** Work that is patient, unless it is said otherwise, and a hundred of it. */
function patient() {
  const commits = new GroupCommit(new DatabaseSync(":memory:"), {});
  const stored: number[] = [];
  const add = (n: number, isPatient = true) =>
    commits.write(() => {}, { isPatient }).then(() => stored.push(n));
  return { commits, stored, add, many: Array.from({ length: 100 }, (_, n) => n) };
}

test("what is asked for beside much that is patient is stored before the most of that, and all of it is in the end", async () => {
  const { stored, add, many } = patient();
  const all = many.map((n) => add(n));
  await all[0];
  await add(1_000, false);
  assert.equal(stored.indexOf(1_000), 12);
  await Promise.all(all);
  assert.deepEqual(
    stored.filter((n) => n < 1_000),
    many,
  );
});

test("what was left for the next transaction is stored when the store is closed", async () => {
  const { commits, stored, add, many } = patient();
  const all = many.map((n) => add(n));
  commits.stop();
  await Promise.all(all);
  assert.deepEqual(stored, many);
});
