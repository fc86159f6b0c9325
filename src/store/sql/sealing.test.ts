import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { channel, endpoint, mint, newMessage, start, windowMs } from "../conformance/harness.ts";
import { type Keyring, type MasterKey, masterKey } from "../keyring.ts";
import { initial } from "../migrations/0001-initial.ts";
import { openSqlite } from "../sqlite.ts";
import type { Store } from "../store.ts";
import { sealedColumns } from "../vault.ts";

const newKey = () => masterKey(randomBytes(32));
const ring = (...keys: MasterKey[]): Keyring & { keys: MasterKey[] } => ({
  source: "the-key-file",
  keys,
  read() {
    return this.keys;
  },
  make: () => assert.fail("a key was made"),
});

/** A file in a folder of its own, opened by whatever keyring. */
class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), "antiphon-sealing-"));
  readonly file = join(this.folder, "antiphon.db");
  #store: Store | undefined;

  async open(keyring: Keyring, sealsPerKey?: number): Promise<Store> {
    await this.#store?.close();
    this.#store = undefined;
    this.#store = await openSqlite({ file: this.file, mint, windowMs, keyring, sealsPerKey });
    return this.#store;
  }

  /** While the store is closed. */
  async edit<Result>(work: (db: DatabaseSync) => Result): Promise<Result> {
    await this.#store?.close();
    this.#store = undefined;
    const db = new DatabaseSync(this.file);
    try {
      return work(db);
    } finally {
      db.close();
    }
  }

  holds(text: string | Buffer): boolean {
    return [this.file, `${this.file}-wal`].some(
      (path) => existsSync(path) && readFileSync(path).includes(text),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store?.close();
    rmSync(this.folder, { recursive: true });
  }
}

const shop = (number: number) =>
  channel({
    id: `channel-${number}`,
    naturalId: String(number),
    credentials: { access_token: `token-of-${number}` },
  });

async function tokens(store: Store): Promise<unknown[]> {
  return (await store.channels()).map((one) =>
    one.isUnreadable ? "unreadable" : one.credentials.access_token,
  );
}

async function reseal(store: Store, limit = 3): Promise<number> {
  let parts = 1;
  while (!(await store.resealSome(limit))) parts++;
  return parts;
}

test("a file in plain text is sealed at its start, and nothing plain is left in it, its free space and its log", async () => {
  await using bench = new Bench();
  await bench.edit((db) => {
    db.exec(initial);
    db.exec(`PRAGMA user_version = 1; PRAGMA secure_delete = OFF;
      INSERT INTO channels VALUES ('channel-1', 'whatsapp', '1', 'Shop', '{"access_token":"CANARY-token"}', 'http://b', 0, 'CANARY-hook', 0, NULL, ${start}, NULL, 0);
      INSERT INTO channels VALUES ('gone', 'whatsapp', '2', 'Shop', '{}', 'http://b', 0, '', 0, NULL, ${start}, ${start}, 0);
      INSERT INTO endpoints VALUES ('ep', 'https://e/', 'whsec_CANARY', '[]', '[]', 1, ${start});
      INSERT INTO endpoints VALUES ('left', 'https://e/', 'whsec_CANARY-of-a-removed-one', '[]', '[]', 1, ${start});
      DELETE FROM endpoints WHERE id = 'left';`);
  });
  assert.ok(bench.holds("CANARY-of-a-removed-one"), "the test sees what it looks for");
  const store = await bench.open(ring(newKey()));
  assert.ok(!bench.holds("CANARY"));
  const [first] = await store.channels();
  assert.deepEqual(first?.credentials, { access_token: "CANARY-token" });
  assert.equal(first?.webhookSecret, "CANARY-hook");
  assert.equal((await store.endpoints())[0]?.secret, "whsec_CANARY");
});

test("a start that dies between sealing and the end of the plain copies ends them at the next", async () => {
  await using bench = new Bench();
  const key = newKey();
  await bench.open(ring(key));
  await bench.edit((db) => {
    db.exec(
      "PRAGMA secure_delete = OFF; CREATE TABLE plain (text TEXT); INSERT INTO plain VALUES ('CANARY-plain')",
    );
    db.exec("DROP TABLE plain; INSERT INTO settings VALUES ('plain_copies', '1')");
  });
  assert.ok(bench.holds("CANARY-plain"), "the test sees what it looks for");
  await bench.open(ring(key));
  assert.ok(!bench.holds("CANARY-plain"));
});

const damages: Record<string, string> = {
  "two credentials that changed places": `WITH old AS MATERIALIZED (SELECT id, credentials FROM channels)
    UPDATE channels SET credentials = (SELECT credentials FROM old WHERE old.id <> channels.id AND old.id < 'channel-3')
    WHERE id < 'channel-3'`,
  "two columns of a row that changed places":
    "UPDATE channels SET credentials = webhook_secret, webhook_secret = credentials WHERE id < 'channel-3'",
  "plain text in place of what was sealed":
    "UPDATE channels SET credentials = '{\"access_token\":\"mine\"}' WHERE id < 'channel-3'",
  "an empty text": "UPDATE channels SET webhook_secret = '' WHERE id < 'channel-3'",
  "a letter that changed":
    "UPDATE channels SET credentials = substr(credentials, 1, 30) || 'x_x' || substr(credentials, 34) WHERE id < 'channel-3'",
  "the number of a key that there is not":
    "UPDATE channels SET credentials = 's1.9.' || substr(credentials, 6) WHERE id < 'channel-3'",
};
for (const [title, sql] of Object.entries(damages))
  test(`${title}: the channels are told as unreadable without a secret, and the others go on`, async () => {
    await using bench = new Bench();
    const key = newKey();
    const store = await bench.open(ring(key));
    for (const number of [1, 2, 3]) await store.addChannel(shop(number));
    await bench.edit((db) => db.exec(sql));
    const opened = await bench.open(ring(key));
    assert.deepEqual(await tokens(opened), ["unreadable", "unreadable", "token-of-3"]);
    const [first] = await opened.channels();
    assert.deepEqual([first?.credentials, first?.webhookSecret], [{}, ""]);
    await opened.updateChannel("channel-1", { credentials: { access_token: "other" }, webhookSecret: "new" });
    assert.deepEqual(await tokens(opened), ["other", "unreadable", "token-of-3"]);
  });

test("what was sealed elsewhere opens nowhere: an app's secret, an endpoint's, an answer, and another installation's", async () => {
  await using bench = new Bench();
  await using other = new Bench();
  const key = newKey();
  const app = { id: "app", provider: "meta" as const, appId: "1", name: "App", createdAt: start };
  for (const one of [bench, other]) {
    const store = await one.open(ring(key));
    await store.addApp({ ...app, secrets: ["secret"], verifyToken: "verify" });
    await store.addEndpoint(endpoint());
    for (const scope of ["a", "b"]) {
      await store.claimKey({ scope, fingerprint: "f", expiresAt: start + 1000 }, start);
      await store.keepAnswer(scope, { status: 200, contentType: "text/plain", body: scope });
    }
  }
  const foreign = await other.edit((db) => db.prepare("SELECT secret FROM endpoints").get()?.secret);
  await bench.edit((db) => {
    db.exec("UPDATE apps SET secrets = verify_token");
    db.prepare("UPDATE endpoints SET secret = ?").run(foreign as string);
    db.exec("UPDATE keyed_requests SET body = (SELECT body FROM keyed_requests WHERE scope = 'a')");
  });
  const store = await bench.open(ring(key));
  assert.deepEqual(
    (await store.apps()).map(({ isUnreadable, secrets }) => [isUnreadable, secrets]),
    [[true, []]],
  );
  assert.deepEqual(
    (await store.endpoints()).map(({ isUnreadable, secret }) => [isUnreadable, secret]),
    [[true, ""]],
  );
  assert.equal((await store.keyedRequest("a", start))?.answer?.body, "a");
  assert.equal((await store.keyedRequest("b", start))?.answer, undefined, "known, and without its answer");
  assert.equal((await store.keyedRequest("b", start))?.fingerprint, "f");
});

test("a master key that is missing, another one, and keys that were damaged or dropped: a sentence each, and no start", async () => {
  await using bench = new Bench();
  const [key, wrong] = [newKey(), newKey()];
  const store = await bench.open(ring(key));
  await store.addChannel(shop(1));
  const refuses = (keyring: Keyring, message: RegExp) =>
    assert.rejects(bench.open(keyring), { code: "unavailable", message });
  await refuses(ring(), new RegExp(`sealed with the key ${key.name}, and there is none in the-key-file\\.`));
  await refuses(
    ring(wrong),
    new RegExp(`sealed with the key ${key.name}, but the-key-file holds ${wrong.name}\\.`),
  );
  const alike = { ...wrong, name: key.name };
  await refuses(ring(alike), /keys in .* are damaged\. Restore a backup\./);
  assert.deepEqual(await tokens(await bench.open(ring(key))), ["token-of-1"]);
  await bench.edit((db) => db.exec("DELETE FROM data_keys"));
  await refuses(ring(key), /are gone, and what they sealed is not\. Restore a backup\./);
});

test("a file without a key asks for one to be made, once", async () => {
  await using bench = new Bench();
  const made: MasterKey[] = [];
  const making: Keyring = {
    source: "s",
    read: () => made,
    make: () => {
      made.push(newKey());
      return made[0]!;
    },
  };
  await (await bench.open(making)).addChannel(shop(1));
  assert.deepEqual(await tokens(await bench.open(making)), ["token-of-1"]);
  assert.equal(made.length, 1);
});

test("the master key changes while work goes on; then the old one can go, and what it wrapped is nowhere", async () => {
  await using bench = new Bench();
  const [old, next] = [newKey(), newKey()];
  const keyring = ring(old);
  const store = await bench.open(keyring);
  for (const number of [1, 2, 3, 4, 5]) await store.addChannel(shop(number));
  for (let index = 0; index < 40; index++) await answered(store, `before-${index}`);
  const byOld = await bench.edit((db) => String(db.prepare("SELECT wrapped FROM data_keys").get()?.wrapped));
  const again = await bench.open(keyring);
  assert.ok(bench.holds(byOld), "the test sees what it looks for");

  keyring.keys = [next];
  await assert.rejects(again.changeMasterKey(), {
    code: "conflict",
    message: new RegExp(`in force \\(${old.name}\\) is missing`),
  });
  keyring.keys = [next, old];
  assert.equal((await again.changeMasterKey()).masterKey, next.name);
  const [parts] = await Promise.all([
    reseal(again),
    ...Array.from({ length: 40 }, (_, index) => answered(again, `meanwhile-${index}`)),
    again.updateChannel("channel-5", { credentials: { access_token: "changed" } }),
  ]);
  assert.ok(parts > 10, "in small parts");
  const { isDone, done, total } = await again.sealing();
  assert.deepEqual([isDone, done], [true, total]);
  assert.ok(!bench.holds(byOld));

  const after = await bench.open(ring(next));
  assert.deepEqual(await tokens(after), ["token-of-1", "token-of-2", "token-of-3", "token-of-4", "changed"]);
  for (let index = 0; index < 40; index++)
    for (const when of ["before", "meanwhile"])
      assert.equal((await after.keyedRequest(`${when}-${index}`, start))?.answer?.body, `${when}-${index}`);
  assert.equal(await bench.edit((db) => db.prepare("SELECT count(*) AS n FROM data_keys").get()?.n), 1);
});

test("a change that a restart cuts short needs the new key alone, and is ended then", async () => {
  await using bench = new Bench();
  const [old, next] = [newKey(), newKey()];
  const keyring = ring(old);
  const store = await bench.open(keyring);
  for (const number of [1, 2, 3, 4]) await store.addChannel(shop(number));
  keyring.keys = [next, old];
  await store.changeMasterKey();
  assert.equal(await store.resealSome(2), false);
  assert.deepEqual(await store.sealing(), { masterKey: next.name, isDone: false, done: 2, total: 4 });
  const after = await bench.open(ring(next));
  const all = ["token-of-1", "token-of-2", "token-of-3", "token-of-4"];
  assert.deepEqual(await tokens(after), all);
  await reseal(after);
  assert.deepEqual(await tokens(after), all);
  assert.equal(await bench.edit((db) => db.prepare("SELECT min(id) AS id FROM data_keys").get()?.id), 2);
});

test("a start with a newer key before the one in force changes to it", async () => {
  await using bench = new Bench();
  const [old, next] = [newKey(), newKey()];
  await (await bench.open(ring(old))).addChannel(shop(1));
  const store = await bench.open(ring(next, old));
  assert.equal((await store.sealing()).masterKey, next.name);
  await reseal(store);
  assert.deepEqual(await tokens(await bench.open(ring(next))), ["token-of-1"]);
});

test("a data key that has sealed enough is followed by another, and all stays readable", async () => {
  await using bench = new Bench();
  const key = newKey();
  const store = await bench.open(ring(key), 8);
  for (let index = 0; index < 60; index++) {
    await answered(store, `answer-${index}`);
    if (index % 10 === 9) await reseal(store, 1000);
  }
  const { id } = await bench.edit((db) => ({ ...db.prepare("SELECT max(id) AS id FROM data_keys").get() }));
  assert.ok(Number(id) >= 5, `${id} keys`);
  const after = await bench.open(ring(key));
  for (let index = 0; index < 60; index++)
    assert.equal((await after.keyedRequest(`answer-${index}`, start))?.answer?.body, `answer-${index}`);
});

test("every column whose name tells of a secret is sealed, or known to hold none", async () => {
  await using bench = new Bench();
  await bench.open(ring(newKey()));
  const columns = await bench.edit((db) =>
    db
      .prepare(
        "SELECT m.name AS tbl, c.name AS col FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'",
      )
      .all(),
  );
  const telling = columns
    .filter(({ col }) => /secret|credential|token|password|key/.test(String(col)))
    .map(({ tbl, col }) => `${tbl}.${col}`);
  const sealed = Object.entries(sealedColumns).flatMap(([table, { columns: names }]) =>
    names.map((name) => `${table}.${name}`),
  );
  assert.deepEqual(
    telling.filter((name) => !sealed.includes(name) && !harmless.has(name)),
    [],
  );
  for (const name of sealed)
    assert.ok(
      columns.some(({ tbl, col }) => `${tbl}.${col}` === name),
      name,
    );
});

const harmless = new Set([
  "settings.key",
  "paces.key",
  // Whether, not what.
  "channels.awaits_credentials",
  // A message's short name on its platform, and what tells one event from another.
  "messages.token",
  "seen.dedupe_key",
  // Which key, and what its owner calls it.
  "audit.key_id",
  "audit.key_name",
  "sessions.key_id",
  // What tells its secret from another one, hashed.
  "sessions.key_hash",
]);

async function answered(store: Store, scope: string): Promise<void> {
  const answer = { status: 202, contentType: "text/plain", body: scope };
  const keyed = { scope, fingerprint: "f", expiresAt: start + 1000, answer };
  await store.acceptMessage(newMessage({ keyed, channelId: await firstChannel(store) }));
}

async function firstChannel(store: Store): Promise<string> {
  const [known] = await store.channels();
  if (!known) await store.addChannel(shop(1));
  return known?.id ?? "channel-1";
}
