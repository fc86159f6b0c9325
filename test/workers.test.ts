import assert from "node:assert/strict";
import { test } from "node:test";
import { momentOf } from "../src/core/clock.ts";
import type { Platform } from "../src/core/platform.ts";
import { GatewayError } from "../src/core/problem.ts";
import { goingOn } from "../src/gateway/connecting/channels.ts";
import { pauseRevoked, resume } from "../src/gateway/connecting/revoked.ts";
import { Notifier } from "../src/gateway/delivering/notify.ts";
import { Digester } from "../src/gateway/receiving/digest.ts";
import { ingest } from "../src/gateway/receiving/ingest.ts";
import { Poller } from "../src/gateway/receiving/poll.ts";
import { acceptMessage } from "../src/gateway/sending/accept.ts";
import { Lanes } from "../src/gateway/sending/lanes.ts";
import { telegram } from "../src/platforms/telegram/index.ts";
import { eventually } from "./support/eventually.ts";
import { ok, tooMany, Workbench } from "./support/workbench.ts";

async function send(bench: Workbench, to: string, body: string, more: object = {}): Promise<string> {
  const request = { from: "channel", to, content: { text: { body } }, ...more };
  return (await acceptMessage(bench.gateway, { request, normalised: [], warnings: [] })).message.id;
}

async function startedLanes(bench: Workbench): Promise<Lanes> {
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  return lanes;
}

/** Somebody turns out to be both: their contacts, and their lanes, are one from here on. */
async function mergeContacts(bench: Workbench, ...aliases: string[]): Promise<void> {
  const event = { kind: "renamed" as const, dedupeKey: aliases.join(), sender: { aliases }, formerly: [] };
  await bench.store.storePayloads("channel", ["{}"], Date.now());
  const [payload] = await bench.store.undigested("channel", { limit: 1, maxBytes: 1_000_000 });
  const events = [{ event, report: true }];
  const now = momentOf(bench.gateway.clock);
  await bench.store.digest({ payloadId: payload!.id, ...now, events, unknown: [] });
}

async function statusOf(bench: Workbench, id: string): Promise<string> {
  return (await bench.store.message(id))!.message.status;
}

function settled(bench: Workbench, ids: string[]): Promise<string[]> {
  return eventually("an end of every message", async () => {
    const statuses = await Promise.all(ids.map((id) => statusOf(bench, id)));
    return statuses.every((status) => ["sent", "failed", "unknown", "expired"].includes(status))
      ? statuses
      : undefined;
  });
}

/** A promise to be kept by hand. */
function latch(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const unhurried = { perSecond: 10_000, burst: 10_000, source: "test", read: "2026-11-21" };
const quick = { capabilities: { pace: { channel: unhurried, contact: unhurried } } };
const texts = (bench: Workbench) => bench.requests.map(({ body }) => body.text);

test("lanes that wait for a place expire in time, and none sleeps on", async () => {
  await using bench = await Workbench.open(quick);
  const door = latch();
  bench.handler = async () => {
    await door.opened;
    return ok(1);
  };
  const lanes = await startedLanes(bench);
  const ids: string[] = [];
  for (let n = 1; n <= 150; n++) ids.push(await send(bench, String(n), "hello", { ttl_seconds: 1 }));
  await eventually("a full house", () => (bench.requests.length === 64 ? true : undefined));
  await eventually("the expiry of all others", async () => {
    const failed = (await Promise.all(ids.map((id) => statusOf(bench, id)))).filter(
      (status) => status === "expired",
    );
    return failed.length === 150 - 64 ? true : undefined;
  });
  door.open();
  const statuses = await settled(bench, ids);
  assert.equal(statuses.filter((status) => status === "sent").length, 64);
  await lanes.stop();
});

test("what is accepted before the start leaves at the start, and is no interrupted call", async () => {
  await using bench = await Workbench.open(quick);
  const lanes = new Lanes(bench.gateway);
  const ids = [await send(bench, "5", "early"), await send(bench, "6", "early too")];
  assert.deepEqual(await Promise.all(ids.map((id) => statusOf(bench, id))), ["accepted", "accepted"]);
  await lanes.start();
  assert.deepEqual(await settled(bench, ids), ["sent", "sent"]);
  const types = (await bench.store.eventsAfter(0, 100)).map((row) => row.event.type);
  assert.deepEqual(types, ["message.sent", "message.sent"]);
  await lanes.stop();
});

test("two lanes that become one while they wait for their channel keep the order", async () => {
  // So slow that the two are one before the first of them leaves, also where a commit takes long.
  const one = { perSecond: 1, burst: 1, source: "test", read: "2026-11-21" };
  await using bench = await Workbench.open({ capabilities: { pace: { channel: one, contact: unhurried } } });
  let refused = false;
  bench.handler = ({ text }) => {
    if (text !== "first" || refused) return ok(1);
    refused = true;
    return tooMany(1);
  };
  const lanes = await startedLanes(bench);
  const ids = [
    await send(bench, "1", "warm"),
    await send(bench, "5", "first"),
    await send(bench, "6", "second"),
  ];
  // Somebody answers as both: their lanes are one from here on.
  await mergeContacts(bench, "5", "6");
  assert.deepEqual(await settled(bench, ids), ["sent", "sent", "sent"]);
  assert.deepEqual(
    texts(bench).filter((text) => text !== "warm"),
    ["first", "first", "second"],
  );
  await lanes.stop();
});

test("an outcome that the store refuses for now is kept and stored later, and nothing overtakes it", async () => {
  await using bench = await Workbench.open(quick);
  const settleCall = bench.store.settleCall.bind(bench.store);
  let refusals = 2;
  bench.store.settleCall = async (settlement) => {
    if (refusals-- > 0) throw new GatewayError("unavailable", "The disk is full.");
    return settleCall(settlement);
  };
  const lanes = await startedLanes(bench);
  const ids = [await send(bench, "5", "first"), await send(bench, "5", "second")];
  assert.deepEqual(await settled(bench, ids), ["sent", "sent"]);
  assert.deepEqual(texts(bench), ["first", "second"]);
  assert.ok(refusals < 0);
  await lanes.stop();
});

test("a call that is under way holds its lane, whoever wakes it", async () => {
  await using bench = await Workbench.open(quick);
  const door = latch();
  bench.handler = async ({ text }) => {
    if (text === "slow") await door.opened;
    return ok(1);
  };
  const lanes = await startedLanes(bench);
  const slow = await send(bench, "5", "slow");
  await eventually("the slow call", () => (bench.requests.length === 1 ? true : undefined));
  const next = await send(bench, "5", "next");
  for (const lane of await bench.store.lanes()) bench.gateway.laneReady.raise(lane);
  const other = await send(bench, "6", "another conversation");
  await settled(bench, [other]);
  assert.deepEqual(texts(bench), ["slow", "another conversation"]);
  door.open();
  await settled(bench, [slow, next]);
  assert.deepEqual(texts(bench), ["slow", "another conversation", "next"]);
  await lanes.stop();
});

test("the intent is on disk before a byte leaves", async () => {
  await using bench = await Workbench.open(quick);
  const seen: unknown[] = [];
  let id = "";
  bench.handler = async () => {
    const { calls, message } = (await bench.store.message(id))!;
    seen.push([message.status, calls[0]!.state, calls[0]!.tries]);
    return ok(1);
  };
  const lanes = new Lanes(bench.gateway);
  id = await send(bench, "5", "hello");
  await lanes.start();
  await settled(bench, [id]);
  assert.deepEqual(seen, [["sending", "sending", 1]]);
  await lanes.stop();
});

test("a lane waits for a call that is under way in one that became part of it", async () => {
  await using bench = await Workbench.open(quick);
  const door = latch();
  bench.handler = async ({ text }) => {
    if (text === "slow") await door.opened;
    return ok(1);
  };
  const lanes = await startedLanes(bench);
  await settled(bench, [await send(bench, "5", "older lane")]);
  const slow = await send(bench, "6", "slow");
  await eventually("the slow call", () => (bench.requests.length === 2 ? true : undefined));
  await mergeContacts(bench, "5", "6");
  const next = await send(bench, "5", "next");
  // Another conversation's message goes all the way meanwhile: the older lane has had its chance.
  await settled(bench, [await send(bench, "7", "elsewhere")]);
  assert.deepEqual(texts(bench), ["older lane", "slow", "elsewhere"]);
  door.open();
  assert.deepEqual(await settled(bench, [slow, next]), ["sent", "sent"]);
  assert.deepEqual(texts(bench), ["older lane", "slow", "elsewhere", "next"]);
  const complaints = bench.logged.filter(({ level }) => level === "error");
  assert.deepEqual(complaints, []);
  await lanes.stop();
});

test("the calls of a conversation and of a channel keep their distance", async () => {
  const slow = { perSecond: 20, burst: 2, source: "test", read: "2026-11-21" };
  for (const pace of [
    { channel: unhurried, contact: slow },
    { channel: slow, contact: unhurried },
  ]) {
    await using bench = await Workbench.open({ capabilities: { pace } });
    const lanes = await startedLanes(bench);
    const ids: string[] = [];
    const startedAt = Date.now();
    for (let n = 0; n < 8; n++)
      ids.push(await send(bench, pace.contact === slow ? "5" : String(n + 5), `n ${n}`));
    await settled(bench, ids);
    const begun = (await Promise.all(ids.map((id) => bench.store.message(id)))).map(
      (one) => one!.attempts[0]!.at,
    );
    const tookMs = Math.max(...begun) - startedAt;
    // Two at once, then one every 50 ms. Not from the first one on: that may be late by whatever else the machine does.
    assert.ok(tookMs >= 6 * 50 - 5, `${tookMs} ms`);
    await lanes.stop();
  }
});

test("a platform's pause holds for the next message too when the one that met it is given up", async () => {
  await using bench = await Workbench.open(quick);
  const answers = [tooMany(3600)];
  bench.handler = () => answers.shift() ?? ok(1);
  const lanes = await startedLanes(bench);
  const hasty = await send(bench, "5", "hasty", { ttl_seconds: 60 });
  const patient = await send(bench, "5", "patient", { ttl_seconds: 7200 });
  const elsewhere = await send(bench, "6", "elsewhere");
  assert.deepEqual(await settled(bench, [hasty, elsewhere]), ["expired", "sent"]);
  assert.equal(await statusOf(bench, patient), "accepted");
  assert.deepEqual(texts(bench).sort(), ["elsewhere", "hasty"]);
  await lanes.stop();
});

const update = (id: number, message: object) =>
  JSON.stringify({ update_id: id, message: { message_id: id, date: 1_760_000_000, ...message } });
const from5 = { chat: { id: 5, type: "private" }, from: { id: 5, is_bot: false, first_name: "Ana" } };

async function receive(bench: Workbench, ...bodies: string[]): Promise<void> {
  await bench.store.storePayloads("channel", bodies, Date.now());
  bench.gateway.payloadsReady.raise("channel");
}

async function received(bench: Workbench): Promise<unknown[]> {
  const events = (await bench.store.eventsAfter(0, 100)).map((row) => row.event);
  return events
    .filter((event) => event.type === "message.received")
    .map((event) => (event.message as { text?: unknown }).text);
}

test("a payload that nobody foresaw becomes an unknown part, and what is behind it goes on", async () => {
  const parse: Platform["parse"] = (payload) => {
    if (JSON.stringify(payload).includes("poison")) throw new Error("a parser's bug");
    return telegram.parse(payload);
  };
  await using bench = await Workbench.open({ ...quick, parse });
  const digester = new Digester(bench.gateway, await startedLanes(bench));
  const deep = `{"update_id":1,"message":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
  await receive(
    bench,
    deep,
    "not JSON",
    update(2, { ...from5, text: "poison" }),
    update(3, { ...from5, date: 9e12, text: "far future" }),
    update(4, { ...from5, text: "good" }),
  );
  await eventually("the good one", async () => ((await received(bench)).length >= 2 ? true : undefined));
  assert.deepEqual(await received(bench), [{ body: "far future" }, { body: "good" }]);
  assert.deepEqual((await bench.store.counts()).payloads, { undigested: 0, unknownParts: 3, unrouted: 0 });
  await digester.stop();
});

test("an event that quotes something unknown waits for no call of another conversation", async () => {
  await using bench = await Workbench.open(quick);
  const door = latch();
  bench.handler = async () => {
    await door.opened;
    return ok(1);
  };
  const lanes = await startedLanes(bench);
  const digester = new Digester(bench.gateway, lanes);
  await send(bench, "6", "slow");
  await eventually("the slow call", () => (bench.requests.length === 1 ? true : undefined));
  const quoted = { reply_to_message: { message_id: 999, date: 1, chat: from5.chat }, text: "about that" };
  await receive(bench, update(10, { ...from5, ...quoted }));
  await eventually("the quote", async () => ((await received(bench)).length === 1 ? true : undefined));
  door.open();
  await lanes.stop();
  await digester.stop();
});

test("a delivery whose outcome cannot be stored yet is not posted again", async () => {
  await using bench = await Workbench.open(quick);
  const recordAttempt = bench.store.recordAttempt.bind(bench.store);
  let refusals = 2;
  bench.store.recordAttempt = async (...record) => {
    if (refusals-- > 0) throw new GatewayError("unavailable", "The disk is full.");
    return recordAttempt(...record);
  };
  const url = `${bench.gateway.channels.get("channel")!.baseUrl}/hook`;
  const endpoint = {
    id: "ep",
    url,
    secret: "whsec_c2VjcmV0",
    format: "antiphon" as const,
    events: [],
    channels: [],
    ordered: false,
    enabled: true,
    createdAt: 0,
  };
  await bench.store.addEndpoint(endpoint);
  const notifier = new Notifier(bench.gateway, bench.gateway.transport);
  await notifier.start();
  await bench.store.addEvent({ type: "endpoint.test", timestamp: new Date().toISOString() });
  bench.gateway.eventsWritten.raise();
  await eventually("its record", async () =>
    (await bench.store.counts()).deliveries.delivered === 1 ? true : undefined,
  );
  assert.equal(bench.requests.length, 1);
  assert.ok(refusals < 0);
  await notifier.stop();
});

test("a message of another conversation is neither quoted nor reacted to", async () => {
  await using bench = await Workbench.open(quick);
  const lanes = await startedLanes(bench);
  const id = await send(bench, "5", "to five");
  await settled(bench, [id]);
  const quote = { context: { message_id: id } };
  await assert.rejects(send(bench, "6", "quoting", quote), (error: GatewayError) => {
    assert.equal(error.errors[0]?.pointer, "/context/message_id");
    return true;
  });
  await settled(bench, [await send(bench, "5", "quoting", quote)]);
  await lanes.stop();
});

test("a message that was accepted a moment ago can be quoted at once", async () => {
  await using bench = await Workbench.open(quick);
  const door = latch();
  bench.handler = async ({ text }) => {
    if (text === "question") await door.opened;
    return ok(1);
  };
  const lanes = await startedLanes(bench);
  const id = await send(bench, "5", "question");
  const quoting = send(bench, "5", "and more", { context: { message_id: id } });
  await eventually("the question under way", () => (bench.requests.length === 1 ? true : undefined));
  door.open();
  assert.deepEqual(await settled(bench, [id, await quoting]), ["sent", "sent"]);
  assert.deepEqual(texts(bench), ["question", "and more"]);
  await lanes.stop();
});

test("updates without a number are not asked for again at once", async () => {
  await using bench = await Workbench.open(quick);
  bench.handler = () => ({ body: { ok: true, result: [{ message: {} }] } });
  const stop = new AbortController();
  const wish = { told: () => {}, takeOver: false, signal: stop.signal };
  const poller = new Poller(bench.gateway, "channel", wish);
  await eventually("the complaint", () => bench.logged.find(({ level }) => level === "error"));
  assert.equal(bench.requests.length, 1);
  stop.abort();
  assert.equal(await poller.ended, "stopped");
});

test("a webhook is stored before it is understood", async () => {
  await using bench = await Workbench.open(quick);
  const channel = bench.gateway.channels.get("channel")!;
  const headers = { "x-telegram-bot-api-secret-token": "secret" };
  const rawBody = new TextEncoder().encode(update(1, { ...from5, text: "kept" }));
  const verdict = await ingest(bench.gateway, channel, { method: "POST", query: {}, headers, rawBody });
  assert.equal(verdict.kind, "genuine");
  assert.equal((await bench.store.undigested("channel", { limit: 10, maxBytes: 1_000_000 })).length, 1);
});

test("a platform that repeats the token in its refusal gives it away to nobody", async () => {
  await using bench = await Workbench.open(quick);
  const description = "Unauthorized: 7:token-that-is-secret is revoked";
  bench.handler = () => ({ status: 401, body: { ok: false, error_code: 401, description } });
  await bench.gateway.channels.update("channel", { credentials: { bot_token: "7:token-that-is-secret" } });
  const lanes = await startedLanes(bench);
  const id = await send(bench, "5", "hello");
  const paused = await eventually("the pause", () => pausesOf(bench).then(([first]) => first));
  assert.match(paused.reason ?? "", /Unauthorized: \*\*\* is revoked/);
  const everything = JSON.stringify([
    await bench.store.message(id),
    await bench.store.eventsAfter(0, 100),
    bench.gateway.channels.get("channel")?.pausedReason,
    bench.logged,
  ]);
  assert.ok(!everything.includes("token-that-is-secret"));
  await lanes.stop();
});

async function pausesOf(bench: Workbench) {
  const rows = await bench.store.eventsAfter(0, 1000);
  return rows.map(({ event }) => event).filter(({ type }) => type === "channel.paused");
}

test("a refused token pauses the channel and fails nothing: what waits leaves in order with another, and all is told once", async () => {
  await using bench = await Workbench.open(quick);
  let isRevoked = true;
  const refused = { status: 401, body: { ok: false, error_code: 401, description: "Unauthorized" } };
  bench.handler = () => (isRevoked ? refused : ok(bench.requests.length));
  const first = await startedLanes(bench);
  const ids: string[] = [];
  for (let n = 0; n < 20; n++) ids.push(await send(bench, String(5 + (n % 10)), `n ${n}`));
  await eventually("the pause", async () => (await pausesOf(bench)).length > 0 || undefined);
  await first.stop();
  const asked = bench.requests.length;
  assert.ok(asked <= 10, `${asked} asked with a token that is refused`);
  const { paused, awaitsCredentials, pausedReason } = bench.gateway.channels.get("channel")!;
  assert.deepEqual([paused, awaitsCredentials], [true, true]);
  assert.match(pausedReason!, /refuses the channel's token: Unauthorized/);

  await bench.gateway.channels.load();
  const lanes = await startedLanes(bench);
  isRevoked = false;
  const renewed = { credentials: { bot_token: "7:another" }, ...goingOn };
  await bench.gateway.channels.update("channel", renewed);
  lanes.wakeChannel("channel");
  assert.deepEqual(new Set(await settled(bench, ids)), new Set(["sent"]));
  const left = texts(bench).slice(asked);
  for (let n = 0; n < 10; n++) assert.ok(left.indexOf(`n ${n}`) < left.indexOf(`n ${n + 10}`));
  assert.equal((await pausesOf(bench)).length, 1);
  await lanes.stop();
});

test("a token that was refused after the channel got another pauses nothing", async () => {
  await using bench = await Workbench.open(quick);
  const { channels } = bench.gateway;
  bench.handler = async (_body, request) => {
    if (!request.url?.includes("7:token")) return ok(1);
    await channels.update("channel", { credentials: { bot_token: "7:another" } });
    return { status: 401, body: { ok: false, error_code: 401, description: "Unauthorized" } };
  };
  const lanes = await startedLanes(bench);
  assert.deepEqual(await settled(bench, [await send(bench, "5", "hello")]), ["sent"]);
  assert.equal(channels.get("channel")?.paused, false);
  assert.deepEqual(await pausesOf(bench), []);
  await lanes.stop();
});

test("a token that is refused while its successor is being stored pauses nothing, whichever was first", async () => {
  const used = (bench: Workbench) => bench.gateway.channels.get("channel")!;
  const problem = { code: "401", message: "Unauthorized" };
  const renew = ({ gateway }: Workbench, token: string) =>
    gateway.channels.renew("channel", { credentials: { bot_token: token } });
  await using bench = await Workbench.open(quick);
  const { gateway } = bench;
  await Promise.all([renew(bench, "7:second"), pauseRevoked(gateway, used(bench), problem)]);
  assert.deepEqual([used(bench).paused, await pausesOf(bench)], [false, []]);
  await Promise.all([pauseRevoked(gateway, used(bench), problem), renew(bench, "7:third")]);
  const twice = [renew(bench, "7:fourth"), renew(bench, "7:fifth")];
  await Promise.all([...twice, twice[0]!.then(() => pauseRevoked(gateway, used(bench), problem))]);
  const { paused, awaitsCredentials, credentials } = used(bench);
  assert.deepEqual([paused, awaitsCredentials === true, credentials.bot_token], [false, false, "7:fifth"]);
  const [stored] = await bench.store.channels();
  assert.deepEqual([stored?.paused, stored?.credentials.bot_token], [false, "7:fifth"]);
});

test("a channel whose token is refused while it is resumed for an app's new secret goes on", async () => {
  await using bench = await Workbench.open(quick);
  const { gateway } = bench;
  const used = gateway.channels.get("channel")!;
  const pausing = pauseRevoked(gateway, used, { code: "401", message: "Unauthorized" });
  assert.equal(await resume(gateway, "channel"), true);
  await pausing;
  assert.equal(gateway.channels.get("channel")!.paused, false);
  assert.equal(await resume(gateway, "channel"), false);
});

test("a restart knows what has left and what is paused", async () => {
  const pair = { perSecond: 0.001, burst: 2, source: "test", read: "2026-11-21" };
  await using bench = await Workbench.open({
    capabilities: { pace: { channel: unhurried, contact: pair } },
  });
  const answers = [ok(1), ok(2), tooMany(3600)];
  bench.handler = () => answers.shift() ?? ok(bench.requests.length);
  const first = await startedLanes(bench);
  await settled(bench, [await send(bench, "5", "one"), await send(bench, "5", "two")]);
  const hasty = await send(bench, "6", "met the limit", { ttl_seconds: 60 });
  assert.deepEqual(await settled(bench, [hasty]), ["expired"]);
  await first.stop();

  const lanes = await startedLanes(bench);
  await send(bench, "5", "too soon");
  await send(bench, "6", "paused");
  assert.deepEqual(await settled(bench, [await send(bench, "7", "elsewhere")]), ["sent"]);
  assert.deepEqual(texts(bench), ["one", "two", "met the limit", "elsewhere"]);
  await lanes.stop();
});
