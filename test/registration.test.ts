import assert from "node:assert/strict";
import { test } from "node:test";
import { checkChannel } from "../src/gateway/connecting/check.ts";
import {
  preparePolling,
  type RegistrationWish,
  registerWebhooks,
} from "../src/gateway/connecting/register.ts";
import { Receivers } from "../src/gateway/receiving/receive.ts";
import { conflictRestMs, Rarely } from "../src/gateway/receiving/receiver.ts";
import { eventually } from "./support/eventually.ts";
import { type Reply, Workbench } from "./support/workbench.ts";

const reach = { loopbackUrl: "http://127.0.0.1:9" };
const ours = "http://127.0.0.1:9/webhooks/telegram/channel";

interface Bot {
  /** Where its webhook goes, as Telegram tells it. */
  url: string;
  /** What setWebhook does; absent: it sets it. */
  set?(url: string): void;
  refuses?: string;
}

/** Telegram in place of the workbench's answers. */
function play(bench: Workbench, bot: Bot): void {
  bench.handler = (body, request) => {
    const method = request.url!.split("/").at(-1)!;
    if (method === bot.refuses) {
      return { status: 400, body: { ok: false, error_code: 400, description: "Bad Request: not today" } };
    }
    if (method === "getWebhookInfo") return { body: { ok: true, result: { url: bot.url } } };
    const { url = "" } = body as { url?: string };
    if (method === "setWebhook" && bot.set) bot.set(url);
    else if (method === "setWebhook" || method === "deleteWebhook") bot.url = url;
    if (method === "getMe")
      return { body: { ok: true, result: { id: 7, first_name: "Shop", username: "shop_bot" } } };
    return { body: { ok: true, result: method === "getUpdates" ? [] : true } };
  };
}

const register = (bench: Workbench, wish: Partial<RegistrationWish> = {}) =>
  registerWebhooks(bench.gateway, bench.gateway.channels.get("channel")!, {
    reach,
    takeOver: false,
    ...wish,
  });
const asked = (bench: Workbench) => bench.requests.map(({ method }) => method);

test("a webhook is looked at, set, and looked at again", async () => {
  await using bench = await Workbench.open();
  play(bench, { url: "" });
  const webhook = { state: "ours", host: "127.0.0.1:9" };
  assert.deepEqual(await register(bench), { kind: "receives", url: ours, webhook });
  assert.deepEqual(asked(bench), ["getWebhookInfo", "setWebhook", "getWebhookInfo"]);
});

const known: [string, string, "receives" | "conflict"][] = [
  ["this channel's path at a host of old", "https://old.example/base/webhooks/telegram/channel", "receives"],
  ["a removed channel's path at an address of ours", "http://127.0.0.1:9/webhooks/telegram/gone", "receives"],
  ["another channel's path at another host", "https://old.example/webhooks/telegram/other", "conflict"],
  ["our path as a query of another program", "https://old.example/?/webhooks/telegram/channel", "conflict"],
  ["an address of which ours is only the beginning", "http://127.0.0.1:99/webhooks/x", "conflict"],
];
for (const [what, url, kind] of known)
  test(`a webhook at ${what} is ${kind === "receives" ? "ours" : "another program's"}`, async () => {
    await using bench = await Workbench.open();
    play(bench, { url });
    assert.equal((await register(bench)).kind, kind);
    assert.equal(asked(bench).includes("setWebhook"), kind === "receives");
  });

test("without a public address our path at another host is that of whoever has our data too", async () => {
  await using bench = await Workbench.open();
  const url = "https://production.example/webhooks/telegram/channel";
  const bot: Bot = { url };
  play(bench, bot);
  const channel = { ...bench.gateway.channels.get("channel")!, simulated: false };
  const prepare = (wish: Partial<RegistrationWish>) =>
    preparePolling(bench.gateway, channel, { reach, takeOver: false, ...wish });
  const conflict = await prepare({});
  assert.ok(conflict.kind === "conflict" && conflict.host === "production.example", JSON.stringify(conflict));
  assert.equal(bot.url, url);
  const moved = { ...reach, publicUrl: "https://new.example" };
  const wish = { reach: moved, takeOver: false };
  assert.equal((await registerWebhooks(bench.gateway, channel, wish)).kind, "receives");
  bot.url = url;
  assert.equal((await prepare({ takeOver: true })).kind, "receives");
  assert.equal(bot.url, "");
});

test("a conflict names the host and nothing else of the other's address", async () => {
  await using bench = await Workbench.open();
  play(bench, { url: "https://user:pass@old.example:8443/hook/their-secret?key=1" });
  const conflict = await register(bench);
  assert.ok(conflict.kind === "conflict");
  assert.equal(conflict.host, "old.example:8443");
  for (const secret of ["their-secret", "pass", "key=1"]) assert.ok(!conflict.reason.includes(secret));
});

test("what cannot be looked at is not set, unless it is taken over", async () => {
  await using bench = await Workbench.open();
  play(bench, { url: "", refuses: "getWebhookInfo" });
  assert.deepEqual(await register(bench), {
    kind: "refused",
    reason: "getWebhookInfo: Bad Request: not today",
  });
  assert.deepEqual(asked(bench), ["getWebhookInfo"]);
  const taken = await register(bench, { takeOver: true });
  assert.deepEqual(taken, { kind: "receives", url: ours, webhook: { state: "not_told" } });
});

test("a webhook that the platform takes and does not keep is no registration", async () => {
  await using bench = await Workbench.open();
  const bot: Bot = { url: "", set: () => {} };
  play(bench, bot);
  const lost = await register(bench);
  assert.ok(lost.kind === "refused" && /still go nowhere$/.test(lost.reason), JSON.stringify(lost));
  bot.set = () => {
    bot.url = "https://other.example/hook";
  };
  const elsewhere = await register(bench);
  assert.ok(elsewhere.kind === "refused" && /still go to other\.example$/.test(elsewhere.reason));
});

test("without an address that the platform can reach no further try is made", async () => {
  await using bench = await Workbench.open();
  const channel = { ...bench.gateway.channels.get("channel")!, simulated: false };
  const refused = await registerWebhooks(bench.gateway, channel, { reach, takeOver: false });
  assert.ok(refused.kind === "refused" && refused.isFinal);
  assert.deepEqual(asked(bench), []);
});

test("polling removes a webhook of ours and leaves another program's", async () => {
  await using bench = await Workbench.open();
  const bot: Bot = { url: "https://old.example/hook" };
  play(bench, bot);
  const channel = bench.gateway.channels.get("channel")!;
  const receivers = new Receivers(bench.gateway, reach);
  receivers.follow(channel);
  await eventually(
    "the conflict",
    () => receivers.waiting.get("channel")?.startsWith("webhook_conflict: ") || undefined,
  );
  assert.deepEqual(asked(bench), ["getWebhookInfo"]);
  assert.deepEqual(receivers.untried(), []);
  bot.url = ours;
  assert.deepEqual(await receivers.register(channel, false), {
    kind: "receives",
    webhook: { state: "none" },
  });
  assert.deepEqual(asked(bench).slice(1, 4), ["getWebhookInfo", "deleteWebhook", "getUpdates"]);
  assert.equal(bot.url, "");
  assert.equal(receivers.waiting.size, 0);
  await receivers.stop();
});

test("another's webhook is looked at every minute, another poller disturbed ever more rarely", () => {
  const minutes = (contests: number, host?: string) =>
    conflictRestMs({ ...(host && { host }) }, contests) / 60_000;
  assert.deepEqual(
    [1, 2, 3, 6, 7, 2000].map((times) => minutes(times)),
    [1, 2, 4, 32, 60, 60],
  );
  assert.deepEqual(
    [0, 1, 9].map((times) => minutes(times, "old.example")),
    [1, 1, 1],
  );
});

test("a take-over holds once: a webhook that somebody sets later is left to them", async () => {
  await using bench = await Workbench.open();
  const bot: Bot = { url: "https://old.example/hook" };
  play(bench, bot);
  const answers = bench.handler;
  const receivers = new Receivers(bench.gateway, reach);
  await receivers.register(bench.gateway.channels.get("channel")!, true);
  assert.equal(bot.url, "");
  bot.url = "https://new.example/hook";
  bench.handler = (body, request) => {
    if (!request.url!.endsWith("/getUpdates")) return answers(body, request);
    const description = "Conflict: can't use getUpdates method while webhook is active";
    return { status: 409, body: { ok: false, error_code: 409, description } };
  };
  await eventually(
    "the conflict",
    () => receivers.waiting.get("channel")?.includes("at host new.example") || undefined,
  );
  assert.equal(asked(bench).filter((method) => method === "deleteWebhook").length, 1);
  await receivers.stop();
});

test("a take-over that failed does not happen by itself later", async () => {
  await using bench = await Workbench.open();
  const bot: Bot = { url: "https://old.example/hook", refuses: "setWebhook" };
  play(bench, bot);
  const receivers = new Receivers(bench.gateway, { ...reach, publicUrl: "https://ours.example" });
  const failed = await receivers.register(bench.gateway.channels.get("channel")!, true);
  assert.equal(failed.kind, "refused");
  bot.refuses = "nothing";
  const conflict = () => receivers.waiting.get("channel")?.includes("at host old.example") || undefined;
  await eventually("the conflict", conflict);
  assert.equal(bot.url, "https://old.example/hook");
  await receivers.stop();
});

/** Telegram answers nothing before the door opens. */
async function shut() {
  const bench = await Workbench.open();
  play(bench, { url: "" });
  const answers = bench.handler;
  const door = Promise.withResolvers<void>();
  bench.handler = async (body, request) => {
    await door.promise;
    return answers(body, request);
  };
  const receivers = new Receivers(bench.gateway, { ...reach, publicUrl: "https://ours.example" });
  const channel = bench.gateway.channels.get("channel")!;
  return { bench, receivers, open: () => door.resolve(), register: () => receivers.register(channel, false) };
}

const ends: [string, (receivers: Receivers) => Promise<unknown>, string][] = [
  ["the channel is removed", (receivers) => receivers.forget("channel"), "superseded"],
  ["the gateway shuts down", (receivers) => receivers.stop(), "closing"],
];
for (const [what, end, kind] of ends)
  test(`whoever waits for a registration is told when ${what} meanwhile`, async () => {
    const { bench, receivers, open, register } = await shut();
    await using _ = bench;
    const waiting = register();
    const ended = end(receivers);
    assert.equal((await waiting).kind, kind);
    open();
    await ended;
  });

test("of two registrations at once the first gives way, and the platform is not said to have refused it", async () => {
  const { bench, receivers, open, register } = await shut();
  await using _ = bench;
  const first = register();
  const second = register();
  assert.equal((await first).kind, "superseded");
  open();
  assert.equal((await second).kind, "receives");
  await receivers.stop();
});

test("a token that polling is refused with is no platform that is down", async () => {
  await using bench = await Workbench.open();
  play(bench, { url: "" });
  const answers = bench.handler;
  let reply: Reply = { status: 401, body: { ok: false, error_code: 401, description: "Unauthorized" } };
  bench.handler = (body, request) => (request.url!.endsWith("/getUpdates") ? reply : answers(body, request));
  const receivers = new Receivers(bench.gateway, reach);
  const register = () => receivers.register(bench.gateway.channels.get("channel")!, false);
  assert.equal((await register()).kind, "refused");
  reply = { status: 502, body: "<html>" };
  assert.equal((await register()).kind, "unreachable");
  await receivers.stop();
});

test("a platform that stops answering its poller is told of, until it answers again", async () => {
  await using bench = await Workbench.open();
  play(bench, { url: "" });
  const answers = bench.handler;
  let isDown = false;
  bench.handler = (body, request) => {
    if (isDown) request.socket.destroy();
    return answers(body, request);
  };
  const receivers = new Receivers(bench.gateway, reach);
  await receivers.register(bench.gateway.channels.get("channel")!, false);
  isDown = true;
  await eventually(
    "the outage",
    () => receivers.waiting.get("channel")?.startsWith("Telegram does not answer") || undefined,
  );
  isDown = false;
  await eventually("its end", () => receivers.waiting.size === 0 || undefined);
  await receivers.stop();
});

test("a check sees a webhook that somebody has removed, or that still goes to a former address", async () => {
  await using bench = await Workbench.open();
  const bot: Bot = { url: "" };
  play(bench, bot);
  const channel = bench.gateway.channels.get("channel")!;
  const advice = async (publicUrl?: string) => {
    const wish = { reach: { ...reach, ...(publicUrl && { publicUrl }) }, waiting: undefined };
    return (await checkChannel(bench.gateway, channel, wish)).advice;
  };
  const lookedAt = async () => (await bench.store.channelHealth("channel")).checkedAt;
  assert.equal(await lookedAt(), undefined);
  assert.deepEqual(await advice(), [], "a bot that is polled has none");
  assert.notEqual(await lookedAt(), undefined, "it was looked at");
  assert.match(
    (await advice("https://new.example"))[0] ?? "",
    /nowhere any more: POST \/v1\/channels\/channel\/register/,
  );
  bot.url = "https://old.example/webhooks/telegram/channel";
  assert.match((await advice("https://new.example"))[0] ?? "", /still sends webhooks to old\.example: POST/);
  bot.url = ours;
  assert.deepEqual(await advice("https://new.example"), []);
});

test("a check tells refused credentials from a platform that is down, and asks for nothing more then", async () => {
  await using bench = await Workbench.open();
  const channel = bench.gateway.channels.get("channel")!;
  const check = () => checkChannel(bench.gateway, channel, { reach, waiting: undefined });
  bench.handler = () => ({ status: 401, body: { ok: false, error_code: 401, description: "Unauthorized" } });
  const refused = await check();
  assert.equal(refused.credentials.state, "refused");
  assert.equal(refused.credentials.problem?.code, "401");
  assert.deepEqual(refused.webhook, { state: "not_told" });
  assert.equal(refused.permissions.state, "not_told");
  assert.match(refused.advice[0] ?? "", /^Telegram refuses the credentials: Unauthorized/);
  assert.deepEqual(asked(bench), ["getMe"]);

  bench.handler = () => ({ status: 502, body: "<html>" });
  assert.equal((await check()).credentials.state, "unreachable");
  await bench.gateway.channels.update("channel", { baseUrl: "http://127.0.0.1:1" });
  const down = await checkChannel(bench.gateway, bench.gateway.channels.get("channel")!, {
    reach,
    waiting: "x",
  });
  assert.equal(down.credentials.state, "unreachable");
  assert.deepEqual(down.advice, ["Telegram does not answer now: check again later."]);
});

test("a token of another app is told by a check, with the way to put it right", async () => {
  await using bench = await Workbench.open();
  const { apps, channels } = bench.gateway;
  const { baseUrl } = channels.get("channel")!;
  const made = { name: "Shop", createdAt: 1 };
  const secrets = ["0123456789abcdef"];
  await apps.add({ ...made, id: "ours", provider: "meta", appId: "900", secrets, verifyToken: "v" });
  const page = { id: "page", platform: "messenger", naturalId: "33", appId: "ours", paused: false } as const;
  const credentials = { page_id: "33", access_token: "token-of-a-page" };
  const row = { ...made, ...page, credentials, baseUrl, simulated: true, webhookSecret: "s" };
  const channel = await channels.add(row);
  bench.handler = (_body, { url = "" }) => {
    if (url.endsWith("/app")) return { body: { id: "901", name: "Other" } };
    return { body: url.endsWith("/subscriptions") ? { data: [] } : { id: "33", name: "Page" } };
  };
  const { app, advice } = await checkChannel(bench.gateway, channel, { reach, waiting: undefined });
  assert.deepEqual(app, { state: "another", id: "901", name: "Other" });
  assert.match(advice[0] ?? "", /made for app 901 \(Other\), not for app 900/);
});

test("what keeps a channel from receiving is logged when it begins, and then ever more rarely", () => {
  const told = new Rarely();
  const logged = Array.from({ length: 40 }, () => told.isDue("the same")).filter(Boolean).length;
  assert.equal(logged, 6);
  assert.ok(told.isDue("another reason"));
});
