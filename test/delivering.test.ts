import assert from "node:assert/strict";
import { test } from "node:test";
import { GatewayError } from "../src/core/problem.ts";
import { soleTenure } from "../src/gateway/nodes/tenure.ts";
import {
  bench,
  clock,
  customers,
  day,
  delivery,
  follow,
  hour,
  minute,
  notifier,
  pass,
  reports,
  restart,
  say,
  second,
  settle,
  wordsOf,
} from "./support/delivering.ts";

test("that an endpoint fails is told at the fifth minute, however far off its next probe is", async () => {
  await follow({ events: ["message.received"] });
  customers.answer = () => 500;
  await say(...Array.from({ length: 20 }, (_, index) => `p${index}: ${index}`));
  await pass(5 * minute + 2 * second, second);
  const [told] = await reports();
  assert.equal(told?.type, "endpoint.failing");
  const lateMs = Date.parse(told!.timestamp) - Date.parse(told!.endpoint!.since) - 5 * minute;
  assert.ok(lateMs >= 0 && lateMs <= second, `${lateMs} ms late`);
});

test("a delivery that fails is tried 12 times over 7 days, and then it is dead", async () => {
  await follow();
  customers.answer = (event) => (wordsOf(event) === "poison" ? 500 : 204);
  await say("ana: poison");
  const begun = clock.steady();
  // It works otherwise.
  const works = async (ms: number, times: number) => {
    for (let n = 0; n < times; n++) {
      await pass(ms);
      await say("ben: good");
    }
  };
  await works(second, 60);
  await works(minute, 90);
  await works(hour, 8 * 24);
  const { state, reason, tries, attempts } = await delivery("poison");
  assert.deepEqual([state, reason, tries, attempts.length], ["dead", "tries", 12, 12]);
  assert.ok(attempts.every(({ category, httpStatus }) => category === "status" && httpStatus === 500));
  const tried = customers.asked
    .filter(({ event }) => wordsOf(event) === "poison")
    .map(({ at }) => at - begun);
  assert.ok(tried.at(-1)! >= 7 * day - 2 * hour && tried.at(-1)! <= 7 * day + hour, `${tried}`);
  const [told] = (await reports()).filter(({ type }) => type === "endpoint.failing");
  assert.match(told?.reason ?? "", /all its tries/);
});

test("what fails in the gateway itself is tried like any other and has an end, and the endpoint is not blamed", async () => {
  await follow();
  const { store } = bench;
  const read = store.eventBody.bind(store);
  let reads = 0;
  store.eventBody = async (id) => {
    const body = await read(id);
    if (body !== undefined && wordsOf(JSON.parse(body)) === "poison") {
      reads++;
      throw new RangeError("a defect");
    }
    return body;
  };
  await say("ana: poison", "ana: behind", "ben: beside");
  await pass(minute, second);
  assert.deepEqual(new Set(customers.told()), new Set(["beside", "behind"]));
  assert.ok(reads < 10, `${reads} tries in a minute`);
  await pass(8 * day, hour);
  const { state, reason, tries, attempts } = await delivery("poison");
  assert.deepEqual([state, reason, tries], ["dead", "tries", 12]);
  assert.equal(reads, 12);
  assert.match(attempts[0]?.error ?? "", /failed in the gateway/);
  assert.deepEqual(await reports(), []);
});

test("a store that cannot be asked for a moment delays a delivery by a second or two, and is no try of it", async () => {
  await follow();
  const { store } = bench;
  const read = store.eventBody.bind(store);
  let refusals = 2;
  store.eventBody = async (id) => {
    if (refusals-- > 0) throw new GatewayError("unavailable", "PostgreSQL is not there.");
    return read(id);
  };
  await say("ana: hello");
  await pass(3 * second, 100);
  assert.deepEqual(customers.told(), ["hello"]);
  const { state, tries } = await delivery("hello");
  assert.deepEqual([state, tries], ["delivered", 1]);
  assert.ok(refusals < 0);
});

test("a node that is not sure for a moment that the endpoint is its own delays a delivery, which is no try of it", async () => {
  await follow();
  let asked = 0;
  const stillStands = () => ++asked > 2;
  bench.gateway.tenure = { ...soleTenure, stillStands };
  await say("ana: hello");
  await pass(3 * second, 100);
  assert.deepEqual(customers.told(), ["hello"]);
  const { state, tries } = await delivery("hello");
  assert.deepEqual([state, tries], ["delivered", 1]);
  assert.equal(asked, 3);
});

test("a delivery that cannot be recorded is not posted again at once, and holds up nobody else", async () => {
  await follow();
  const { store } = bench;
  const record = store.recordAttempt.bind(store);
  let isBroken = true;
  const broken = () => customers.told().filter((words) => words === "poison").length;
  store.recordAttempt = async (id, ...rest) => {
    const { eventId } = (await store.delivery(id))!;
    const event = (await store.event(eventId))!;
    if (isBroken && wordsOf(event) === "poison") throw new RangeError("a defect");
    return record(id, ...rest);
  };
  await say("ana: poison", "ben: beside");
  await pass(10 * minute, second);
  assert.ok(broken() <= 11, `posted ${broken()} times in 10 minutes`);
  assert.equal((await delivery("beside")).state, "delivered");
  isBroken = false;
  await pass(2 * minute, second);
  assert.equal((await delivery("poison")).state, "delivered");
});

test("who asks for another try while one is under way gets it when that one has failed", async () => {
  await follow();
  const { promise, resolve } = Promise.withResolvers<number>();
  customers.answer = () => promise;
  await say("ana: hello");
  assert.equal(customers.asked.length, 1);
  await pass(100);
  await bench.store.retryDelivery((await delivery("hello")).id, clock.steady());
  notifier.refresh("one");
  customers.answer = () => 204;
  await pass(100);
  assert.equal(customers.asked.length, 1, "one at a time");
  resolve(503);
  await pass(100);
  const { state, tries } = await delivery("hello");
  assert.deepEqual([state, tries], ["delivered", 2]);
});

test("a redirect is a failure, and 3xx, 4xx and 5xx are tried again alike", async () => {
  await follow();
  for (const status of [301, 304, 400, 404, 500, 503]) {
    customers.answer = () => status;
    await say(`p${status}: ${status}`);
    assert.equal((await delivery(String(status))).state, "pending");
    customers.answer = () => 204;
    await pass(6 * second);
    assert.equal((await delivery(String(status))).state, "delivered");
  }
});

test("Retry-After holds for the delivery, and of a 429 or 503 for the whole endpoint", async () => {
  await follow();
  customers.answer = (event) => (wordsOf(event) === "odd" ? { status: 500, retryAfter: "3600" } : 204);
  await say("ana: odd", "ben: fine");
  assert.deepEqual(customers.told().sort(), ["fine", "odd"]);
  await pass(hour - second, 5 * minute);
  assert.equal(customers.told().length, 2);
  await pass(2 * second);
  assert.equal(customers.told().length, 3);

  for (const asked of [() => "120", () => new Date(clock.now() + 2 * minute).toUTCString()]) {
    const retryAfter = asked();
    const before = customers.asked.length;
    customers.answer = () => ({ status: 429, retryAfter });
    await say("ana: slow down");
    assert.equal(customers.asked.length, before + 1);
    customers.answer = () => 204;
    await say("ben: waits");
    await pass(minute);
    assert.equal(customers.asked.length, before + 1, "nobody is asked meanwhile");
    await pass(minute + 2 * second, second);
    assert.ok(customers.asked.length >= before + 2);
    await pass(10 * second);
  }
});

test("a dead endpoint is probed by one delivery at a time, and caught up with at its rate", async () => {
  await follow({ maxPerSecond: 20 });
  customers.answer = () => 503;
  const lines = Array.from({ length: 300 }, (_, index) => `p${index}: ${index}`);
  await say(...lines);
  await pass(second, 50);
  const first = customers.asked.length;
  assert.equal(first, 5, "then it was found out");
  await pass(6 * hour, minute);
  const probes = customers.asked.length - first;
  assert.ok(probes <= 6 * 8 + 12, `${probes} probes in 6 hours`);
  assert.equal(await bench.store.pendingDeliveries("one"), 300, "none is dead for it");

  customers.answer = () => 204;
  await pass(15 * minute, 10 * second);
  const since = customers.asked.findLastIndex(
    ({ at }, index, all) => index > 0 && at - all[index - 1]!.at > 30 * second,
  );
  const caught = customers.asked.slice(since).map(({ at }) => at);
  for (const at of caught)
    assert.ok(caught.filter((other) => other >= at && other < at + second).length <= 21, "never faster");
  await pass(20 * second, 50);
  await pass(minute);
  assert.equal(await bench.store.pendingDeliveries("one"), 0);
});

test("what failed while an endpoint was down is due when it works again, however long its own wait was", async () => {
  await follow();
  customers.answer = () => 500;
  await say(...Array.from({ length: 6 }, (_, index) => `p${index}: ${index}`));
  await pass(3 * day, 10 * minute);
  customers.answer = () => 204;
  await say("ana: the one that finds out");
  await pass(20 * minute, 10 * second);
  assert.equal(await bench.store.pendingDeliveries("one"), 0);
});

test("an endpoint that begins to work is not fallen upon: one at a time, and more with each success", async () => {
  await follow();
  customers.answer = () => 500;
  await say(...Array.from({ length: 60 }, (_, index) => `p${index}: ${index}`));
  let open: ((status: number) => void)[] = [];
  customers.answer = () => new Promise<number>((resolve) => open.push(resolve));
  await pass(minute, second);
  const waves: number[] = [];
  while (open.length > 0 && waves.length < 8) {
    waves.push(open.length);
    const now = open;
    open = [];
    for (const answer of now) answer(204);
    await pass(2 * second, 100);
  }
  assert.deepEqual(waves.slice(0, 2), [1, 1]);
  for (const [index, size] of waves.entries())
    assert.ok(size <= Math.min(16, 2 ** index), `${waves}: at most twice as many as before`);
  assert.ok(Math.max(...waves) > 4, `${waves}`);
  for (const answer of open) answer(204);
});

test("a slow endpoint delays nobody", async () => {
  await follow();
  await follow({ id: "slow", url: "http://slow/" });
  const slow = Promise.withResolvers<number>();
  customers.answer = (_event, url) => (url === "http://slow/" ? slow.promise : 204);
  await say(...Array.from({ length: 40 }, (_, index) => `p${index}: ${index}`));
  assert.equal(customers.told().length, 40);
  assert.equal(customers.told("http://slow/").length, 16);
  slow.resolve(204);
});

test("at an ordered endpoint a failed event holds up its conversation alone, over a restart too", async () => {
  await follow({ ordered: true });
  customers.answer = (event) => (wordsOf(event) === "a1" ? 500 : 204);
  await say("ana: a1", "ana: a2", "ben: b1", "ana: a3", "ben: b2");
  assert.deepEqual(customers.told(), ["a1", "b1", "b2"]);
  await restart();
  await say("ana: a4", "ben: b3");
  await pass(4 * second);
  assert.deepEqual(customers.told().slice(3), ["b3"]);
  customers.answer = () => 204;
  await pass(10 * second, second);
  assert.deepEqual(customers.told().slice(4), ["a1", "a2", "a3", "a4"]);
});

test("a conversation at an ordered endpoint goes on when its failed event is dead", async () => {
  await follow({ ordered: true, maxAgeSeconds: 3_600 });
  customers.answer = (event) => (wordsOf(event) === "a1" ? 500 : 204);
  await say("ana: a1");
  await pass(59 * minute, 30 * second);
  await say("ana: a2");
  assert.ok(!customers.told().includes("a2"));
  await pass(2 * minute, second);
  assert.equal((await delivery("a1")).reason, "max_age");
  assert.equal(customers.told().at(-1), "a2");
});

test("events of one conversation are never under way together at an ordered endpoint, whatever fails", async () => {
  await follow({ ordered: true });
  let chance = 7;
  customers.answer = () => {
    chance = (chance * 16_807) % 2_147_483_647;
    return chance % 3 === 0 ? 500 : 204;
  };
  const lines = Array.from({ length: 120 }, (_, index) => `p${index % 6}: ${index}`);
  await say(...lines);
  await pass(3 * hour, 20 * second);
  await pass(8 * day, hour);
  const ends = new Map<string, number>();
  for (const { event } of customers.asked) {
    const last = ends.get(event.conversation!.id) ?? 0;
    assert.ok(event.sequence === last || event.sequence === last + 1, `${event.sequence} after ${last}`);
    ends.set(event.conversation!.id, event.sequence!);
  }
  assert.equal(await bench.store.pendingDeliveries("one"), 0);
  assert.deepEqual([...ends.values()], [20, 20, 20, 20, 20, 20]);
});

test("what has waited longer than the endpoint wants is dead, and is not sent", async () => {
  await follow({ maxAgeSeconds: 600 });
  customers.answer = () => 500;
  await say("ana: old", "ben: old too");
  await pass(9 * minute, 30 * second);
  await say("ana: fresh");
  customers.answer = (event) => (wordsOf(event) === "fresh" ? 204 : 500);
  await pass(5 * minute, 10 * second);
  for (const words of ["old", "old too"]) {
    const { state, reason } = await delivery(words);
    assert.deepEqual([state, reason], ["dead", "max_age"]);
  }
  assert.equal((await delivery("fresh")).state, "delivered");
});

test("a backlog that grows too old bit by bit is looked at once a second, and one that is too old part by part", async () => {
  const made = await follow({ maxAgeSeconds: 600, enabled: false });
  const { store } = bench;
  const expire = store.expireDeliveries;
  const parts: number[] = [];
  store.expireDeliveries = async (wish) => {
    parts.push(await expire(wish));
    return parts.at(-1)!;
  };
  for (let n = 0; n < 100; n++) {
    clock.advance(100);
    await say(`p${n}: ${n}`);
  }
  await pass(600 * second - 10 * second, second);
  assert.deepEqual(parts, []);
  await pass(5 * second, 50);
  assert.ok(parts.length <= 6, `${parts.length} looks in 5 s`);
  assert.ok((await store.pendingDeliveries("one")) <= 62, "and each within a second");

  for (let n = 0; n < 10; n++) await say(...Array.from({ length: 100 }, (_, index) => `q${n}: ${index}`));
  await pass(20 * second, second);
  parts.length = 0;
  await store.updateEndpoint("one", { maxAgeSeconds: 1, enabled: true });
  notifier.follow({ ...made, maxAgeSeconds: 1, enabled: true });
  await pass(second, 10);
  assert.equal(await store.pendingDeliveries("one"), 0);
  assert.ok(parts.length >= 4 && Math.max(...parts) <= 250, `${parts}`);
  assert.equal(customers.asked.length, 0, "nothing too old is sent");
});

test("a jump of the wall clock makes nothing too old, nor due before its time", async () => {
  await follow({ maxAgeSeconds: 3_600 });
  customers.answer = () => 500;
  await say("ana: hello");
  const before = customers.asked.length;
  for (const jump of [day, -2 * day, hour]) {
    clock.jump(jump);
    await pass(second);
    assert.equal((await delivery("hello")).state, "pending");
  }
  assert.equal(customers.asked.length, before);
  customers.answer = () => 204;
  await pass(3 * second);
  assert.equal((await delivery("hello")).state, "delivered");
});

test("410 switches an endpoint off at once: what waits is dead, nothing more is queued, the others are told", async () => {
  await follow({ events: ["message.received"] });
  await follow({ id: "watch", url: "http://watch/", events: ["endpoint.disabled"] });
  customers.answer = (_event, url) => (url === "http://one/" ? 410 : 204);
  await say("ana: a1", "ana: a2", "ana: a3");
  assert.equal(customers.told().length, 1);
  assert.deepEqual((await delivery("a3")).reason, "gone");
  await say("ben: later");
  assert.equal(await bench.store.pendingDeliveries("one"), 0);
  await assert.rejects(delivery("later"), "it is an event, and no delivery");
  const [told] = await reports();
  assert.equal(told?.type, "endpoint.disabled");
  assert.deepEqual([told?.endpoint?.id, told?.endpoint?.last_error], ["one", "answered 410"]);
  assert.equal(customers.told("http://watch/").length, 1);
  const row = (await bench.store.endpoints()).find(({ id }) => id === "one");
  assert.deepEqual([row?.enabled, row?.disabled?.reason], [false, "gone"]);
});

test("410 while the disk is full switches an endpoint off as soon as there is room", async () => {
  await follow({ events: ["message.received"] });
  const { store } = bench;
  const report = store.reportEndpoint;
  let refused = 0;
  store.reportEndpoint = () => {
    refused++;
    return Promise.reject(new GatewayError("disk_full", "There is no room."));
  };
  customers.answer = () => 410;
  await say("ana: a1", "ben: b1", "ana: a2");
  await pass(5 * second, second);
  assert.ok(refused > 1);
  store.reportEndpoint = report;
  await pass(5 * second, second);
  assert.deepEqual(
    (await reports()).map(({ type }) => type),
    ["endpoint.disabled"],
  );
  assert.equal(await store.pendingDeliveries("one"), 0);
  const asked = customers.asked.length;
  await say("ana: later");
  await pass(hour, minute);
  assert.equal(customers.asked.length, asked);
});

test("an endpoint that is enabled again while what waited for it is being closed gets what comes from then on", async () => {
  const made = await follow({ events: ["message.received"] });
  const { store } = bench;
  const close = store.closeDeliveries;
  const closing = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  store.closeDeliveries = async (id, reason) => {
    const closed = await close(id, reason, 1);
    closing.resolve();
    await goOn.promise;
    // As many as were asked for: there may be more.
    return closed * 1_000;
  };
  customers.answer = () => 410;
  await say("ana: a1", "ana: a2", "ana: a3");
  await closing.promise;
  assert.equal(customers.asked.length, 1, "what is switched off is asked nothing more");
  await store.updateEndpoint("one", { enabled: true, disabled: undefined });
  customers.answer = () => 204;
  notifier.follow({ ...made, enabled: true });
  await say("ben: after");
  goOn.resolve();
  await pass(20 * second, second);
  assert.ok(customers.told().includes("after"));
  assert.equal((await delivery("after")).state, "delivered");
  assert.equal((await delivery("a2")).reason, "gone");
  assert.equal((await delivery("a3")).state, "delivered", "it was not closed yet");
});

test("an endpoint that fails is told of after 5 minutes, that it works again too, and after 14 days it is switched off", async () => {
  await follow({ events: ["message.received"] });
  customers.answer = () => 500;
  const since = clock.now();
  await say(...Array.from({ length: 20 }, (_, index) => `p${index}: ${index}`));
  await pass(4 * minute, 10 * second);
  assert.deepEqual(await reports(), [], "a restart of the customer's server is nobody's business");
  await pass(20 * minute, 10 * second);
  const [told, more] = await reports();
  assert.equal(more, undefined, "once");
  assert.equal(told?.type, "endpoint.failing");
  assert.deepEqual(told?.endpoint?.id, "one");
  assert.equal(told?.endpoint?.last_error, "answered 500");
  assert.equal(told?.endpoint?.pending, 20);
  assert.ok(Math.abs(Date.parse(told!.endpoint!.since) - since) <= second);
  customers.answer = () => 204;
  await pass(20 * minute, 10 * second);
  assert.deepEqual((await reports()).map(({ type }) => type).slice(1), ["endpoint.recovered"]);
  assert.equal(await bench.store.pendingDeliveries("one"), 0);

  customers.answer = () => 500;
  await say(...Array.from({ length: 40 }, (_, index) => `q${index}: again ${index}`));
  await pass(14 * day, 10 * minute);
  // What waited is dead by now, for it has had its tries: the next event is the last.
  await say("ana: the last");
  const last = (await reports()).at(-1);
  assert.equal(last?.type, "endpoint.disabled");
  assert.match(last?.reason ?? "", /14 days/);
  const row = (await bench.store.endpoints()).find(({ id }) => id === "one");
  assert.deepEqual([row?.enabled, row?.disabled?.reason], [false, "failing"]);
  assert.equal(await bench.store.pendingDeliveries("one"), 0);
});

test("a failing endpoint is known as one after a restart, and probed at once", async () => {
  await follow();
  customers.answer = () => 500;
  await say(...Array.from({ length: 30 }, (_, index) => `p${index}: ${index}`));
  await pass(hour, 10 * second);
  const before = customers.asked.length;
  await restart();
  await settle();
  assert.equal(customers.asked.length, before + 1);
});

test("what waits for an endpoint that somebody has switched off is kept so many days, and delivered when it is on again", async () => {
  await restart({ contentDays: 3 });
  const made = await follow({ enabled: false });
  await say("ana: too old");
  await pass(2 * day, hour);
  await say("ana: young enough");
  await pass(23 * hour, hour);
  assert.equal(await bench.store.pendingDeliveries("one"), 2);
  await pass(2 * hour, hour);
  assert.deepEqual((await bench.store.counts()).deliveries, { dead: 1, pending: 1 });
  await bench.store.updateEndpoint("one", { enabled: true });
  notifier.follow({ ...made, enabled: true });
  customers.answer = () => 500;
  await pass(4 * day, hour);
  assert.deepEqual((await bench.store.counts()).deliveries, { dead: 1, pending: 1 }, "it has all its tries");
  customers.answer = () => 204;
  await pass(3 * day, hour);
  assert.equal(customers.told().at(-1), "young enough");
});
