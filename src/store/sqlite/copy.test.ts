import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { GatewayError } from "../../core/problem.ts";
import { copyDatabase } from "./copy.ts";

/** What node:sqlite rejects with; 0 is SQLite's "not an error", met under load. */
function brokenOff(errcode: number, message = "not an error"): Error {
  return Object.assign(new Error(message), { code: "ERR_SQLITE_ERROR", errcode });
}

function opened(t: { after(work: () => void): void }) {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-copy-"));
  const source = new DatabaseSync(join(folder, "source.db"));
  source.exec("CREATE TABLE kept (value TEXT); INSERT INTO kept VALUES ('one')");
  t.after(() => {
    source.close();
    rmSync(folder, { recursive: true });
  });
  return { source, file: join(folder, "copy.db") };
}

for (const errcode of [0, 5, 6]) {
  test(`a copy that SQLite breaks off with the code ${errcode} is begun anew, over nothing of the first`, async (t) => {
    const { source, file } = opened(t);
    let tries = 0;
    await copyDatabase(source, file, async (...given) => {
      if (++tries > 1) return backup(...given);
      writeFileSync(file, "half a page");
      writeFileSync(`${file}-journal`, "");
      throw brokenOff(errcode);
    });
    assert.equal(tries, 2);
    const copy = new DatabaseSync(file, { readOnly: true });
    assert.equal(copy.prepare("SELECT value FROM kept").get()?.value, "one");
    copy.close();
  });
}

test("a copy that is broken off every time is given up with a sentence that says so", async (t) => {
  const { source, file } = opened(t);
  let tries = 0;
  const copied = copyDatabase(source, file, async () => {
    tries++;
    throw brokenOff(0);
  });
  await assert.rejects(copied, (error: Error) => {
    assert.ok(error instanceof GatewayError);
    assert.equal(error.detail, "SQLite broke off and gave no lasting reason (code 0). Ask again.");
    return true;
  });
  assert.equal(tries, 4);
});

test("a full disk is told at once", async (t) => {
  const { source, file } = opened(t);
  let tries = 0;
  const copied = copyDatabase(source, file, async () => {
    tries++;
    throw brokenOff(13, "database or disk is full");
  });
  await assert.rejects(copied, /The disk is full/);
  assert.equal(tries, 1);
  assert.ok(existsSync(file), "who asked for it takes away what is left");
});
