import assert from "node:assert/strict";
import { test } from "node:test";
import { ChannelUpkeep } from "../src/gateway/connecting/channel-upkeep.ts";
import { pauseRestricted } from "../src/gateway/connecting/restricted.ts";
import { Receivers } from "../src/gateway/receiving/receive.ts";
import { eventually } from "./support/eventually.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { Workbench } from "./support/workbench.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const reach = { publicUrl: "https://gateway.example", loopbackUrl: "http://127.0.0.1:9" };
const ours = "http://127.0.0.1:9/webhooks/telegram/channel";

/** Nothing is sent here. */
const lanes = { wakeChannel: () => {} };

interface Bot {
  url: string;
  isDown?: boolean;
}

function play(bench: Workbench, bot: Bot): void {
  bench.handler = (body, request) => {
    const method = request.url!.split("/").at(-1)!;
    if (bot.isDown) return { status: 502, body: "a proxy's page" };
    if (method === "getWebhookInfo") return { body: { ok: true, result: { url: bot.url } } };
    if (method === "setWebhook") bot.url = (body as { url: string }).url;
    return { body: { ok: true, result: true } };
  };
}

/** A channel that receives by webhooks, and who looks after it. */
async function registered(bench: Workbench): Promise<ChannelUpkeep> {
  const receivers = new Receivers(bench.gateway, reach);
  const registration = await receivers.register(bench.gateway.channels.get("channel")!, false);
  assert.equal(registration.kind, "receives");
  return new ChannelUpkeep(bench.gateway, { receivers, lanes });
}

const told = async (bench: Workbench) =>
  (await bench.store.events({ limit: 20 })).rows.map(({ event }) => event).reverse();

/** Time passes by minutes, and with each whoever is due is looked after. */
async function pass(clock: FakeClock, upkeep: ChannelUpkeep, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    await upkeep.round();
    clock.advance(minuteMs);
  }
}

test("a webhook that has gone is set again within the hour, and the gap is told from the last payload on", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  const bot: Bot = { url: "" };
  play(bench, bot);
  const upkeep = await registered(bench);
  assert.deepEqual(await told(bench), []);
  clock.advance(5 * minuteMs);
  const lastAt = clock.now();
  await bench.store.storePayloads("channel", ["{}"], lastAt);
  bot.url = "";
  await pass(clock, upkeep, 66);
  const events = await eventually("both events", async () => {
    const seen = await told(bench);
    return seen.length >= 2 ? seen : undefined;
  });
  assert.equal(bot.url, ours);
  const since = new Date(lastAt).toISOString();
  assert.deepEqual(
    events.map((event) => [event.type, event.since]),
    [
      ["channel.unsubscribed", since],
      ["channel.resubscribed", since],
    ],
  );
  assert.equal(events[0]!.reason, "Telegram has no webhook for it any more");
  assert.ok((events[1]?.until ?? "") > since, JSON.stringify(events));
  assert.equal((await bench.store.channelHealth("channel")).lostSince, undefined);
});

test("a field that the app lacks is subscribed again with the next look, and is no gap", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  const bot: Bot = { url: "" };
  play(bench, bot);
  const { telegram } = bench.gateway.platforms;
  let isLacking = false;
  const read: typeof telegram.webhook.read = (responses, credentials) => {
    const addresses = telegram.webhook.read(responses, credentials);
    return isLacking ? { ...addresses, lacks: { fields: ["account_update"], isGap: false } } : addresses;
  };
  const webhook = { ...telegram.webhook, read };
  Object.assign(bench.gateway, {
    platforms: { ...bench.gateway.platforms, telegram: { ...telegram, webhook } },
  });
  const upkeep = await registered(bench);
  const set = () => bench.requests.filter(({ method }) => method === "setWebhook").length;
  assert.equal(set(), 1);
  isLacking = true;
  await pass(clock, upkeep, 66);
  await eventually("it is set again", () => set() > 1 || undefined);
  assert.deepEqual(await told(bench), []);
  const [line] = bench.logged.filter(({ message }) => message === "a channel is registered again");
  assert.deepEqual(line?.fields, {
    channel: "channel",
    reason: "the app was not subscribed to account_update",
  });
});

test("a webhook that another program has now stays there, and the gap is told once", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  const bot: Bot = { url: "" };
  play(bench, bot);
  const upkeep = await registered(bench);
  const registeredAt = new Date(clock.now()).toISOString();
  bot.url = "https://other.example/hook";
  await pass(clock, upkeep, 200);
  assert.equal(bot.url, "https://other.example/hook");
  const [event, ...more] = await told(bench);
  assert.deepEqual([event!.type, event!.since, more], ["channel.unsubscribed", registeredAt, []]);
  assert.match(event!.reason ?? "", /another program, at host other\.example/);
});

test("a look that is not answered is repeated soon, and then less and less often", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  const bot: Bot = { url: "" };
  play(bench, bot);
  const upkeep = await registered(bench);
  bot.isDown = true;
  const looks: number[] = [];
  for (let minute = 0; minute < 200; minute++) {
    const before = bench.requests.length;
    await upkeep.round();
    if (bench.requests.length > before) looks.push(minute);
    clock.advance(minuteMs);
  }
  const gaps = looks.slice(1).map((at, index) => at - looks[index]!);
  assert.deepEqual(
    gaps.map((gap) => gap >= 50),
    [false, false, false, false, false, true, true],
    JSON.stringify(gaps),
  );
  assert.ok(gaps[0]! <= 3, JSON.stringify(gaps));
  assert.deepEqual(await told(bench), []);
});

test("two hundred channels are looked at over the whole hour, and each once", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  let drawn = 0;
  bench.gateway.random = () => (drawn++ * 0.618_033_988_75) % 1;
  const channel = bench.gateway.channels.get("channel")!;
  for (let index = 0; index < 199; index++)
    await bench.gateway.channels.add({ ...channel, id: `c${index}`, naturalId: String(100 + index) });
  const polling = new Receivers(bench.gateway, { loopbackUrl: reach.loopbackUrl });
  const from = clock.now();
  await pass(clock, new ChannelUpkeep(bench.gateway, { receivers: polling, lanes }), 61);
  const perMinute = new Map<number, number>();
  for (const { id } of bench.gateway.channels.all()) {
    const { checkedAt } = await bench.store.channelHealth(id);
    const minute = (checkedAt! - from) / minuteMs;
    perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
  }
  assert.ok(Math.max(...perMinute.values()) <= 10, JSON.stringify([...perMinute]));
  assert.ok(Math.max(...perMinute.keys()) <= hourMs / minuteMs);
});

test("a restriction ends at its time also while a platform that is looked at gives no answer", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  const bot: Bot = { url: "" };
  play(bench, bot);
  const upkeep = await registered(bench);
  const answered = Promise.withResolvers<void>();
  let asked = 0;
  bench.handler = async () => {
    asked++;
    await answered.promise;
    return { body: { ok: true, result: { url: ours } } };
  };
  await pauseRestricted(bench.gateway, "channel", { reason: "Spam.", until: clock.now() + 15 * minuteMs });
  const { resumesAt = 0 } = bench.gateway.channels.get("channel")!;
  const graceMs = 2_000;
  upkeep.start();
  // Step by step, so that whoever is woken can plan what comes next; hardly beyond the end.
  await eventually("the end", () => {
    if (!bench.gateway.channels.get("channel")!.paused) return true;
    clock.advance(Math.min(minuteMs, Math.max(1_000, resumesAt + graceMs - clock.steady())));
    return undefined;
  });
  await eventually("the look", () => asked === 1 || undefined);
  answered.resolve();
  await upkeep.stop();
});

test("a node that cannot tell for a moment what it owns gives up no plan: its channels are looked after when they were to be", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  play(bench, { url: "" });
  const upkeep = await registered(bench);
  const dueInMs = await upkeep.round();
  const { tenure } = bench.gateway;
  clock.advance(10_000);
  bench.gateway.tenure = { ...tenure, owns: () => false, isInDoubt: true };
  await upkeep.round();
  bench.gateway.tenure = tenure;
  assert.equal(await upkeep.round(), dueInMs - 10_000);
});
