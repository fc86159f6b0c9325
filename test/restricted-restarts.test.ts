import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccountNotice } from "../src/core/platform.ts";
import { GatewayError } from "../src/core/problem.ts";
import { goingOn } from "../src/gateway/connecting/channels.ts";
import { keepBehindPause, pauseRestricted } from "../src/gateway/connecting/restricted.ts";
import { RestrictionEnd } from "../src/gateway/connecting/restriction-end.ts";
import { heedNotice } from "../src/gateway/receiving/account-notices.ts";
import { acceptMessage } from "../src/gateway/sending/accept.ts";
import { Lanes } from "../src/gateway/sending/lanes.ts";
import { healthJson } from "../src/http/channel-health.ts";
import { telegram } from "../src/platforms/telegram/index.ts";
import { eventually } from "./support/eventually.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { ok, Workbench } from "./support/workbench.ts";

const secondMs = 1_000;
const hourMs = 3_600_000;

/** A platform that refuses what it is asked while `state.restricts`, and a gateway whose restarts are played. */
async function open() {
  const clock = new FakeClock();
  const state = { restricts: false };
  const bench = await Workbench.open({
    clock,
    interpret: (response) =>
      state.restricts
        ? {
            kind: "retry",
            scope: "channel",
            until: "unrestricted",
            problem: { code: "368", message: "Blocked", hint: "Appeal." },
          }
        : telegram.interpret(response),
  });
  bench.handler = () => ok(bench.requests.length);
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  const wake = (id: string) => lanes.wakeChannel(id);
  const hears = (notice: AccountNotice) => heedNotice(bench.gateway, "channel", { notice, wake });
  const settled = (count: number) =>
    eventually(`${count} answers`, async () => {
      const logged = bench.logged.filter(({ message }) => message === "call settled").length;
      return logged === count || undefined;
    });
  const close = async () => {
    await lanes.stop();
    await bench[Symbol.asyncDispose]();
  };
  return {
    bench,
    clock,
    state,
    wake,
    hears,
    settled,
    ending: () => new RestrictionEnd(bench.gateway, wake),
    [Symbol.asyncDispose]: close,
  };
}

async function send(bench: Workbench): Promise<void> {
  const request = { from: "channel", to: "5", content: { text: { body: "one" } } };
  await acceptMessage(bench.gateway, { request, normalised: [], warnings: [] });
}

const channelOf = (bench: Workbench) => bench.gateway.channels.get("channel")!;
const accountOf = async (bench: Workbench) => (await healthJson(bench.gateway, channelOf(bench))).account;
const iso = (at: number) => new Date(at).toISOString();

const pauses = async (bench: Workbench) =>
  (await bench.store.eventsAfter(0, 50))
    .map(({ event }) => event)
    .filter(({ type }) => type === "channel.paused");

const rests = (bench: Workbench, isRestricted = true) =>
  eventually(
    isRestricted ? "the pause" : "the end",
    () => channelOf(bench).restricted === isRestricted || undefined,
  );

test("a gateway that starts again every ten minutes tries a restricted channel all the same, and less and less often", async () => {
  await using scene = await open();
  const { bench, clock, state, settled, ending } = scene;
  state.restricts = true;
  await send(bench);
  await settled(1);
  await rests(bench);
  const triedAt: number[] = [];
  for (let minutes = 10; minutes <= 220; minutes += 10) {
    await ending().round();
    clock.advance(600 * secondMs);
    const before = bench.requests.length;
    const again = ending();
    await again.round();
    const tries = bench.logged.filter(({ message }) => message.includes("is tried out")).length;
    if (tries > triedAt.length) triedAt.push(minutes);
    await settled(1 + tries);
    assert.ok(bench.requests.length - before <= 1);
  }
  assert.deepEqual(triedAt, [30, 90, 210]);
});

test("after a told end the first call waits two seconds, and a refusal then is tried again after 15, 30 and 60 seconds, with what was told still shown", async () => {
  await using scene = await open();
  const { bench, clock, state, hears, settled, ending } = scene;
  const until = clock.now() + hourMs;
  await hears({ state: "restricted", of: "policy", reason: "Spam.", until });
  await send(bench);
  state.restricts = true;
  assert.equal(await ending().round(), hourMs + 2 * secondMs);
  clock.advance(hourMs + 2 * secondMs - 1);
  await ending().round();
  assert.equal(channelOf(bench).paused, true);
  clock.advance(1);
  await ending().round();
  for (const [index, seconds] of [15, 30, 60, 120].entries()) {
    await settled(index + 1);
    await rests(bench);
    const account = await accountOf(bench);
    assert.deepEqual([account.state, account.reason, account.until], ["restricted", "Spam.", iso(until)]);
    assert.equal(await ending().round(), seconds * secondMs);
    if (seconds === 120) state.restricts = false;
    clock.advance(seconds * secondMs);
    await ending().round();
  }
  await settled(5);
  await rests(bench, false);
  assert.equal((await accountOf(bench)).state, "ok");
  const [, again] = await pauses(bench);
  assert.match(
    again!.reason!,
    /^Telegram restricts the account: Spam\. Its end was told to be .+ and it refuses still\./,
  );
  assert.equal(again!.resumes_at, undefined);
});

test("a refusal long after a told end is another restriction, which waits half an hour", async () => {
  await using scene = await open();
  const { bench, clock, hears, ending } = scene;
  await hears({ state: "restricted", of: "policy", reason: "Spam.", until: clock.now() + hourMs });
  clock.advance(hourMs + 2 * secondMs);
  await ending().round();
  clock.advance(5 * 60 * secondMs);
  await pauseRestricted(bench.gateway, "channel", { reason: "Blocked." });
  assert.equal((await accountOf(bench)).reason, "Blocked.");
  assert.equal(await ending().round(), hourMs / 2);
});

test("disabled after a told end nothing leaves at that end, and what is shown and told is the newest", async () => {
  await using scene = await open();
  const { bench, clock, hears, ending } = scene;
  const until = clock.now() + hourMs;
  await hears({ state: "restricted", of: "policy", reason: "Spam.", until, at: 1_000 });
  await hears({ state: "restricted", of: "ban", reason: "Disabled.", at: 2_000 });
  const account = await accountOf(bench);
  assert.deepEqual([account.reason, account.until], ["Disabled.", undefined]);
  assert.equal(channelOf(bench).resumesAt, undefined);
  assert.equal(channelOf(bench).pausedReason, "Telegram restricts the account: Disabled.");
  assert.deepEqual(
    (await pauses(bench)).map((event) => event.resumes_at),
    [iso(until), undefined],
  );
  assert.equal(await ending().round(), hourMs / 2);
  // A message that fails for it says no more than is known.
  await hears({ state: "restricted", reason: "Failed.", at: 3_000 });
  assert.equal((await accountOf(bench)).reason, "Disabled.");
  await hears({ state: "lifted", of: "ban", reason: "Not that.", at: 4_000 });
  assert.equal((await accountOf(bench)).until, iso(until));
  assert.equal(await ending().round(), hourMs + 2 * secondMs);
});

test("another end is the one that counts, is shown and is told", async () => {
  await using scene = await open();
  const { bench, clock, hears, ending } = scene;
  const later = clock.now() + 3 * hourMs;
  await hears({ state: "restricted", of: "policy", reason: "A.", until: clock.now() + hourMs, at: 1_000 });
  await hears({ state: "restricted", of: "policy", reason: "B.", until: later, at: 2_000 });
  await hears({ state: "restricted", of: "policy", reason: "B.", until: later, at: 2_000 });
  const account = await accountOf(bench);
  assert.deepEqual([account.reason, account.until], ["B.", iso(later)]);
  assert.deepEqual(
    (await pauses(bench)).slice(1).map(({ resumes_at }) => resumes_at),
    [iso(later)],
  );
  assert.equal(await ending().round(), 3 * hourMs + 2 * secondMs);
});

test("a person who lets it go on too early is refused, and the told end is known still", async () => {
  await using scene = await open();
  const { bench, clock, state, wake, hears, settled, ending } = scene;
  const until = clock.now() + 5 * hourMs;
  await hears({ state: "restricted", of: "policy", reason: "Spam.", until });
  await send(bench);
  state.restricts = true;
  clock.advance(hourMs);
  await bench.gateway.channels.update("channel", goingOn);
  wake("channel");
  await settled(1);
  await rests(bench);
  assert.equal((await accountOf(bench)).until, iso(until));
  assert.equal(await ending().round(), 4 * hourMs + 2 * secondMs);
});

const byPerson = { ...goingOn, paused: true, pausedReason: "paused by request" };

test("a person's pause and a restriction are two things: each is shown, and each ends by itself", async () => {
  await using scene = await open();
  const { bench, clock, hears } = scene;
  const pause = () =>
    bench.gateway.channels.update("channel", byPerson, (now) => keepBehindPause(bench.gateway, now));
  const until = clock.now() + hourMs;
  await hears({ state: "restricted", of: "policy", reason: "Spam.", until, at: 1_000 });
  await pause();
  await pause();
  const account = await accountOf(bench);
  assert.deepEqual([account.state, account.until], ["restricted", iso(until)]);
  assert.equal(channelOf(bench).pausedReason, "paused by request");
  clock.advance(hourMs);
  assert.equal((await accountOf(bench)).state, "ok");
  assert.equal(channelOf(bench).paused, true);
  await hears({ state: "restricted", of: "ban", reason: "Disabled.", at: 2_000 });
  assert.equal((await accountOf(bench)).reason, "Disabled.");
  await bench.gateway.channels.update("channel", goingOn);
  assert.equal((await accountOf(bench)).state, "ok");
  await pause();
  assert.equal((await accountOf(bench)).state, "ok");
  await hears({ state: "restricted", of: "review", reason: "Rejected.", at: 3_000 });
  await hears({ state: "lifted", reason: "Reinstated.", at: 4_000 });
  assert.equal((await accountOf(bench)).state, "ok");
  assert.equal(channelOf(bench).paused, true);
});

test("what bars some messages, or warns, without an end is shown without one", async () => {
  for (const state of ["limited", "warned"] as const) {
    await using scene = await open();
    const { bench, clock, hears } = scene;
    await hears({ state, reason: "Bad." });
    const account = await accountOf(bench);
    assert.deepEqual([account.state, account.until], [state, undefined]);
    clock.advance(30 * 24 * hourMs);
    assert.equal((await accountOf(bench)).state, "ok");
  }
});

/** A try of a restricted channel is due, and the platform takes it again. */
async function tried(scene: Awaited<ReturnType<typeof open>>): Promise<RestrictionEnd> {
  const { bench, clock, state, settled, ending } = scene;
  state.restricts = true;
  await send(bench);
  await settled(1);
  await rests(bench);
  const end = ending();
  clock.advance(await end.round());
  state.restricts = false;
  return end;
}

/** Long before the next try would be due. */
async function endsSoon(scene: Awaited<ReturnType<typeof open>>, end: RestrictionEnd): Promise<void> {
  const before = scene.clock.now();
  await end.round();
  await scene.settled(2);
  await eventually("the end", async () => {
    scene.clock.advance(secondMs);
    await end.round();
    return channelOf(scene.bench).restricted === false || undefined;
  });
  assert.ok(scene.clock.now() - before < 600 * secondMs);
}

test("a try that was accepted ends the restriction, also where the store refuses for a moment", async () => {
  await using scene = await open();
  const end = await tried(scene);
  const { store } = scene.bench;
  const { changeChannel } = store;
  let asked = 0;
  store.changeChannel = (...of) =>
    asked++ > 0
      ? changeChannel(...of)
      : Promise.reject(new GatewayError("unavailable", "Refused this once."));
  await endsSoon(scene, end);
  assert.ok(asked > 1);
});

test("a try that never left the machine is made again soon", async () => {
  await using scene = await open();
  const end = await tried(scene);
  const { transport } = scene.bench.gateway;
  const exchange = transport.exchange.bind(transport);
  let asked = 0;
  transport.exchange = async (...of) =>
    asked++ > 0 ? exchange(...of) : { kind: "unwritten", reason: "ECONNREFUSED" };
  await endsSoon(scene, end);
  assert.ok(asked > 1);
});
