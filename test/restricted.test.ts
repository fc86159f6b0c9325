import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccountNotice } from "../src/core/platform.ts";
import { goingOn } from "../src/gateway/connecting/channels.ts";
import { pauseRestricted } from "../src/gateway/connecting/restricted.ts";
import { RestrictionEnd } from "../src/gateway/connecting/restriction-end.ts";
import { Digester } from "../src/gateway/receiving/digest.ts";
import { acceptMessage } from "../src/gateway/sending/accept.ts";
import { Lanes } from "../src/gateway/sending/lanes.ts";
import { healthJson } from "../src/http/channel-health.ts";
import { telegram } from "../src/platforms/telegram/index.ts";
import { eventually } from "./support/eventually.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { ok, tooMany, Workbench } from "./support/workbench.ts";

const hourMs = 3_600_000;
/** Ends are told in whole seconds, by another clock. */
const graceMs = 2_000;

async function send(bench: Workbench, text: string, to = "5"): Promise<void> {
  const request = { from: "channel", to, content: { text: { body: text } } };
  await acceptMessage(bench.gateway, { request, normalised: [], warnings: [] });
}

const told = async (bench: Workbench) =>
  (await bench.store.eventsAfter(0, 50))
    .map(({ event }) => event)
    .filter(({ type }) => type.startsWith("channel."));

/** A platform that tells restrictions by payloads which are just that, and refuses what `restricts` says. */
async function open(clock: FakeClock, state = { restricts: false }) {
  const bench = await Workbench.open({
    clock,
    parse: (payload) => ({ events: [], unknown: [], notices: [payload as AccountNotice] }),
    interpret: (response) =>
      state.restricts || response.status === 403
        ? {
            kind: "retry",
            scope: "channel",
            until: "unrestricted",
            problem: { code: "368", message: "Temporarily blocked", hint: "Appeal." },
          }
        : telegram.interpret(response),
  });
  bench.handler = () => ok(bench.requests.length);
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  const digester = new Digester(bench.gateway, lanes);
  const hears = async (notice: AccountNotice) => {
    await bench.store.storePayloads("channel", [JSON.stringify(notice)], clock.now());
    bench.gateway.payloadsReady.raise("channel");
    await eventually("it is read", async () => {
      const waits = await bench.store.undigested("channel", { limit: 1, maxBytes: 99 });
      return waits.length === 0 || undefined;
    });
  };
  const close = async () => {
    await digester.stop();
    await lanes.stop();
    await bench[Symbol.asyncDispose]();
  };
  return { bench, lanes, hears, [Symbol.asyncDispose]: close };
}

const channelOf = (bench: Workbench) => bench.gateway.channels.get("channel")!;
const texts = (bench: Workbench) => bench.requests.map(({ body }) => body.text);
const typesOf = async (bench: Workbench) => (await told(bench)).map(({ type }) => type);
const health = (bench: Workbench) => healthJson(bench.gateway, channelOf(bench));

/** What its answer means for the channel is done in the same turn. */
const settled = (bench: Workbench) => bench.logged.filter(({ message }) => message === "call settled").length;

async function paused(bench: Workbench): Promise<Awaited<ReturnType<typeof told>>[number]> {
  const [event] = await eventually("the pause", async () => {
    const events = await told(bench);
    return events.length > 0 ? events : undefined;
  });
  return event!;
}

test("a restriction that an answer tells pauses the channel once, fails nothing, and a person lets it go on", async () => {
  const state = { restricts: true };
  await using scene = await open(new FakeClock(), state);
  const { bench, lanes } = scene;
  await send(bench, "one");
  await send(bench, "two");
  const event = await paused(bench);
  assert.equal(event.type, "channel.paused");
  assert.equal(
    event.reason,
    'Telegram restricts the account: Temporarily blocked. Appeal. It is tried out now and then, and goes on by itself; at once by PATCH /v1/channels/channel {"paused": false}.',
  );
  assert.deepEqual(texts(bench), ["one"]);
  const { account } = await health(bench);
  assert.deepEqual([account.state, account.reason], ["restricted", "Temporarily blocked. Appeal."]);
  state.restricts = false;
  await bench.gateway.channels.update("channel", goingOn);
  lanes.wakeChannel("channel");
  await eventually("both", () => texts(bench).length === 3 || undefined);
  assert.deepEqual(texts(bench), ["one", "one", "two"]);
  assert.deepEqual(await typesOf(bench), ["channel.paused"]);
  assert.equal((await health(bench)).account.state, "ok");
});

test("a restriction without an end is tried out with one message, less and less often, until one is accepted", async () => {
  const clock = new FakeClock();
  const state = { restricts: true };
  await using scene = await open(clock, state);
  const { bench, lanes } = scene;
  await send(bench, "one");
  await paused(bench);
  await eventually("the refusal is settled", () => settled(bench) === 1 || undefined);
  await send(bench, "two", "6");
  const ending = new RestrictionEnd(bench.gateway, (id) => lanes.wakeChannel(id));
  const waits: number[] = [];
  for (let tries = 2; tries <= 6; tries++) {
    const waitMs = await ending.round();
    waits.push(waitMs / hourMs);
    clock.advance(waitMs);
    await ending.round();
    await eventually("the try, and its end", () => settled(bench) === tries || undefined);
    assert.equal(bench.requests.length, tries);
  }
  assert.deepEqual(waits, [0.5, 1, 2, 4, 6]);
  assert.deepEqual(await typesOf(bench), ["channel.paused"]);
  state.restricts = false;
  clock.advance(await ending.round());
  await ending.round();
  await eventually("both", () => texts(bench).length === 8 || undefined);
  assert.deepEqual(texts(bench).slice(-2).sort(), ["one", "two"]);
  await eventually("the event", async () => (await told(bench)).length === 2 || undefined);
  assert.equal((await told(bench))[1]!.reason, "A message was accepted again.");
});

test("a restriction with an end pauses until then, over a restart and whatever the wall clock does", async () => {
  const clock = new FakeClock();
  await using scene = await open(clock);
  const { bench, hears } = scene;
  await hears({ state: "restricted", reason: "Spam.", until: clock.now() + hourMs });
  assert.equal(channelOf(bench).paused, true);
  assert.equal((await paused(bench)).resumes_at, new Date(clock.now() + hourMs).toISOString());
  clock.jump(5 * hourMs);
  const ending = new RestrictionEnd(bench.gateway, () => {});
  assert.equal(await ending.round(), hourMs + graceMs);
  assert.equal(channelOf(bench).paused, true);
  await bench.gateway.channels.load();
  clock.advance(hourMs + graceMs - 1);
  await ending.round();
  assert.equal(channelOf(bench).paused, true);
  clock.advance(1);
  assert.equal(await ending.round(), Number.POSITIVE_INFINITY);
  assert.equal(channelOf(bench).paused, false);
  assert.deepEqual((await told(bench)).map(({ type, reason }) => [type, reason]).slice(1), [
    ["channel.resumed", "The time of the restriction is over."],
  ]);
});

test("what is lifted goes on, an end that has passed and what was said before pause nothing", async () => {
  const clock = new FakeClock();
  await using scene = await open(clock);
  const { bench, hears } = scene;
  await hears({ state: "restricted", reason: "Late.", until: clock.now() - 1 });
  assert.deepEqual(await told(bench), []);
  await hears({ state: "restricted", reason: "Now.", at: 2_000 });
  await hears({ state: "restricted", reason: "Again.", at: 2_000 });
  await send(bench, "waits");
  assert.deepEqual(texts(bench), []);
  await hears({ state: "lifted", reason: "Reinstated.", at: 3_000 });
  await eventually("what waited", () => texts(bench).length === 1 || undefined);
  await hears({ state: "restricted", reason: "Now.", at: 2_000 });
  await hears({ state: "lifted", reason: "Reinstated.", at: 3_000 });
  const types = ["channel.paused", "channel.paused", "channel.resumed"];
  assert.deepEqual(await typesOf(bench), types);
});

test("what bars only some messages pauses nothing: it is shown, and told once an hour", async () => {
  const clock = new FakeClock();
  await using scene = await open(clock);
  const { bench, hears } = scene;
  const until = clock.now() + 2 * hourMs;
  await hears({ state: "limited", reason: "No templates.", at: 1_000, until });
  await hears({ state: "limited", reason: "No templates.", at: 2_000, until });
  await send(bench, "an answer");
  await eventually("it leaves", () => texts(bench).length === 1 || undefined);
  assert.deepEqual(await typesOf(bench), ["channel.account_warned"]);
  const { account } = await health(bench);
  assert.deepEqual([account.state, account.until], ["limited", new Date(until).toISOString()]);
  clock.advance(2 * hourMs);
  assert.equal((await health(bench)).account.state, "ok");
});

test("a channel that a person paused stays paused, and so when its restriction is lifted", async () => {
  await using scene = await open(new FakeClock());
  const { bench, hears } = scene;
  await bench.gateway.channels.update("channel", { paused: true, pausedReason: "paused by request" });
  await hears({ state: "restricted", reason: "Now." });
  await hears({ state: "lifted", reason: "Reinstated." });
  assert.deepEqual([channelOf(bench).paused, channelOf(bench).pausedReason], [true, "paused by request"]);
  assert.deepEqual(await told(bench), []);
});

test("other credentials let a restricted channel go on", async () => {
  await using scene = await open(new FakeClock());
  const { bench, hears } = scene;
  await hears({ state: "restricted", reason: "Now." });
  const { isGoingOn } = await bench.gateway.channels.renew("channel", {
    credentials: { bot_token: "7:new" },
  });
  assert.deepEqual([isGoingOn, channelOf(bench).paused, channelOf(bench).restricted], [true, false, false]);
});

test("what is said of something else overtakes neither a ban nor its lifting", async () => {
  await using scene = await open(new FakeClock());
  const { bench, hears } = scene;
  await hears({ state: "noted", reason: "Other limits.", at: 3_000 });
  await hears({ state: "lifted", of: "review", reason: "Approved.", at: 3_000 });
  await hears({ state: "restricted", of: "ban", reason: "Disabled.", at: 2_000 });
  assert.equal(channelOf(bench).paused, true);
  await hears({ state: "warned", reason: "Bad quality.", at: 6_000 });
  await hears({ state: "lifted", reason: "Reinstated.", at: 5_000 });
  assert.equal(channelOf(bench).paused, false);
  assert.equal((await health(bench)).account.last_notice?.reason, "Bad quality.");
  await hears({ state: "restricted", of: "ban", reason: "Disabled before.", at: 4_000 });
  assert.equal(channelOf(bench).paused, false);
  await hears({ state: "restricted", of: "ban", reason: "Disabled again.", at: 9_000 });
  await hears({ state: "lifted", reason: "Reinstated, before that.", at: 8_000 });
  await hears({ state: "lifted", of: "review", reason: "Approved.", at: 10_000 });
  assert.equal(channelOf(bench).paused, true);
});

test("two notices of the same second that come again pause nothing that a person has let go on", async () => {
  const clock = new FakeClock();
  await using scene = await open(clock);
  const { bench, hears } = scene;
  const notices: AccountNotice[] = [
    { state: "restricted", reason: "A.", at: 2_000 },
    { state: "limited", reason: "B.", at: 2_000 },
    { state: "restricted", reason: "C.", at: 2_000 },
  ];
  for (const notice of notices) await hears(notice);
  assert.equal(channelOf(bench).paused, true);
  await bench.gateway.channels.update("channel", goingOn);
  clock.advance(hourMs);
  for (const notice of notices) await hears(notice);
  assert.equal(channelOf(bench).paused, false);
});

test("only what lifts a restriction ends it, and what is known from a refusal alone is ended by any lifting", async () => {
  const clock = new FakeClock();
  await using scene = await open(clock);
  const { bench, hears } = scene;
  await hears({ state: "restricted", of: "policy", reason: "Spam.", until: clock.now() + 30 * 24 * hourMs });
  await hears({ state: "restricted", of: "review", reason: "Rejected." });
  await hears({ state: "restricted", reason: "A message failed for it." });
  await hears({ state: "lifted", of: "connection", reason: "Connected." });
  await hears({ state: "lifted", of: "review", reason: "Approved." });
  assert.deepEqual([channelOf(bench).paused, (await health(bench)).account.state], [true, "restricted"]);
  await hears({ state: "lifted", reason: "Reinstated." });
  assert.deepEqual([channelOf(bench).paused, (await health(bench)).account.state], [false, "ok"]);
  await pauseRestricted(bench.gateway, "channel", { reason: "Refused." });
  clock.advance(1);
  await hears({ state: "lifted", of: "review", reason: "Approved." });
  assert.equal(channelOf(bench).paused, false);
});

test("a try that nobody took is over with its restriction", async () => {
  const clock = new FakeClock();
  await using scene = await open(clock);
  const { bench, lanes, hears } = scene;
  const ending = new RestrictionEnd(bench.gateway, (id) => lanes.wakeChannel(id));
  const tryOut = async () => {
    clock.advance(await ending.round());
    await ending.round();
  };
  const until = clock.now() + 7 * 24 * hourMs;
  await hears({ state: "restricted", reason: "No end." });
  await tryOut();
  await hears({ state: "restricted", reason: "An end.", until });
  await send(bench, "one");
  await hears({ state: "noted", reason: "The lanes have looked." });
  assert.deepEqual(texts(bench), []);
  await bench.gateway.channels.update("channel", goingOn);
  lanes.wakeChannel("channel");
  await eventually("it leaves", () => settled(bench) === 1 || undefined);
  await hears({ state: "restricted", of: "ban", reason: "No end again." });
  await tryOut();
  await bench.gateway.channels.update("channel", goingOn);
  await hears({ state: "restricted", reason: "An end again.", until });
  assert.equal(bench.gateway.channels.mayTry(channelOf(bench), "anybody"), false);
});

test("a try that is under way ends no restriction that the platform tells meanwhile", async () => {
  const clock = new FakeClock();
  const state = { restricts: true };
  await using scene = await open(clock, state);
  const { bench, lanes, hears } = scene;
  await send(bench, "one");
  await paused(bench);
  await eventually("the refusal is settled", () => settled(bench) === 1 || undefined);
  const ending = new RestrictionEnd(bench.gateway, (id) => lanes.wakeChannel(id));
  const held = Promise.withResolvers<void>();
  bench.handler = () => held.promise.then(() => ok(1));
  state.restricts = false;
  clock.advance(await ending.round());
  await ending.round();
  await eventually("the try", () => texts(bench).length === 2 || undefined);
  await hears({ state: "restricted", reason: "Spam.", until: clock.now() + 7 * 24 * hourMs });
  held.resolve();
  await eventually("its answer", () => settled(bench) === 2 || undefined);
  await lanes.stop();
  assert.deepEqual(
    [channelOf(bench).paused, await typesOf(bench)],
    [true, ["channel.paused", "channel.paused"]],
  );
  assert.equal(await ending.round(), 7 * 24 * hourMs + graceMs);
});

test("a try is left to a lane that can send now", async () => {
  const clock = new FakeClock();
  await using scene = await open(clock);
  const { bench, lanes } = scene;
  bench.handler = ({ chat_id }) => (String(chat_id) === "5" ? tooMany(5 * 3600) : ok(1));
  bench.gateway.platforms.telegram = {
    ...bench.gateway.platforms.telegram,
    interpret: (response) =>
      response.status === 429
        ? {
            kind: "retry",
            scope: "contact",
            afterSeconds: 5 * 3600,
            problem: { code: "429", message: "Slow." },
          }
        : telegram.interpret(response),
  };
  await send(bench, "rests");
  await eventually("it rests", () => settled(bench) === 1 || undefined);
  await pauseRestricted(bench.gateway, "channel", { reason: "No end." });
  const ending = new RestrictionEnd(bench.gateway, (id) => lanes.wakeChannel(id));
  clock.advance(await ending.round());
  await ending.round();
  await send(bench, "can be tried", "6");
  await eventually("the end of the restriction", () => !channelOf(bench).paused || undefined);
  assert.deepEqual(texts(bench), ["rests", "can be tried"]);
});

test("a refusal of a call that began before the restriction was lifted pauses nothing: the message is sent again", async () => {
  await using scene = await open(new FakeClock());
  const { bench, hears } = scene;
  const held = Promise.withResolvers<void>();
  bench.handler = () => held.promise.then(() => ({ ...ok(1), status: 403 }));
  await send(bench, "one");
  await eventually("it is under way", () => texts(bench).length === 1 || undefined);
  await hears({ state: "restricted", reason: "Now." });
  await hears({ state: "lifted", reason: "Reinstated." });
  bench.handler = () => ok(2);
  held.resolve();
  await eventually("it is taken", () => settled(bench) === 2 || undefined);
  assert.deepEqual(texts(bench), ["one", "one"]);
  assert.deepEqual(await typesOf(bench), ["channel.paused", "channel.resumed"]);
  assert.equal(channelOf(bench).paused, false);
});
