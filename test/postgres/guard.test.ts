import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { watch } from "../support/postgres-server.ts";

/** Starts a process that has the folder on its command line, tells its id, and never collects it once it has ended. */
const neverCollects = `
  const standing = ["-e", "setInterval(() => {}, 1e6); console.log('stands')", process.argv[1]];
  const child = require("node:child_process").spawn(process.execPath, standing);
  child.stdout.once("data", () => {
    require("node:fs").writeSync(1, String(child.pid));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

test("what a killed test leaves is ended and removed also where nobody collects a process that has ended", async () => {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-pg-"));
  const parent = spawn(process.execPath, ["-e", neverCollects, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [id] = await once(parent.stdout, "data");
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data", "postmaster.pid"), `${id}\n${folder}/data\n`);
  const guard = watch(folder);
  try {
    guard.stdin?.end();
    await eventually("the folder's end", () => !existsSync(folder) || undefined);
    // It has ended, and its id stands.
    process.kill(Number(id), 0);
  } finally {
    guard.kill("SIGKILL");
    parent.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});
