import assert from "node:assert/strict";
import { test } from "node:test";
import { hashKey } from "../src/gateway/secret.ts";
import { Cluster } from "./support/cluster.ts";

const secret = "a secret that is long enough";

test("a node that cannot read one kind of what others have changed says so, tries again, and takes in all the others", async () => {
  await using cluster = await Cluster.of(1);
  const [one, other] = [await cluster.join(), await cluster.join()];
  const letsIn = () => "caller" in one.gateway.keys.authenticate(secret);
  const behind = () => one.neighbours.behind.map(({ kind }) => kind);
  one.machine.refuses.add("takeInKeys");
  await other.gateway.store.countChange("sealing");
  await other.gateway.keys.bootstrap(hashKey(secret));
  await other.gateway.channels.update("channel", { paused: true, pausedReason: "a test" });
  await cluster.time.pass(1_000, letsIn);
  assert.ok(letsIn(), "a key that was made at another node lets in");
  assert.equal(one.gateway.channels.get("channel")?.paused, true);
  assert.deepEqual(behind(), ["sealing"]);
  await cluster.time.pass(5_000);
  const told = cluster.bench.logged.filter(
    ({ message }) => message === "what another node has changed could not be read; trying again",
  );
  assert.deepEqual(
    told.map(({ level, fields }) => ({ level, kind: (fields as { kind: string }).kind })),
    [{ level: "error", kind: "sealing" }],
  );
  one.machine.refuses.clear();
  await cluster.time.pass(1_000, () => behind().length === 0);
  assert.deepEqual(behind(), []);
});
