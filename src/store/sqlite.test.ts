import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { channel, moment, newMessage, type Opened, start } from "./conformance/harness.ts";
import { openStore } from "./conformance/sqlite-place.ts";
import { storeConformance } from "./conformance.ts";
import { initial } from "./migrations/0001-initial.ts";
import { unreadHolders } from "./sql/erasure.ts";
import type { Store } from "./store.ts";

const placeUrl = new URL("./conformance/sqlite-place.ts", import.meta.url);

async function open(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-store-"));
  const file = join(folder, "antiphon.db");
  let store = await openStore(file);
  return {
    store,
    place: { module: placeUrl.href, argument: file },
    reopen: async () => {
      await store.close();
      store = await openStore(file);
      return store;
    },
    holds: async (text) =>
      [file, `${file}-wal`].some((path) => existsSync(path) && readFileSync(path).includes(text)),
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

storeConformance("SQLite", open);

async function inFolder(run: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-store-"));
  try {
    await run(join(folder, "antiphon.db"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function opened(file: string, run: (store: Store) => Promise<void>): Promise<void> {
  const store = await openStore(file);
  try {
    await run(store);
  } finally {
    await store.close();
  }
}

test("everything asked for in one turn of the event loop is one transaction", () =>
  inFolder(async (file) => {
    const commits: number[] = [];
    const store = await openStore(file, (intentions) => commits.push(intentions));
    await store.addChannel(channel());
    await Promise.all(Array.from({ length: 1000 }, () => store.acceptMessage(newMessage())));
    assert.deepEqual(commits, [1, 1000]);
    await store.close();
  }));

test("a second opener of the file is refused at once, in this process and in another", () =>
  inFolder(async (file) => {
    await opened(file, async (store) => {
      const refusal = { code: "unavailable", message: /is in use by another process/ };
      await assert.rejects(openStore(file), refusal);
      const script = `const { openStore } = await import(${JSON.stringify(placeUrl.href)});
        await openStore(${JSON.stringify(file)}).then(() => console.log("opened"), (error) => console.log(error.message));`;
      const other = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
      assert.match(other.stdout, refusal.message);
      await store.addChannel(channel());
    });
    await opened(file, async (store) => assert.equal((await store.channels()).length, 1));
  }));

test("the file can be read by its owner alone, also one that was open to others", () =>
  inFolder(async (file) => {
    writeFileSync(file, "", { mode: 0o644 });
    await opened(file, async (store) => {
      await store.putSetting("a", "b");
      for (const path of [file, `${file}-wal`]) assert.equal(statSync(path).mode & 0o777, 0o600, path);
    });
  }));

test("a file of a newer version, a file that is no database and a missing folder are refused with a sentence", () =>
  inFolder(async (file) => {
    await opened(file, async () => {});
    const db = new DatabaseSync(file);
    db.exec("PRAGMA user_version = 999");
    db.close();
    await assert.rejects(openStore(file), { code: "unavailable", message: /newer version.*999/ });
    const text = `${file}.txt`;
    writeFileSync(text, "not a database, but long enough to be looked at as if it were one".repeat(20));
    await assert.rejects(openStore(text), { code: "unavailable", message: /no database of Antiphon/ });
    await assert.rejects(openStore(join(file, "nowhere", "a.db")), {
      code: "unavailable",
      message: /folder/,
    });
  }));

test("a file of the first version is brought up: what waits goes on, and what is taken back goes, from old rows too", () =>
  inFolder(async (file) => {
    const db = new DatabaseSync(file);
    db.exec(initial);
    db.exec(`PRAGMA user_version = 1;
      INSERT INTO channels VALUES ('channel-1', 'whatsapp', '1001', 'Shop', '{}', 'http://b', 0, 's', 0, NULL, ${start}, NULL, 0);
      INSERT INTO contacts VALUES (1, 'ctc', 'channel-1', NULL, NULL, NULL, 0);
      INSERT INTO aliases VALUES ('channel-1', '1', 'ctc', 0);
      INSERT INTO conversations VALUES (1, 'cnv', 'channel-1', '1', 'private', 'ctc', NULL, 1, ${start}, NULL);
      INSERT INTO messages (id, direction, channel_id, conversation_id, address, content, status, created_at, platform_ids)
        VALUES ('msg', 'in', 'channel-1', 'cnv', '1', '{"type":"text","text":{"body":"CANARY"}}', 'received', ${start}, '["in/1"]');
      INSERT INTO platform_ids VALUES ('channel-1', 'in/1', 'msg', NULL);
      INSERT INTO events VALUES (1, 'evt', 'message.received', 'channel-1', 'cnv',
        '{"id":"evt","type":"message.received","timestamp":"2026-01-01T00:00:00.000Z","message":{"id":"msg","platform_id":"in/1","text":{"body":"CANARY"}}}');
      INSERT INTO payloads VALUES (1, 'channel-1', ${start}, '{"messages":[{"id":"in\\/1","text":{"body":"CANARY"}}]}', ${start});
      INSERT INTO payloads VALUES (2, 'channel-1', ${start}, '{"waits":true}', NULL);
      INSERT INTO settings VALUES ('long ago', 'CANARY that was deleted, and is still in free space');
      DELETE FROM settings;`);
    db.close();
    assert.ok(readFileSync(file).includes("CANARY that was deleted"));
    await opened(file, async (store) => {
      const [waiting] = await store.undigested("channel-1", { limit: 10, maxBytes: 1_000_000 });
      assert.equal(waiting?.body, '{"waits":true}');
      const chat = { id: "1", type: "private" } as const;
      const deletion = {
        kind: "deleted",
        dedupeKey: "d",
        chat,
        sender: { aliases: ["1"] },
        platformId: "in/1",
      } as const;
      const events = [{ event: { ...deletion, sender: { aliases: ["1"] } }, report: true }];
      await store.digest({ payloadId: waiting?.id ?? 0, ...moment(start), events, unknown: [] });
      for (const path of [file, `${file}-wal`]) assert.ok(!readFileSync(path).includes("CANARY"), path);
      assert.equal((await store.event("evt"))?.message?.id, "msg");
    });
  }));

test("an unsend reads the payloads of unknown parts, and not the bodies of all", () =>
  inFolder(async (file) => {
    await opened(file, async () => {});
    const db = new DatabaseSync(file, { readOnly: true });
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${unreadHolders}`).all("c", "1", "1");
    db.close();
    const steps = plan.map(({ detail }) => String(detail)).join(", ");
    assert.match(steps, /SCAN u\b.*SEARCH p USING INTEGER PRIMARY KEY/);
  }));

test("a file that can grow no further gives a refusal, and loses nothing that was acknowledged", () =>
  inFolder(async (file) => {
    const limited = fileURLToPath(new URL("./conformance/full-disk.ts", import.meta.url));
    const shell = `trap '' XFSZ; ulimit -f 4096; exec "$0" "$@"`;
    const child = spawnSync("sh", ["-c", shell, process.execPath, limited, file], { encoding: "utf8" });
    assert.equal(child.status, 0, child.stderr);
    const { acknowledged, refusal } = JSON.parse(child.stdout) as { acknowledged: string[]; refusal: string };
    assert.equal(refusal, "disk_full");
    assert.ok(acknowledged.length > 0);
    await opened(file, async (store) => {
      for (const id of acknowledged) assert.equal((await store.message(id))?.message.status, "accepted");
    });
  }));
