import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { Apps } from "../../src/gateway/connecting/apps.ts";
import { Channels } from "../../src/gateway/connecting/channels.ts";
import { channel, start } from "../../src/store/conformance/harness.ts";
import { openStore } from "../../src/store/conformance/postgres-place.ts";
import { type Keyring, type MasterKey, masterKey } from "../../src/store/keyring.ts";
import { postgresDatabases } from "../support/postgres.ts";

const databases = await postgresDatabases();

function ring(...keys: MasterKey[]): Keyring & { keys: MasterKey[] } {
  return {
    source: "the key file",
    keys,
    read() {
      return this.keys;
    },
    make: () => assert.fail("a key was made"),
  };
}

test("a node that lacks the new master key seals nothing by the old one, goes on with what it could read, and is in step once it has the key", async () => {
  const url = await databases.create();
  const [older, newer] = [masterKey(randomBytes(32)), masterKey(randomBytes(32))];
  const rings = [ring(older), ring(older)] as const;
  const one = await openStore(url, { keyring: rings[0] });
  const lacking = await openStore(url, { keyring: rings[1] });
  try {
    await one.addChannel(channel({ credentials: { token: "before" } }));
    const channels = new Channels(lacking, new Apps(lacking));
    await channels.load();
    rings[0].keys = [newer, older];
    await one.changeMasterKey();
    while (!(await one.resealSome(100)));
    await one.updateChannel("channel-1", { paused: true });
    await assert.rejects(lacking.takeInKeys(), { code: "unavailable", message: /sealed with the key/ });
    const request = { scope: "s", fingerprint: "f", expiresAt: start + 1_000 };
    const answer = { status: 200, contentType: "text/plain", body: "kept" };
    await assert.rejects(lacking.claimKey({ ...request, answer }, start), { code: "unavailable" });
    await lacking.claimKey({ ...request, scope: "seals nothing" }, start);
    await channels.reload();
    assert.deepEqual(channels.get("channel-1")?.credentials, { token: "before" });
    assert.equal(channels.get("channel-1")?.paused, true);
    rings[1].keys = [newer, older];
    await lacking.takeInKeys();
    await channels.reload();
    assert.equal(channels.get("channel-1")?.isUnreadable, undefined);
    await lacking.claimKey({ ...request, answer }, start);
    assert.equal((await one.keyedRequest("s", start))?.answer?.body, "kept");
  } finally {
    await Promise.all([one.close(), lacking.close()]);
    await databases.drop(url);
  }
});
