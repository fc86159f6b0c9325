import assert from "node:assert/strict";
import type { SessionRow } from "../signing-in.ts";
import { type Cases, hourMs, start } from "./harness.ts";

function session(hash: string, change: Partial<SessionRow> = {}): SessionRow {
  return { hash, keyId: "key_a", keyHash: "h", createdAt: start, expiresAt: start + hourMs, ...change };
}

const most = 100;

export const sessionCases: Cases = {
  "sessions go on through a restart, until their time": async (opened) => {
    const [short, long] = [
      session("s1"),
      session("s2", { createdAt: start + 1, expiresAt: start + 2 * hourMs }),
    ];
    for (const one of [long, short]) assert.deepEqual(await opened.store.addSession(one, most), []);
    const again = await opened.reopen();
    assert.deepEqual(await again.sessions(start), [short, long]);
    assert.deepEqual(await again.sessions(short.expiresAt), [long]);
  },

  "a session is put off, and one that has ended stays so": async ({ store }) => {
    await store.addSession(session("s1"), most);
    await store.extendSession("s1", start + 3 * hourMs);
    assert.deepEqual(await store.sessions(start), [session("s1", { expiresAt: start + 3 * hourMs })]);
    await store.endSessions({ hash: "s1" });
    await store.extendSession("s1", start + 4 * hourMs);
    assert.deepEqual(await store.sessions(start), []);
  },

  "sessions end one by one, or all": async ({ store }) => {
    const all = ["s1", "s2", "s3"].map((hash) => session(hash));
    for (const one of all) await store.addSession(one, most);
    await store.endSessions({ hash: "nobody's" });
    assert.equal((await store.sessions(start)).length, 3);
    await store.endSessions({ hash: "s2" });
    assert.deepEqual(await store.sessions(start), [all[0], all[2]]);
    await store.endSessions("all");
    assert.deepEqual(await store.sessions(start), []);
  },

  "a new one sweeps away what had ended, and of its own key what is too many, and tells of both": async ({
    store,
  }) => {
    await store.addSession(session("over", { keyId: "key_b", expiresAt: start + 1 }), most);
    await store.addSession(session("also over", { expiresAt: start + 1 }), most);
    for (let n = 1; n <= 3; n++)
      await store.addSession(session(`s${n}`, { expiresAt: start + n * hourMs }), most);
    const fresh = session("fresh", { createdAt: start + 1, expiresAt: start + 1.5 * hourMs });
    assert.deepEqual(await store.addSession(fresh, 3), ["also over", "over", "s1"]);
    assert.deepEqual(
      (await store.sessions(0)).map(({ hash }) => hash),
      ["s2", "s3", "fresh"],
    );
  },
};
