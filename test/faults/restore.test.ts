import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Stack, spawnStack, startStack } from "../support/stack.ts";

const root = join(import.meta.dirname, "..", "..");
let origin: Stack;
let file: string;

before(async () => {
  origin = await startStack();
  const { json } = await origin.call("POST", "/v1/backups");
  file = await eventually("the backup", async () => {
    const { json: backup } = await origin.call("GET", `/v1/backups/${json.id}`);
    return backup.state === "done" ? backup.file : undefined;
  });
  await origin.stop();
});
after(() => origin[Symbol.asyncDispose]());

function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), "antiphon-restored-"));
}

function restore(dataDir: string, ...args: string[]) {
  const env = { PATH: process.env.PATH, ANTIPHON_DATA: dataDir };
  const command = [join(root, "src", "main.ts"), "restore", ...args];
  return spawnSync(process.execPath, command, { env, encoding: "utf8" });
}

for (const flags of [[], ["--send-waiting"]]) {
  test(`a restore without the key leaves nothing in the folder, and names the file that was given ${flags}`, () => {
    const folder = emptyFolder();
    const { status, stderr } = restore(folder, file, ...flags);
    assert.equal(status, 1);
    assert.ok(stderr.includes(`The secrets in ${file} are sealed with the key`), stderr);
    assert.match(stderr, /Nothing was changed\./);
    assert.ok(!stderr.includes("restoring"), stderr);
    assert.deepEqual(readdirSync(folder), []);
    rmSync(folder, { recursive: true });
  });
}

test("a restore with another key leaves the folder as it was", () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "secret-key"), randomBytes(32).toString("base64"), { mode: 0o600 });
  const { status, stderr } = restore(folder, file);
  assert.equal(status, 1);
  assert.ok(stderr.includes(`The secrets in ${file} are sealed with the key`), stderr);
  assert.deepEqual(readdirSync(folder), ["secret-key"]);
  rmSync(folder, { recursive: true });
});

for (const left of ["antiphon.db.restoring", "antiphon.db.before-2026-01-01T00-00-00.000Z"]) {
  test(`a start beside ${left} and no database is refused, until the restore is done again`, async () => {
    const dataDir = emptyFolder();
    for (const name of ["secret-key", "api-key"])
      copyFileSync(join(origin.dataDir, name), join(dataDir, name));
    copyFileSync(file, join(dataDir, left));
    const place: Stack = Object.assign(Object.create(origin), { dataDir });
    const refused = await spawnStack({ command: "serve", from: place });
    await eventually("its end or its start", async () =>
      refused.child.exitCode !== null || refused.stdout.includes("listens") ? true : undefined,
    );
    assert.equal(await refused.stop(), 1);
    assert.match(refused.stderr, /A restore was broken off: .*antiphon\.db is not there/);
    assert.ok(refused.stderr.includes(join(dataDir, left)), refused.stderr);
    assert.ok(!existsSync(join(dataDir, "antiphon.db")));

    const again = restore(dataDir, file);
    assert.equal(again.status, 0, again.stderr);
    await using gateway = await startStack({ command: "serve", from: place });
    assert.ok((await gateway.call("GET", "/v1/channels")).json.data.length > 0);
  });
}

test("what a kill left of a backup goes at the next start, and finished backups stay", async () => {
  const dataDir = emptyFolder();
  const backups = join(dataDir, "backups");
  mkdirSync(backups);
  const names = ["antiphon-2026-01-01T00-00-00Z-00000000.db", "antiphon-2026-01-02T00-00-00Z-00000000.db"];
  for (const name of [names[0]!, `${names[0]}.json`, `${names[1]}.partial`, `${names[1]}.partial-journal`])
    writeFileSync(join(backups, name), "{}");
  writeFileSync(join(backups, `${names[1]}.json`), "{}");
  writeFileSync(join(backups, "of-somebody.partial"), "");
  const place: Stack = Object.assign(Object.create(origin), { dataDir, key: "" });
  await using _gateway = await startStack({ command: "serve", from: place });
  assert.deepEqual(readdirSync(backups).sort(), [names[0], `${names[0]}.json`, "of-somebody.partial"]);
});
