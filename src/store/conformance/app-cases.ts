import assert from "node:assert/strict";
import type { AppRow } from "../rows.ts";
import { type Cases, channel, channelId, start } from "./harness.ts";

const at = start + 10;

function app(change: Partial<AppRow> = {}): AppRow {
  return {
    id: "app-1",
    provider: "meta",
    appId: "2001",
    name: "Shop's app",
    secrets: ["s1"],
    verifyToken: "v",
    createdAt: start,
    ...change,
  };
}
const page = channel({ id: "page", platform: "messenger", naturalId: "3001", appId: "app-1" });

export const appCases: Cases = {
  "an app is unique by its provider's id, changed field by field, and there after a restart": async (
    opened,
  ) => {
    await opened.store.addApp(app());
    await assert.rejects(opened.store.addApp(app({ id: "twin" })), { code: "conflict" });
    await opened.store.updateApp("app-1", { secrets: ["s2", "s1"] });
    await opened.store.updateApp("app-1", { name: "Renamed" });
    const store = await opened.reopen();
    assert.deepEqual(await store.apps(), [app({ secrets: ["s2", "s1"], name: "Renamed" })]);
    await assert.rejects(store.updateApp("none", {}), { code: "not_found" });
  },

  "a channel and its new app are stored together or not at all": async ({ store }) => {
    await assert.rejects(store.addChannel(channel({ id: "twin", appId: "app-1" }), app()), {
      code: "conflict",
    });
    assert.deepEqual(await store.apps(), []);
    await store.addChannel(page, app());
    assert.deepEqual(await store.apps(), [app()]);
    assert.deepEqual(
      (await store.channels()).find(({ id }) => id === "page"),
      page,
    );
    await assert.rejects(store.addChannel(channel({ id: "x", naturalId: "x", appId: "none" })), {
      code: "conflict",
    });
  },

  "an app is removed only when it serves no channel; its provider's id is free then": async ({ store }) => {
    await store.addChannel(page, app());
    await assert.rejects(store.removeApp("app-1", at), { code: "conflict" });
    await store.removeChannel("page", at);
    await store.storeAppPayload("app-1", "{}", at);
    await store.removeApp("app-1", at);
    assert.deepEqual(await store.apps(), []);
    assert.deepEqual(await store.unrouted("app-1", { limit: 10, maxBytes: 1_000_000 }), []);
    assert.deepEqual((await store.unroutedParts()).get("app-1"), { unknown: 1, refused: 0 });
    await assert.rejects(store.removeApp("app-1", at), { code: "not_found" });
    await assert.rejects(store.storeAppPayload("app-1", "{}", at), { code: "not_found" });
    await store.addApp(app({ id: "app-2" }));
    const late = channel({ id: "late", platform: "messenger", naturalId: "3002", appId: "app-1" });
    await assert.rejects(store.addChannel(late), { code: "conflict" });
    assert.ok(!(await store.channels()).some(({ id }) => id === "late"));
  },

  "an app's payload waits, in order of arrival, until its parts reach their channels in one commit": async (
    opened,
  ) => {
    await opened.store.addChannel(page, app());
    await opened.store.storeAppPayload("app-1", "first", at);
    await opened.store.storeAppPayload("app-1", "second", at + 1);
    const store = await opened.reopen();
    const [first, second] = await store.unrouted("app-1", { limit: 10, maxBytes: 1_000_000 });
    assert.deepEqual(first, { id: first?.id, appId: "app-1", receivedAt: at, body: "first" });
    assert.equal(second?.body, "second");
    const routing = {
      appPayloadId: first?.id ?? 0,
      at: at + 5,
      parts: [
        { channelId: "page", body: "a" },
        { channelId, body: "b" },
        { channelId: "page", body: "c" },
      ],
      unrouted: [
        { path: "/entry/3", kind: "unknown", reason: "unknown target messenger 9" },
        { path: "/entry/4", kind: "refused", reason: "belongs to another app" },
      ],
    } as const;
    const wish = { ...routing, parts: [...routing.parts], unrouted: [...routing.unrouted] };
    await store.route(wish);
    await store.route(wish);
    const bodies = async (id: string) =>
      (await store.undigested(id, { limit: 10, maxBytes: 1_000_000 })).map((one) => one.body);
    assert.deepEqual([await bodies("page"), await bodies(channelId)], [["a", "c"], ["b"]]);
    assert.equal((await store.undigested("page", { limit: 1, maxBytes: 1_000_000 }))[0]?.receivedAt, at);
    assert.deepEqual(
      (await store.unrouted("app-1", { limit: 10, maxBytes: 1_000_000 })).map((one) => one.body),
      ["second"],
    );
    assert.deepEqual((await store.unroutedParts()).get("app-1"), { unknown: 1, refused: 1 });
    const { payloads, unroutedParts } = await store.counts();
    assert.deepEqual([payloads.unrouted, unroutedParts], [1, { unknown: 1, refused: 1 }]);
  },

  "a part for a channel that has gone keeps the whole waiting, so that it can be routed anew": async ({
    store,
  }) => {
    await store.addChannel(page, app());
    await store.storeAppPayload("app-1", "{}", at);
    await store.removeChannel("page", at);
    const [payload] = await store.unrouted("app-1", { limit: 10, maxBytes: 1_000_000 });
    const routing = { appPayloadId: payload?.id ?? 0, at, unrouted: [] };
    const parts = [channelId, "page"].map((id) => ({ channelId: id, body: "a" }));
    await assert.rejects(store.route({ ...routing, parts }), { code: "unknown_channel" });
    assert.deepEqual(await store.undigested(channelId, { limit: 10, maxBytes: 1_000_000 }), []);
    assert.equal((await store.unrouted("app-1", { limit: 10, maxBytes: 1_000_000 })).length, 1);
  },

  "a channel's options are kept, changed and taken away": async ({ store }) => {
    const options = { telegram: { list: "keyboard" }, labels: { select: "Pick" } } as const;
    await store.updateChannel(channelId, { options });
    assert.deepEqual((await store.channels())[0]?.options, options);
    await store.updateChannel(channelId, { name: "Other" });
    assert.deepEqual((await store.channels())[0]?.options, options);
    await store.updateChannel(channelId, { options: undefined });
    assert.deepEqual(await store.channels(), [channel({ name: "Other" })]);
  },
};
