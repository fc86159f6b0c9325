import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Backups } from "../src/gateway/keeping/backups.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { Workbench } from "./support/workbench.ts";

/** Makes one; its id is known at every moment of it. */
async function made(backups: Backups): Promise<string> {
  const { id } = backups.begin();
  for (;;) {
    const found = await backups.named(id);
    assert.ok(found, `${id} is unknown`);
    assert.ok(found.state !== "failed", String(found.reason));
    if (found.state === "done") return id;
    await turn();
  }
}

const files = (folder: string) => readdirSync(folder).filter((name) => name.endsWith(".db"));

test("a backup is known from its beginning to its end, also in the turn in which it ends", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  const backups = new Backups(bench.gateway, { folder: join(bench.folder, "backups"), keep: 0 });
  const ids: string[] = [];
  for (let n = 0; n < 20; n++) {
    ids.unshift(await made(backups));
    clock.advance(1);
  }
  const told = (await backups.list()).map(({ id }) => id);
  assert.deepEqual(told, ids, "the newest first, also of one second");
});

test("of those that began in one second the newest is kept, and after a wall clock was set back as well", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  const folder = join(bench.folder, "backups");
  const backups = new Backups(bench.gateway, { folder, keep: 2 });
  let before: string | undefined;
  for (let n = 0; n < 10; n++) {
    const id = await made(backups);
    assert.deepEqual(files(folder).sort(), [...(before ? [before] : []), id].sort());
    before = id;
    clock.advance(1);
  }
  clock.jump(-3_600_000);
  const id = await made(backups);
  assert.deepEqual(files(folder).sort(), [before!, id].sort());
});
