import assert from "node:assert/strict";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { typeMove } from "../reliability/move/command.ts";
import { moveUnderLoad, shortMove } from "../reliability/move/ordeal.ts";
import { broken } from "../reliability/verdict.ts";
import { eventually } from "../support/eventually.ts";
import { postgresDatabases } from "../support/postgres.ts";
import { type Stack, spawnStack, startStack } from "../support/stack.ts";

const databases = await postgresDatabases();

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  test(`moved under load after ${signal}, nothing is lost, doubled or reordered, and ids and keys hold`, async (t) => {
    const outcome = await moveUnderLoad({ ...shortMove, signal, history: 0 }, await databases.create());
    t.diagnostic(JSON.stringify(outcome));
    assert.deepEqual(broken(outcome, { mayBeOpen: true }), []);
    assert.deepEqual(outcome.otherIds, []);
    assert.ok(Object.keys(outcome.refusals).length > 0, "clients went on meanwhile");
  });
}

/** A start that is to be refused. */
async function refused(from: Stack, env: Record<string, string> = {}): Promise<string> {
  const stack = await spawnStack({ command: "serve", from, env });
  await eventually("its end or its start", () =>
    stack.child.exitCode !== null || stack.stdout.includes("listens") ? true : undefined,
  );
  assert.equal(await stack.stop(), 1);
  return stack.stderr;
}

test("the command refuses a running gateway, marks the file so that none starts on it, none starts beside it before, and it tells what to do next", async () => {
  const url = await databases.create();
  await using stack = await startStack();
  const file = join(stack.dataDir, "antiphon.db");
  const running = await typeMove(stack.dataDir, url);
  assert.deepEqual([running.status, running.stdout], [1, ""]);
  assert.match(running.stderr, /A gateway runs on .*antiphon\.db\. Stop it first/);
  const list = await stack.call("GET", "/v1/messages");
  await stack.stop();
  assert.match((await typeMove(stack.dataDir, "")).stderr, /Type: DATABASE_URL=/);
  const dry = await typeMove(stack.dataDir, url, "--dry-run");
  assert.match(
    dry.stdout,
    /antiphon\.db could be moved to the database .*: \d+ tables with \d+ rows\.\nNothing was changed\.\n$/,
  );
  assert.deepEqual([dry.status, existsSync(`${file}.moved`)], [0, false]);
  writeFileSync(
    `${file}.moved`,
    "A move to the database elsewhere was broken off at its end: type npm run move again.\n",
  );
  assert.match((await typeMove(stack.dataDir, url)).stderr, /elsewhere was broken off.*This time it names/);
  for (const started of ["", url]) {
    const refusal = await refused(stack, { DATABASE_URL: started });
    assert.match(refusal, /antiphon\.db: .*broken off at its end: type npm run move again/);
    assert.doesNotMatch(refusal, /Start with|rm /, "no advice that would begin with nothing");
  }
  rmSync(`${file}.moved`);
  assert.match(
    await refused(stack, { DATABASE_URL: url }),
    /antiphon\.db is a store of its own.*npm run move.*rename it/,
  );
  const moved = await typeMove(stack.dataDir, url);
  assert.equal(moved.status, 0, moved.stderr);
  assert.match(moved.stdout, /^Moved to the database .*each table the same on both sides/m);
  assert.deepEqual(moved.stdout.match(/^\d\. /gm)?.length, 3);
  assert.match((await typeMove(stack.dataDir, url)).stderr, /It was moved to .*Start with DATABASE_URL/);
  assert.match(
    await refused(stack),
    /would be sent twice.*Start with DATABASE_URL.*rm .*antiphon\.db\.moved/,
  );
  rmSync(`${file}.moved`);
  await using back = await startStack({ from: stack });
  const again = await back.call("GET", "/v1/messages");
  assert.ok(list.json.data.length > 0);
  assert.deepEqual(
    again.json.data.map(({ id }: { id: string }) => id),
    list.json.data.map(({ id }: { id: string }) => id),
  );
});
