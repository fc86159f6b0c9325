import assert from "node:assert/strict";
import { accepted, type Cases, channel, channelId, moment, send, settle, start } from "./harness.ts";

const sorted = (rows: { key: string; fullAt: number }[]) => rows.sort((a, b) => (a.key < b.key ? -1 : 1));

export const paceCases: Cases = {
  "rates that a call uses stand with its intent, and pauses with its outcome, also after a restart": async ({
    store,
    reopen,
  }) => {
    const { calls } = await send(store);
    await store.beginCall(calls[0]!, moment(start + 1), [
      { key: "lane", fullAt: start + 6000.5 },
      { key: channelId, fullAt: start + 12 },
    ]);
    const paces = [{ key: "pause lane", fullAt: start + 9000 }];
    const outcome = accepted("wamid.1");
    await store.settleCall({ callId: calls[0]!, startedAt: start + 1, at: start + 2, outcome, paces });
    const again = await reopen();
    assert.deepEqual(sorted(await again.paces(start)), [
      { key: channelId, fullAt: start + 12 },
      { key: "lane", fullAt: start + 6000.5 },
      ...paces,
    ]);
    assert.deepEqual(sorted(await again.paces(start + 12)).length, 2, "what is full again is not told");
  },

  "what a call that may not begin would have used is not counted": async ({ store }) => {
    const { calls } = await send(store);
    await store.beginCall(calls[0]!, moment(start + 1));
    const twice = store.beginCall(calls[0]!, moment(start + 2), [{ key: "lane", fullAt: start + 6000 }]);
    await assert.rejects(twice, { code: "conflict" });
    assert.deepEqual(await store.paces(start), []);
  },

  "a rate never becomes emptier by what comes late, and is dropped when it is full again": async ({
    store,
  }) => {
    for (const fullAt of [start + 20, start + 10]) {
      const { calls } = await send(store);
      await store.beginCall(calls[0]!, moment(start + 1), [{ key: "lane", fullAt }]);
    }
    assert.deepEqual(await store.paces(start), [{ key: "lane", fullAt: start + 20 }]);
    await store.forgetPaces(start + 19);
    assert.equal((await store.paces(start)).length, 1);
    await store.forgetPaces(start + 20);
    assert.deepEqual(await store.paces(start), []);
  },

  "a channel keeps its throughput and whether it waits for credentials": async ({ store, reopen }) => {
    const shown = async (from = store) => {
      const [one] = await from.channels();
      return [one?.messagesPerSecond, one?.awaitsCredentials];
    };
    assert.deepEqual(await shown(), [undefined, undefined]);
    await store.updateChannel(channelId, { messagesPerSecond: 1000, awaitsCredentials: true });
    const again = await reopen();
    assert.deepEqual(await shown(again), [1000, true]);
    await again.updateChannel(channelId, { name: "Other" });
    assert.deepEqual(await shown(again), [1000, true]);
    await again.updateChannel(channelId, { messagesPerSecond: undefined, awaitsCredentials: false });
    assert.deepEqual(await shown(again), [undefined, undefined]);
  },

  "a channel's open lanes are told part by part, by their ids, each once however long it is": async ({
    store,
  }) => {
    await store.addChannel(channel({ id: "other", naturalId: "2002" }));
    const lanes = new Set<string>();
    for (let n = 0; n < 25; n++) lanes.add((await send(store, { to: `+${n % 10}` })).conversationId);
    await send(store, { to: "+1", channelId: "other" });
    const done = await send(store, { to: "+99" });
    await settle(store, done.calls[0]!, accepted("wamid.done"));
    const told: string[] = [];
    for (let page = await store.openLanes(channelId, "", 3); page.length > 0; ) {
      assert.ok(page.length <= 3);
      told.push(...page);
      page = await store.openLanes(channelId, told.at(-1)!, 3);
    }
    assert.deepEqual(told, [...lanes].sort());
    assert.equal((await store.openLanes("other", "", 3)).length, 1);
    assert.deepEqual(await store.openLanes("none", "", 3), []);
  },
};
