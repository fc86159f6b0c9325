import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeyRow } from "../../store/authorizing.ts";
import type { SessionRow } from "../../store/signing-in.ts";
import { hashKey } from "../secret.ts";
import { Keys } from "./keys.ts";
import { idleMs, longestMs, Sessions } from "./sessions.ts";

const start = Date.UTC(2026, 0, 1);
const minuteMs = 60_000;
const caller = { keyId: "key_a", name: "Ada", scopes: ["read" as const], channels: [] };

/** Sessions of one key, over a store in memory, at a time that the test sets. */
async function opened(kept: SessionRow[] = []) {
  const time = { ms: start };
  const writes: unknown[] = [];
  const key: KeyRow = {
    id: "key_a",
    name: "Ada",
    hash: "h",
    scopes: ["read"],
    channels: [],
    createdAt: start,
  };
  const gone: string[] = [];
  const store = {
    keys: async () => [key],
    setting: async () => undefined,
    updateKey: async () => {},
    sessions: async () => kept,
    addSession: async () => gone.splice(0),
    extendSession: async (_hash: string, until: number) => void writes.push(until - start),
    endSessions: async (of: unknown) => void writes.push(of),
  };
  const silent = () => {};
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const tools = { store, clock: { now: () => time.ms }, log } as unknown as ConstructorParameters<
    typeof Keys
  >[0];
  const keys = new Keys(tools);
  await keys.load();
  const sessions = new Sessions({ ...tools, keys });
  await sessions.load();
  return { sessions, keys, time, writes, gone };
}

test("a session lets its key's caller in, until 12 hours after its last use", async () => {
  const { sessions, time } = await opened();
  const { token } = await sessions.begin(caller);
  for (let n = 0; n < 3; n++) {
    time.ms += idleMs - 1;
    assert.deepEqual(sessions.use(token)?.caller, caller);
  }
  time.ms += idleMs;
  assert.equal(sessions.use(token), undefined);
});

test("a session ends after 7 days, however much it is used", async () => {
  const { sessions, time } = await opened();
  const { token } = await sessions.begin(caller);
  while (time.ms < start + longestMs - idleMs) {
    time.ms += idleMs - 1;
    assert.ok(sessions.use(token));
  }
  time.ms = start + longestMs;
  assert.equal(sessions.use(token), undefined);
});

test("a session that is used over and over is written every five minutes at most", async () => {
  const { sessions, time, writes } = await opened();
  const { token } = await sessions.begin(caller);
  for (let minute = 1; minute <= 12; minute++) {
    time.ms = start + minute * minuteMs;
    sessions.use(token);
  }
  assert.deepEqual(writes, [idleMs + 5 * minuteMs, idleMs + 10 * minuteMs]);
});

test("a kept session whose end lies further than any may have is over after 7 days all the same", async () => {
  const row = { hash: hashKey("t"), keyId: "key_a", keyHash: "h", createdAt: start, expiresAt: start * 2 };
  const { sessions, time } = await opened([row]);
  assert.ok(sessions.use("t"));
  time.ms = start + longestMs;
  assert.equal(sessions.use("t"), undefined);
});

test("a kept session of a key that has another secret now, or is no more, lets nobody in", async () => {
  const row = { hash: hashKey("t"), keyId: "key_a", createdAt: start, expiresAt: start + idleMs };
  for (const change of [{ keyHash: "former" }, { keyHash: "h", keyId: "key_gone" }]) {
    const { sessions } = await opened([{ ...row, ...change }]);
    assert.equal(sessions.use("t"), undefined);
  }
});

test("a key that is revoked ends its sessions in the store and tells those that listen", async () => {
  const { sessions, keys, writes } = await opened();
  const { token, session } = await sessions.begin(caller);
  const told: string[] = [];
  sessions.ended.listen((hash) => told.push(hash));
  await keys.revoke("key_a");
  assert.deepEqual(told, [session.hash]);
  assert.deepEqual(writes, [{ hash: session.hash }]);
  assert.equal(sessions.use(token), undefined);
});

test("a sign-in with a secret that is replaced meanwhile lets nobody in", async () => {
  const { sessions, keys } = await opened();
  const { token: former } = await sessions.begin(caller);
  const rotating = keys.update("key_a", { hash: "another" });
  const { token } = await sessions.begin(caller, former);
  await rotating;
  for (const one of [former, token]) assert.equal(sessions.use(one), undefined);
  assert.ok(sessions.use((await sessions.begin(caller)).token), "with the new secret");
});

test("signing in again ends what the browser had before, and what the store has swept away is told as ended", async () => {
  const { sessions, gone } = await opened();
  const [one, two] = [await sessions.begin(caller), await sessions.begin(caller)];
  const told: string[] = [];
  sessions.ended.listen((hash) => told.push(hash));
  gone.push(two.session.hash);
  await sessions.begin(caller, one.token);
  assert.deepEqual(told, [one.session.hash, two.session.hash]);
  for (const { token } of [one, two]) assert.equal(sessions.use(token), undefined);
});
