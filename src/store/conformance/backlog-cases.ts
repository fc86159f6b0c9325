import assert from "node:assert/strict";
import { accepted, type Cases, channel, channelId, digest, moment, send, settle, start } from "./harness.ts";

const nothing = { queued: 0, unread: 0 };

export const backlogCases: Cases = {
  "the backlog counts the calls that may still leave, of the channel and of all": async ({ store }) => {
    await store.addChannel(channel({ id: "other", naturalId: "2" }));
    const { calls } = await send(store, { calls: 3 });
    await send(store, { channelId: "other" });
    assert.deepEqual(await store.backlog(channelId), {
      channel: { queued: 3, unread: 0 },
      all: { queued: 4, unread: 0 },
    });
    await store.beginCall(calls[0]!, moment(start + 1));
    assert.equal((await store.backlog(channelId)).channel.queued, 3, "one that is under way counts");
    const retry = {
      kind: "retry" as const,
      scope: "contact" as const,
      problem: { code: "1", message: "Busy." },
    };
    await store.settleCall({
      callId: calls[0]!,
      startedAt: start,
      at: start + 2,
      outcome: retry,
      retryAt: start + 9,
    });
    assert.equal((await store.backlog(channelId)).channel.queued, 3, "one that is tried again counts");
    await settle(store, calls[0]!, accepted("p1"));
    assert.equal((await store.backlog(channelId)).channel.queued, 2);
    await settle(store, calls[1]!, { kind: "unknown", problem: { code: "1", message: "No answer." } });
    assert.deepEqual(await store.backlog(channelId), { channel: nothing, all: { queued: 1, unread: 0 } });
  },

  "the backlog counts the payloads that nobody has read, of channels and apps": async ({ store }) => {
    await store.addApp({
      id: "app",
      provider: "meta",
      appId: "1",
      name: "",
      secrets: ["s"],
      verifyToken: "v",
      createdAt: start,
    });
    await store.storePayloads(channelId, ["{}", "{}", "{}"], start);
    await store.storeAppPayload("app", "{}", start);
    assert.deepEqual(await store.backlog(channelId), {
      channel: { queued: 0, unread: 3 },
      all: { queued: 0, unread: 4 },
    });
    const [whole] = await store.unrouted("app", { limit: 1, maxBytes: 1_000_000 });
    const parts = [{ channelId, body: "{}" }];
    await store.route({ appPayloadId: whole!.id, at: start, parts, unrouted: [] });
    assert.equal((await store.backlog(channelId)).all.unread, 4);
    await digest(store, []);
    const { channel: one, all } = await store.backlog(channelId);
    assert.deepEqual([one.unread, all.unread], [4, 4], "one more was stored, and one read");
  },

  "what a removed channel leaves weighs on nobody, and the backlog outlives a restart": async (opened) => {
    const { store } = opened;
    await store.addChannel(channel({ id: "other", naturalId: "2" }));
    const sending = await send(store, { channelId: "other" });
    await store.beginCall(sending.calls[0]!, moment(start));
    await send(store, { channelId: "other", to: "+2" });
    await store.storePayloads("other", ["{}"], start);
    await send(store);
    await store.removeChannel("other", start);
    const left = { channel: nothing, all: { queued: 1, unread: 0 } };
    assert.deepEqual(await store.backlog("other"), left);
    const late = { callId: sending.calls[0]!, startedAt: start, at: start, outcome: accepted("late") };
    await store.settleCall(late);
    assert.deepEqual(await store.backlog("other"), left);
    assert.deepEqual(await (await opened.reopen()).backlog("other"), left);
  },
};
