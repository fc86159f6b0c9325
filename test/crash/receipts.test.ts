import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Lanes } from "../../src/gateway/sending/lanes.ts";
import { eventually } from "../support/eventually.ts";
import { ok, Workbench } from "../support/workbench.ts";

const child = fileURLToPath(new URL("uncommitted.ts", import.meta.url));

/** A folder whose gateway was killed between the platform's answers and their commit. */
async function killedFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-killed-"));
  const process_ = spawn(process.execPath, [child, folder], { stdio: ["ignore", "pipe", "inherit"] });
  await once(process_.stdout, "data");
  process_.kill("SIGKILL");
  await once(process_, "exit");
  return folder;
}

async function statusesIn(bench: Workbench, names: string[]): Promise<Record<string, string>> {
  const statuses = names.map(async (name) => {
    const detail = await bench.store.message(`msg_${name}`);
    return [name, detail!.message.status] as const;
  });
  return Object.fromEntries(await Promise.all(statuses));
}

const names = ["silent", "taken", "refused", "later"];

test("what a platform had answered when the gateway was killed is settled by the journal and not sent again", async () => {
  const folder = await killedFolder();
  const journal = readFileSync(join(folder, "receipts.journal"), "utf8");
  for (const secret of ["7:token", "silent", "taken"]) assert.ok(!journal.includes(secret), secret);
  await using bench = await Workbench.open({ folder });
  bench.handler = () => ok(99, 4);
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  await eventually("the end of what may go again", async () =>
    (await statusesIn(bench, ["later"])).later === "sent" ? true : undefined,
  );
  assert.deepEqual(await statusesIn(bench, names), {
    silent: "unknown",
    taken: "sent",
    refused: "failed",
    later: "sent",
  });
  assert.deepEqual(
    bench.requests.map(({ body }) => body.text),
    ["later"],
  );
  assert.deepEqual((await bench.store.message("msg_taken"))?.message.platformIds, ["1:77"]);
  assert.equal(readFileSync(join(folder, "receipts.journal"), "utf8"), "");
  await lanes.stop();
});

test("without its journal the same kill leaves every call unknown", async () => {
  const folder = await killedFolder();
  writeFileSync(join(folder, "receipts.journal"), "");
  await using bench = await Workbench.open({ folder });
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  assert.deepEqual(await statusesIn(bench, names), {
    silent: "unknown",
    taken: "unknown",
    refused: "unknown",
    later: "unknown",
  });
  await lanes.stop();
});
