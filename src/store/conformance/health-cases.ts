import assert from "node:assert/strict";
import { type Cases, channelId, start } from "./harness.ts";

export const healthCases: Cases = {
  "what is found of a channel stays over a restart, and goes on from what was found before": async (
    opened,
  ) => {
    assert.deepEqual(await opened.store.channelHealth(channelId), {});
    await opened.store.keepChannelHealth(channelId, { registeredAt: start, lostSince: start });
    await opened.store.keepChannelHealth(channelId, { checkedAt: start + 1, lostSince: undefined });
    const store = await opened.reopen();
    assert.deepEqual(await store.channelHealth(channelId), { registeredAt: start, checkedAt: start + 1 });
  },

  "a restriction of a channel's account stays over a restart, with its end in whole milliseconds, and goes":
    async (opened) => {
      const restrictionOf = async (store: typeof opened.store) => {
        const [channel] = await store.channels();
        return [channel?.restricted, channel?.resumesAt];
      };
      assert.deepEqual(await restrictionOf(opened.store), [undefined, undefined]);
      await opened.store.updateChannel(channelId, { restricted: true, resumesAt: start + 1 });
      const store = await opened.reopen();
      assert.deepEqual(await restrictionOf(store), [true, start + 1]);
      await store.updateChannel(channelId, { restricted: false, resumesAt: undefined });
      assert.deepEqual(await restrictionOf(await opened.reopen()), [undefined, undefined]);
    },

  "what is told of a restriction, and when it is tried out next, stays over a restart": async (opened) => {
    const causes = [{ of: "policy", reason: "Spam.", until: start + 5, at: start }];
    const account = { state: "restricted" as const, reason: "Spam.", since: start, until: start + 5, causes };
    const trial = { dueAt: start + 15_000, waitMs: 15_000 };
    await opened.store.keepChannelHealth(channelId, { account, trial, endedAt: start });
    const store = await opened.reopen();
    assert.deepEqual(await store.channelHealth(channelId), { account, trial, endedAt: start });
    await store.keepChannelHealth(channelId, { trial: undefined, endedAt: undefined });
    assert.deepEqual(await (await opened.reopen()).channelHealth(channelId), { account });
  },

  "of a removed channel nothing more is found": async ({ store }) => {
    await store.removeChannel(channelId, start);
    await store.keepChannelHealth(channelId, { checkedAt: start });
    assert.deepEqual(await store.channelHealth(channelId), {});
  },

  "the newest payload tells when a channel last received": async ({ store }) => {
    assert.equal(await store.lastReceived(channelId), undefined);
    await store.storePayloads(channelId, ["a"], start);
    await store.storePayloads(channelId, ["b"], start + 5);
    await store.storePayloads("another", ["c"], start + 9).catch(() => {});
    assert.equal(await store.lastReceived(channelId), start + 5);
  },
};
