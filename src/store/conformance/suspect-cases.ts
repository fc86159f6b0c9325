import assert from "node:assert/strict";
import { type Cases, channelId, start } from "./harness.ts";

const batch = { limit: 10, maxBytes: 1_000_000 };

export const suspectCases: Cases = {
  "a try is counted durably, and forgotten with the reading": async (opened) => {
    assert.deepEqual(await opened.store.lastPayloads(), { payload: 0, app_payload: 0 });
    await opened.store.storePayloads(channelId, ["a", "b"], start);
    const [a, b] = (await opened.store.undigested(channelId, batch)).map(({ id }) => id) as [number, number];
    assert.deepEqual(await opened.store.lastPayloads(), { payload: b, app_payload: 0 });
    await opened.store.countTry("payload", [a, b]);
    await opened.store.countTry("payload", [a]);
    const store = await opened.reopen();
    assert.deepEqual(
      [...(await store.tries("payload", [a, b, 99]))],
      [
        [a, 2],
        [b, 1],
      ],
    );
    assert.deepEqual([...(await store.tries("app_payload", [a, b]))], []);
    await store.digest({ payloadId: a, at: start, steady: start, events: [], unknown: [] });
    assert.deepEqual([...(await store.tries("payload", [a, b]))], [[b, 1]]);
  },
  "a try that is taken back is as if it had not been counted": async ({ store }) => {
    await store.countTry("payload", [1, 2]);
    await store.countTry("payload", [1]);
    await store.uncountTry("payload", 1);
    await store.uncountTry("payload", 2);
    await store.uncountTry("payload", 3);
    await store.uncountTry("app_payload", 1);
    assert.deepEqual([...(await store.tries("payload", [1, 2, 3]))], [[1, 1]]);
  },
};
