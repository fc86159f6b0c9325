import assert from "node:assert/strict";
import { test } from "node:test";
import type { AppProvider, InboundRequest } from "../src/core/platform.ts";
import { connectChannel } from "../src/gateway/connecting/connect.ts";
import { shareWithApp } from "../src/gateway/connecting/connect-app.ts";
import { webhookPath } from "../src/gateway/connecting/webhook-path.ts";
import { ingestForApp, Router } from "../src/gateway/receiving/app-webhooks.ts";
import type { AppRow, ChannelRow } from "../src/store/rows.ts";
import { eventually } from "./support/eventually.ts";
import { signature } from "./support/meta-webhook.ts";
import { Workbench } from "./support/workbench.ts";

const secret = "app-secret-of-the-shop";

function app(id: string, appId: string): AppRow {
  return { id, provider: "meta", appId, name: id, secrets: [secret], verifyToken: "verify me", createdAt: 1 };
}

function channel(id: string, change: Partial<ChannelRow>): ChannelRow {
  return {
    id,
    platform: "messenger",
    naturalId: id,
    name: id,
    credentials: { access_token: "token-of-its-own" },
    baseUrl: "http://127.0.0.1:1",
    simulated: true,
    webhookSecret: "own",
    paused: false,
    createdAt: 1,
    ...change,
  };
}

/** Two apps: `ours` with two pages, an Instagram account and a number, `theirs` with a page. */
async function workbench(): Promise<Workbench> {
  const bench = await Workbench.open();
  const { apps, channels } = bench.gateway;
  await apps.add(app("ours", "900"));
  await apps.add(app("theirs", "901"));
  await channels.add(channel("page-1", { naturalId: "11", appId: "ours" }));
  await channels.add(channel("page-2", { naturalId: "12", appId: "ours" }));
  await channels.add(channel("insta", { platform: "instagram", naturalId: "21", appId: "ours" }));
  await channels.add(channel("number", { platform: "whatsapp", naturalId: "31", appId: "ours" }));
  await channels.add(channel("their-page", { naturalId: "19", appId: "theirs" }));
  await channels.add(channel("nobodys-page", { naturalId: "18" }));
  return bench;
}

function posted(body: string, by = secret): InboundRequest {
  const headers = { "x-hub-signature-256": signature(by, body) };
  return { method: "POST", query: {}, headers, rawBody: Buffer.from(body) };
}

async function post(bench: Workbench, ...bodies: string[]): Promise<void> {
  const ours = bench.gateway.apps.get("ours")!;
  for (const body of bodies) {
    assert.equal((await ingestForApp(bench.gateway, ours, posted(body))).kind, "genuine");
  }
}

async function routed(bench: Workbench): Promise<void> {
  await eventually("the end of routing", async () =>
    (await bench.store.counts()).payloads.unrouted === 0 ? true : undefined,
  );
}

// biome-ignore lint/suspicious/noExplicitAny: what a test expects of a payload is its own assertion
async function received(bench: Workbench, channelId: string): Promise<any[]> {
  return (await bench.store.undigested(channelId, { limit: 100, maxBytes: 1_000_000 })).map(({ body }) =>
    JSON.parse(body),
  );
}

const page = (id: string, text: string) => ({ id, time: 1, messaging: [{ message: { mid: text, text } }] });
const change = (phone_number_id: string | undefined, text: string) => ({
  field: "messages",
  value: { metadata: { phone_number_id }, messages: [{ text: { body: text } }] },
});

test("a mixed webhook of an app arrives in parts, each on its channel, in order", async () => {
  await using bench = await workbench();
  const router = new Router(bench.gateway);
  const woken: string[] = [];
  bench.gateway.payloadsReady.listen((id) => woken.push(id));
  await post(
    bench,
    JSON.stringify({ object: "page", entry: [page("11", "a"), page("12", "b"), page("11", "c")] }),
    JSON.stringify({ object: "instagram", entry: [page("21", "d")] }),
    JSON.stringify({
      object: "whatsapp_business_account",
      entry: [{ id: "waba", changes: [change("31", "e"), change("31", "f")] }],
    }),
  );
  await routed(bench);
  const texts = async (id: string) =>
    (await received(bench, id)).map(({ entry }) => entry[0].messaging[0].message.text);
  assert.deepEqual([await texts("page-1"), await texts("page-2")], [["a", "c"], ["b"]]);
  assert.deepEqual(await received(bench, "insta"), [{ object: "instagram", entry: [page("21", "d")] }]);
  assert.deepEqual(
    await received(bench, "number"),
    ["e", "f"].map((text) => ({
      object: "whatsapp_business_account",
      entry: [{ id: "waba", changes: [change("31", text)] }],
    })),
  );
  assert.deepEqual([...new Set(woken)].sort(), ["insta", "number", "page-1", "page-2"]);
  assert.deepEqual((await bench.store.counts()).unroutedParts, { unknown: 0, refused: 0 });
  await router.stop();
});

test("what is for nobody is kept as unknown, what is for a channel of another app is refused; the rest goes on", async () => {
  await using bench = await workbench();
  const router = new Router(bench.gateway);
  const entry = [page("99", "a"), page("19", "b"), page("18", "c"), page("11", "d"), { time: 1 }];
  const deep = `{"object":"page","entry":${"[".repeat(200)}${"]".repeat(200)}}`;
  const account = { id: "waba", changes: [change(undefined, "e"), change("31", "f")] };
  await post(
    bench,
    JSON.stringify({ object: "page", entry }),
    deep,
    "not JSON",
    JSON.stringify({ object: "whatsapp_business_account", entry: [account] }),
  );
  await routed(bench);
  assert.equal((await received(bench, "page-1")).length, 1);
  assert.equal((await received(bench, "number")).length, 1);
  for (const id of ["their-page", "nobodys-page"]) assert.deepEqual(await received(bench, id), []);
  assert.deepEqual((await bench.store.unroutedParts()).get("ours"), { unknown: 5, refused: 2 });
  const told = bench.logged.filter(({ level }) => level === "warn").map(({ fields }) => fields);
  const reasons = told.map((fields) => (fields as { reason: string }).reason);
  for (const reason of [
    "unknown target messenger 99",
    "messenger 19 belongs to another app",
    "messenger 18 belongs to no app",
    "nested 201 levels deep",
    "not JSON",
  ])
    assert.ok(reasons.includes(reason), `${reason} is not among ${reasons.join("; ")}`);
  await router.stop();
});

test("payloads that an earlier run left are routed at the start", async () => {
  await using bench = await workbench();
  await post(bench, JSON.stringify({ object: "page", entry: [page("11", "a")] }));
  assert.deepEqual(await received(bench, "page-1"), []);
  const router = new Router(bench.gateway);
  router.start();
  await routed(bench);
  assert.equal((await received(bench, "page-1")).length, 1);
  await router.stop();
});

test("a provider that throws holds up nothing behind it", async () => {
  await using bench = await workbench();
  const route: AppProvider["route"] = (payload) => {
    if (JSON.stringify(payload).includes("poison")) throw new Error("a router's bug");
    return meta.route(payload);
  };
  const meta = bench.gateway.provider;
  bench.gateway = { ...bench.gateway, provider: { ...meta, route } };
  const router = new Router(bench.gateway);
  await post(bench, '{"poison":1}', JSON.stringify({ object: "page", entry: [page("11", "a")] }));
  await routed(bench);
  assert.equal((await received(bench, "page-1")).length, 1);
  assert.equal((await bench.store.counts()).unroutedParts.unknown, 1);
  await router.stop();
});

test("an app's webhook is genuine by any of its secrets, by the new one at once, and by no other", async () => {
  await using bench = await workbench();
  const body = JSON.stringify({ object: "page", entry: [] });
  const verdict = async (by: string) =>
    (await ingestForApp(bench.gateway, bench.gateway.apps.get("ours")!, posted(body, by))).kind;
  assert.deepEqual([await verdict(secret), await verdict("new-secret")], ["genuine", "forged"]);
  await bench.gateway.apps.update("ours", { secrets: ["new-secret", secret] });
  assert.deepEqual([await verdict(secret), await verdict("new-secret")], ["genuine", "genuine"]);
  await bench.gateway.apps.update("ours", { secrets: ["new-secret"] });
  assert.deepEqual([await verdict(secret), await verdict("new-secret")], ["forged", "genuine"]);
  assert.equal(
    (await bench.store.unrouted("ours", { limit: 10, maxBytes: 1_000_000 })).length,
    4,
    "what is forged is not stored",
  );
});

test("a channel of an app has the app's credentials as they are now, its verify token and its webhook", async () => {
  await using bench = await workbench();
  const { apps, channels } = bench.gateway;
  const seen = () => channels.get("page-1")!;
  assert.deepEqual(seen().credentials, {
    access_token: "token-of-its-own",
    app_id: "900",
    app_secret: secret,
  });
  assert.deepEqual([seen().webhookSecret, channels.verifyToken(seen())], ["own", "verify me"]);
  assert.equal(webhookPath(bench.gateway, seen()), "/webhooks/meta/ours");
  assert.equal(webhookPath(bench.gateway, channels.get("nobodys-page")!), "/webhooks/messenger/nobodys-page");
  await apps.update("ours", { secrets: ["new", secret] });
  await channels.update("page-1", { name: "Renamed" });
  assert.equal(seen().credentials.app_secret, `new,${secret}`);
  const stored = (await bench.store.channels()).find(({ id }) => id === "page-1");
  assert.deepEqual(stored?.credentials, { access_token: "token-of-its-own" }, "the app's stay with the app");
});

test("a channel shares the app that it names, and changes no secret of it", async () => {
  await using bench = await workbench();
  const { gateway } = bench;
  const own = { phone_number_id: "32", access_token: "t" };
  const share = (credentials: Record<string, string>) =>
    shareWithApp(gateway, gateway.platforms.whatsapp, { ...own, ...credentials });
  assert.deepEqual(share({ app_secret: "s" }), {
    credentials: { ...own, app_secret: "s" },
    kept: { credentials: { ...own, app_secret: "s" } },
  });
  const sharing: Record<string, string>[] = [{ app_id: "900" }, { app_id: "900", app_secret: secret }];
  for (const known of sharing) {
    assert.deepEqual(share(known), {
      credentials: { ...own, app_id: "900", app_secret: secret },
      kept: { credentials: own, appId: "ours" },
    });
  }
  assert.throws(() => share({ app_id: "900", app_secret: "another" }), { code: "conflict" });
  const fresh = share({ app_id: "902", app_secret: "a, b" });
  assert.deepEqual(fresh.newApp?.secrets, ["a", "b"]);
  assert.equal(fresh.kept.appId, fresh.newApp?.id);
});

test("a channel whose app is removed while it connects is not connected without its secret", async () => {
  await using bench = await workbench();
  const { apps, channels } = bench.gateway;
  await apps.add(app("lonely", "903"));
  const credentials = { page_id: "33", access_token: "token-of-page-33", app_id: "903" };
  const { baseUrl } = channels.get("channel")!;
  const connect = (handler: () => Promise<void>) => {
    bench.handler = async (_body, { url = "" }) => {
      if (url.endsWith("/app")) return { body: { id: "903", name: "App" } };
      if (url.includes("/subscriptions?")) return { body: { data: [] } };
      await handler();
      return { body: { id: "33", name: "Page" } };
    };
    return connectChannel(bench.gateway, { platform: "messenger", credentials, baseUrl });
  };
  await assert.rejects(
    connect(() => apps.remove("lonely", 2)),
    { code: "invalid_request" },
  );
  await apps.add(app("lonely-2", "903"));
  // The app goes in the very commit before the channel's.
  const removing = Promise.withResolvers<void>();
  const stored = bench.store.addChannel;
  bench.store.addChannel = async (...args) => {
    void apps.remove("lonely-2", 3).then(removing.resolve);
    return stored(...args);
  };
  await assert.rejects(
    connect(async () => {}),
    { code: "conflict" },
  );
  await removing.promise;
  assert.deepEqual(
    (await bench.store.channels()).filter(({ naturalId }) => naturalId === "33"),
    [],
  );
});
