import assert from "node:assert/strict";
import { test } from "node:test";
import { GatewayError, isPassing } from "../../src/core/problem.ts";
import { channel, moment, newMessage } from "../../src/store/conformance/harness.ts";
import { openStore } from "../../src/store/conformance/postgres-place.ts";
import { Dialect } from "../../src/store/postgres/dialect.ts";
import { openSession } from "../../src/store/postgres/session.ts";
import { takePart } from "../../src/store/postgres/writer.ts";
import type { Store } from "../../src/store/store.ts";
import { eventually } from "../support/eventually.ts";
import { postgresDatabases } from "../support/postgres.ts";
import { proxyTo } from "../support/postgres-proxy.ts";
import { startPostgres } from "../support/postgres-server.ts";

const databases = await postgresDatabases();

/** Whether a write goes through again: whatever is refused meanwhile says that it may pass. */
async function writesAgain(store: Store): Promise<void> {
  await eventually("a write that goes through", () =>
    store.putSetting("again", "yes").then(
      () => true,
      (error) => assert.ok(isPassing(error), String(error)),
    ),
  );
}

for (const [when, isStored] of [
  ["after", true],
  ["before", false],
] as const) {
  test(`a commit whose connection is lost ${when} it arrived is told as what became of it`, async () => {
    const direct = await databases.create();
    const proxy = await proxyTo(direct);
    const store = await openStore(proxy.url, { onBroken: assert.fail });
    try {
      await store.addChannel(channel());
      const cut = proxy.cutAtCommit(when);
      const message = newMessage();
      const accepting = store.acceptMessage(message).then(
        () => true,
        (error) => !isPassing(error) || false,
      );
      // Nobody can be asked before the way is there again.
      await cut;
      proxy.mend();
      assert.equal(await accepting, isStored);
      assert.equal((await store.message(message.message.id)) !== undefined, isStored);
      await writesAgain(store);
    } finally {
      await store.close();
      proxy.close();
      await databases.drop(direct);
    }
  });
}

test("a server that is killed in the middle of writes and started again has all that was acknowledged, and goes on", async () => {
  const server = await startPostgres();
  const store = await openStore(server.url("postgres"), { onBroken: assert.fail });
  try {
    await store.addChannel(channel());
    const acknowledged: string[] = [];
    let isOver = false;
    const write = async (to: string) => {
      while (!isOver) {
        const message = newMessage({ to });
        await store.acceptMessage(message).then(
          () => acknowledged.push(message.message.id),
          async (error) => {
            assert.ok(isPassing(error), String(error));
            await new Promise(setImmediate);
          },
        );
      }
    };
    const writers = Promise.all(["+1", "+2", "+3"].map(write));
    for (let kill = 1; kill <= 3; kill++) {
      const before = acknowledged.length;
      await eventually("more acknowledged messages", () => acknowledged.length > before + 20 || undefined);
      await server.kill();
      await server.start();
      await writesAgain(store);
    }
    isOver = true;
    await writers;
    for (const id of acknowledged) assert.equal((await store.message(id))?.calls.length, 1, id);
    const { messages, calls } = await store.counts();
    assert.equal(calls.queued, messages.accepted);
  } finally {
    await store.close();
    await server.close();
  }
});

test("a gateway whose row is gone stores nothing more, and ends", async () => {
  const url = await databases.create();
  const broken: string[] = [];
  const store = await openStore(url, { onBroken: (sentence) => broken.push(sentence) });
  try {
    const other = await openSession(url, new Dialect());
    await other.exec("DELETE FROM writers");
    await other.end();
    const refusal = { code: "unavailable", message: /row of this gateway is gone/ };
    await assert.rejects(store.putSetting("a", "b"), refusal);
    await assert.rejects(store.putSetting("a", "c"), refusal);
    assert.equal(broken.length, 1);
    assert.equal(await store.setting("a"), undefined);
  } finally {
    await store.close();
    await databases.drop(url);
  }
});

test("tables that a newer version changes beside a gateway that runs hold up nothing that it reads or writes", async () => {
  const url = await databases.create();
  const store = await openStore(url, { onBroken: assert.fail });
  const other = await openSession(url, new Dialect());
  try {
    await store.addChannel(channel());
    const accepted: string[] = [];
    const useAll = async () => {
      // As many side by side as there are connections, and more.
      const { id } = await store.acceptMessage(newMessage({ to: "+1" }));
      accepted.push(id);
      const [call] = (await store.message(id))!.calls;
      await store.beginCall(call!.id, moment(1));
      await Promise.all(Array.from({ length: 12 }, () => store.message(id)));
    };
    await useAll();
    for (const table of ["calls", "messages", "history"])
      await other.exec(`ALTER TABLE ${table} ADD COLUMN later text`);
    await useAll();
    for (const id of accepted) assert.equal((await store.message(id))?.calls[0]?.state, "sending");
  } finally {
    await store.close();
    await other.end();
    await databases.drop(url);
  }
});

test("gateways that start and are killed thousands of times take nothing from one that runs", async () => {
  const url = await databases.create();
  const store = await openStore(url, { onBroken: assert.fail });
  const other = await openSession(url, new Dialect());
  const rows = async () => Number((await other.exec("SELECT count(*) AS n FROM writers")).rows[0]?.n);
  try {
    await other.exec("UPDATE installation SET generation = generation + 5000");
    const next = await openStore(url);
    await store.putSetting("still", "here");
    assert.equal(await rows(), 2);
    // Whoever closes leaves nothing.
    await next.close();
    assert.equal(await rows(), 1);
    // One that was killed leaves its row until it is old, and one that writes is never old.
    await takePart(other);
    for (let n = 0; n < 200; n++) await other.exec("SELECT pg_current_xact_id()");
    await store.putSetting("still", "there");
    await takePart(other, 100);
    assert.equal(await rows(), 2);
    await store.putSetting("still", "everywhere");
  } finally {
    await store.close();
    await other.end();
    await databases.drop(url);
  }
});

test("a connection that is made anew and would forget at a power cut is not written on", async () => {
  const url = await databases.create();
  const store = await openStore(url, { onBroken: assert.fail });
  const other = await openSession(url, new Dialect());
  const set = (setting: string) => other.exec(`ALTER DATABASE ${url.split("/").at(-1)} SET ${setting}`);
  try {
    await set("synchronous_commit = off");
    await other.exec(
      "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    const refusal = { code: "unavailable", message: /synchronous_commit=off/ };
    await assert.rejects(store.putSetting("a", "b"), refusal);
    assert.match((await store.refusal()) ?? "", /synchronous_commit=off/);
    await set("synchronous_commit = on");
    await writesAgain(store);
    assert.equal(await store.refusal(), undefined);
  } finally {
    await store.close();
    await other.end();
    await databases.drop(url);
  }
});

test("a write that is refused where nobody reads its answer takes nothing with it that was asked for beside it", async () => {
  const url = await databases.create();
  const store = await openStore(url);
  try {
    await store.joinNodes("one");
    const isConflict = (error: unknown) => error instanceof GatewayError && error.code === "conflict";
    const [before, refused, after] = await Promise.allSettled([
      store.putSetting("before", "stored"),
      store.joinNodes("one"),
      store.putSetting("after", "stored"),
    ]);
    assert.deepEqual([before.status, after.status], ["fulfilled", "fulfilled"]);
    assert.ok(refused.status === "rejected" && isConflict(refused.reason));
    assert.equal(await store.setting("before"), "stored");
    assert.equal(await store.setting("after"), "stored");
  } finally {
    await store.close();
    await databases.drop(url);
  }
});

test("what the server refuses for good is not told as something that may pass", async () => {
  const url = await databases.create();
  const store = await openStore(url);
  try {
    await store.addChannel(channel());
    await assert.rejects(store.addChannel(channel()), (error) => {
      assert.ok(error instanceof GatewayError && error.code === "conflict");
      return true;
    });
  } finally {
    await store.close();
    await databases.drop(url);
  }
});

test("a disk that has no room for a message is told as such however much else is stored meanwhile, until it has", async () => {
  const url = await databases.create();
  const store = await openStore(url);
  const session = await openSession(url, new Dialect());
  try {
    await store.addChannel(channel());
    await session.exec(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE 'could not extend file' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER full_disk BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION full_disk()`);
    assert.equal(await store.refusal(), undefined);
    await assert.rejects(store.acceptMessage(newMessage()), { code: "disk_full" });
    await store.putSetting("small", "yes");
    assert.match((await store.refusal()) ?? "", /PostgreSQL's disk is full/);
    await session.exec("DROP TRIGGER full_disk ON messages");
    await store.acceptMessage(newMessage());
    await eventually("room", async () => (await store.refusal()) === undefined || undefined);
  } finally {
    await session.end();
    await store.close();
    await databases.drop(url);
  }
});
