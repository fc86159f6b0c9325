import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { channel, digest, endpoint, said, send, start, steadyOf } from "../conformance/harness.ts";
import { openStore } from "../conformance/sqlite-place.ts";
import { prove } from "./prove.ts";

const folder = mkdtempSync(join(tmpdir(), "antiphon-prove-"));
const whole = join(folder, "whole.db");

/** A file with a delivery that was tried, one that waits by a replay, a key, and what was managed. */
before(async () => {
  const store = await openStore(whole);
  await store.addChannel(channel());
  await store.addEndpoint(endpoint());
  await digest(store, [said("one"), said("two")]);
  const [tried] = await store.deliveriesInTurn({ endpointId: "endpoint-1", after: 0, limit: 1 });
  await store.recordAttempt(
    tried!.id,
    { at: start, latencyMs: 1, category: "ok", httpStatus: 204 },
    { state: "delivered" },
    steadyOf(start),
  );
  const wish = { ids: [tried!.eventId] };
  const replay = {
    id: "replay-1",
    endpointId: "endpoint-1",
    wish,
    perSecond: 10,
    total: 1,
    createdAt: start,
  };
  await store.addReplay(replay);
  assert.equal((await store.advanceReplay("replay-1", 10))?.queued, 1);
  const rights = { scopes: ["admin" as const], channels: [] };
  await store.addKey({ id: "key_1", name: "ops", hash: "0".repeat(64), createdAt: start, ...rights });
  for (const target of ["a", "b", "c"])
    await store.addAudit({
      at: start,
      keyId: "key_1",
      keyName: "ops",
      action: "PATCH /v1/channels/{id}",
      target,
      fields: ["name"],
      address: "10.0.0.1",
      status: 200,
    });
  await store.close();
});
after(() => rmSync(folder, { recursive: true }));

/** What is said of the file after somebody has changed it so. */
function faultsAfter(sql: string): string[] {
  const file = join(folder, "changed.db");
  copyFileSync(whole, file);
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
  return prove(file).faults;
}

const wrong: [what: string, sql: string, sentence: RegExp][] = [
  ["a delivery in no state", "UPDATE deliveries SET state = 'lost' WHERE seq = 1", /deliveries neither wait/],
  ["a delivery that is gone without its tries", "DELETE FROM deliveries WHERE seq = 1", /tries belong to no/],
  [
    "a backlog that counts one too many",
    "UPDATE delivery_backlog SET pending = pending + 1",
    /1 endpoints have/,
  ],
  ["a backlog that counts none", "DELETE FROM delivery_backlog", /1 endpoints have another number/],
  ["deliveries that nobody counted", "DELETE FROM tally WHERE kind = 'deliveries'", /deliveries of rows/],
  ["a replay that has lost its wish", "UPDATE replays SET wish = '{'", /replays neither run nor/],
  ["a replay that is gone", "DELETE FROM replays", /deliveries belong to a replay/],
  ["a replay that queued less than came of it", "UPDATE replays SET queued = 0", /more deliveries than they/],
  ["a key whose scopes are no scopes", `UPDATE api_keys SET scopes = '["all"]'`, /1 API keys cannot be read/],
  ["a key without scopes", "UPDATE api_keys SET scopes = '[]'", /1 API keys cannot be read/],
  [
    "a key whose channels cannot be read",
    "UPDATE api_keys SET channels = 'all'",
    /1 API keys cannot be read/,
  ],
  ["a key with half a hash", "UPDATE api_keys SET hash = 'abc'", /1 API keys cannot be read/],
  [
    "an audit entry that is changed",
    "UPDATE audit SET key_name = 'x' WHERE number = 2",
    /audit log .* entry 2/,
  ],
  ["an audit entry that is taken off", "DELETE FROM audit WHERE number = 3", /audit log .* entry 3/],
];
for (const [what, sql, sentence] of wrong) {
  test(`a copy is refused for ${what}`, () => {
    assert.match(faultsAfter(sql).join("; "), sentence);
  });
}

test("a whole copy is believed, and so is one of a version that had fewer tables", () => {
  assert.deepEqual(prove(whole).faults, []);
  const older = ["audit", "api_keys", "tally", "delivery_backlog", "replays"];
  const triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'";
  const db = new DatabaseSync(whole, { readOnly: true });
  const names = db.prepare(triggers).all();
  db.close();
  const drops = [
    ...names.map(({ name }) => `DROP TRIGGER ${name}`),
    ...older.map((name) => `DROP TABLE ${name}`),
  ];
  assert.deepEqual(faultsAfter(drops.join("; ")), []);
});

test("the newest that a copy knows may be a message that was accepted and not begun", async () => {
  const file = join(folder, "accepted.db");
  copyFileSync(whole, file);
  const store = await openStore(file);
  await send(store, { at: start + 60_000 });
  await store.close();
  assert.equal(prove(file).newestAt, start + 60_000);
});
