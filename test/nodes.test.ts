import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { GatewayError } from "../src/core/problem.ts";
import { leaseMs } from "../src/gateway/nodes/life.ts";
import { hashKey } from "../src/gateway/secret.ts";
import { acceptMessage } from "../src/gateway/sending/accept.ts";
import { Cluster } from "./support/cluster.ts";
import { Customer } from "./support/customer.ts";
import type { Node } from "./support/nodes.ts";

const testedAt = "2026-01-01T00:00:00.000Z";
const ownsEndpoint = (node: Node) => node.membership.owns("endpoint ep");

describe("several nodes on one store", () => {
  test("one node has everything, a second gets half of it, and each message leaves once, in order", async () => {
    await using cluster = await Cluster.of(4);
    await cluster.join();
    assert.deepEqual(cluster.owned(), [4]);
    const sent: string[] = [];
    const sendAll = async (from: number, to: number) => {
      for (const channel of cluster.channels)
        for (let n = from; n < to; n++) {
          await cluster.send(channel, `${channel} ${n}`, String(5 + (n % 2)));
          sent.push(`${channel} ${n}`);
        }
    };
    await sendAll(0, 6);
    await cluster.join();
    await cluster.spread(2, 2);
    await sendAll(6, 10);
    await cluster.until("end", () => cluster.got.length >= 40);
    for (const channel of cluster.channels)
      for (const chat of [0, 1]) {
        const isOfChat = (text: string) =>
          text.startsWith(`${channel} `) && Number(text.split(" ")[1]) % 2 === chat;
        const got = cluster.got.map(({ text }) => text);
        assert.deepEqual(got.filter(isOfChat), sent.filter(isOfChat));
      }
    assert.deepEqual(new Set(cluster.got.map(({ owners }) => owners)), new Set([1]));
  });

  test("a node that stops leaves what it had to the others at once", async () => {
    await using cluster = await Cluster.of(4);
    await cluster.join();
    const leaving = await cluster.join();
    await cluster.spread(2, 2);
    await leaving.stop();
    const tookMs = await cluster.spread(4, 0);
    assert.ok(tookMs <= 1_000, `${tookMs} ms`);
  });

  test("what could not be given away at the first try is free all the same, and another's", async () => {
    await using cluster = await Cluster.of(4);
    const giving = await cluster.join();
    giving.machine.refusesNext = "release";
    await cluster.join();
    await cluster.spread(2, 2);
    assert.equal(giving.machine.refusesNext, undefined);
  });

  test("what a node claimed and could not take up then is taken up all the same", async () => {
    await using cluster = await Cluster.of(4);
    await cluster.join();
    const taking = await cluster.join();
    let prepared = 0;
    taking.membership.beforeTakingUp(async () => {
      if (++prepared === 1) throw new GatewayError("unavailable", "Refused this once.");
    });
    await cluster.spread(2, 2);
    assert.ok(prepared > 1);
    const ids = await Promise.all(
      cluster.channels.map((channel) => cluster.send(channel, `${channel} sent`)),
    );
    const isSent = async () => (await Promise.all(ids.map((id) => cluster.statusOf(id)))).join();
    await cluster.until("end", async () => (await isSent()) === "sent,sent,sent,sent");
  });

  test("what a node was doing when it was killed is settled by another within the lease and two seconds, and goes on", async (t) => {
    await using cluster = await Cluster.of(2);
    await cluster.join();
    await cluster.join();
    await cluster.spread(1, 1);
    const channel = cluster.channels.find((id) => cluster.ownerOf(id) === cluster.nodes[1])!;
    cluster.keep(`${channel} cut off`);
    const cutOff = await cluster.send(channel, `${channel} cut off`);
    const behind = await cluster.send(channel, `${channel} behind`);
    await cluster.until("request", () => cluster.got.length === 1);
    cluster.nodes[1]!.machine.stop();
    const tookMs = await cluster.spread(2, 0);
    t.diagnostic(`failover after ${tookMs} ms`);
    assert.ok(tookMs <= leaseMs + 2_000, `${tookMs} ms`);
    await cluster.until("next", async () => (await cluster.statusOf(behind)) === "sent");
    assert.equal(await cluster.statusOf(cutOff), "unknown");
    assert.deepEqual(
      cluster.got.map(({ text }) => text),
      [`${channel} cut off`, `${channel} behind`],
    );
  });

  test("a node that is held up by what it takes up sees all the same that another has ended meanwhile", async () => {
    await using cluster = await Cluster.of(6);
    const taking = await cluster.join();
    const [first, second] = [await cluster.join(), await cluster.join()];
    await cluster.spread(2, 2, 2);
    const holding = Promise.withResolvers<void>();
    let isHeld = false;
    taking.membership.beforeTakingUp(() => {
      isHeld = true;
      return holding.promise;
    });
    first.machine.stop();
    await cluster.time.pass(3_000);
    second.machine.stop();
    const stoppedAt = cluster.time.now;
    await cluster.until("taking up", () => isHeld);
    await cluster.time.pass(4_000);
    holding.resolve();
    await cluster.spread(6, 0, 0);
    const tookMs = cluster.time.now - stoppedAt;
    assert.ok(tookMs <= leaseMs + 2_000, `${tookMs} ms`);
  });

  test("a node that was stopped for longer than its lease sends nothing, and what it heard before is told", async () => {
    await using cluster = await Cluster.of(2);
    await cluster.join();
    await cluster.join();
    await cluster.spread(1, 1);
    const stopped = cluster.nodes[1]!;
    const before = stopped.membership.id;
    const channel = cluster.channels.find((id) => cluster.ownerOf(id) === stopped)!;
    const { release } = cluster.keep(`${channel} answered late`);
    const late = await cluster.send(channel, `${channel} answered late`);
    const behind = await cluster.send(channel, `${channel} behind`);
    await cluster.until("request", () => cluster.got.length === 1);
    stopped.machine.stop();
    await cluster.spread(2, 0);
    await cluster.until("next", async () => (await cluster.statusOf(behind)) === "sent");
    assert.equal(await cluster.statusOf(late), "unknown");
    release();
    await cluster.time.pass(200);
    stopped.machine.goOn();
    await cluster.until("evidence", async () => (await cluster.statusOf(late)) === "sent");
    await cluster.spread(1, 1);
    assert.notEqual(stopped.membership.id, before);
    assert.deepEqual(
      cluster.got.map(({ text }) => text),
      [`${channel} answered late`, `${channel} behind`],
    );
  });

  test("a node that was killed tells, when it is back, what its journal shows as taken", async () => {
    await using cluster = await Cluster.of(1);
    const killed = await cluster.join();
    killed.machine.stopsBefore = "settleCall";
    const sent = await cluster.send("channel", "channel answered");
    await cluster.until("answer", () => killed.machine.isStopped);
    const other = await cluster.join();
    await cluster.until("failover", () => other.owns("channel"));
    await cluster.until("end", async () => (await cluster.statusOf(sent)) === "unknown");
    const lines = readFileSync(join(killed.folder, "receipts.journal"));
    const folder = mkdtempSync(join(tmpdir(), "antiphon-node-"));
    writeFileSync(join(folder, "receipts.journal"), lines, { mode: 0o600 });
    await cluster.join(folder);
    await cluster.until("evidence", async () => (await cluster.statusOf(sent)) === "sent");
    assert.deepEqual(
      cluster.got.map(({ text }) => text),
      ["channel answered"],
    );
  });

  test("what was about to leave when a node was stopped for longer than its lease, and was told as unknown, has failed for certain once it is known not to have left", async () => {
    await using cluster = await Cluster.of(2);
    await cluster.join();
    await cluster.join();
    await cluster.spread(1, 1);
    const stopped = cluster.nodes[1]!;
    const channel = cluster.channels.find((id) => cluster.ownerOf(id) === stopped)!;
    stopped.machine.stopsAfter = "beginCall";
    const begun = await cluster.send(channel, `${channel} begun`);
    await cluster.until("stop", () => stopped.machine.isStopped);
    await cluster.spread(2, 0);
    await cluster.until("end", async () => (await cluster.statusOf(begun)) === "unknown");
    assert.deepEqual(cluster.got, []);
    stopped.machine.goOn();
    await cluster.until("evidence", async () => (await cluster.statusOf(begun)) === "failed");
    await cluster.spread(1, 1);
    await cluster.time.pass(5_000);
    assert.deepEqual(cluster.got, []);
    const { message, attempts } = (await cluster.bench.store.message(begun))!;
    assert.equal(message.problem?.code, "not_sent");
    assert.deepEqual(
      attempts.map(({ outcome }) => outcome),
      ["retry"],
    );
  });

  test("what a killed node was sending for a channel that was removed since is settled by another, who then lets the channel go", async () => {
    await using cluster = await Cluster.of(2);
    const [one, killed] = [await cluster.join(), await cluster.join()];
    await cluster.spread(1, 1);
    const channel = cluster.channels.find((id) => killed.owns(id))!;
    cluster.keep(`${channel} cut off`);
    const cutOff = await cluster.send(channel, `${channel} cut off`);
    await cluster.until("request", () => cluster.got.length === 1);
    await one.gateway.channels.remove(channel, one.machine.now());
    killed.machine.stop();
    await cluster.until("end", async () => (await cluster.statusOf(cutOff)) === "unknown");
    const names = async () => (await cluster.bench.store.cluster()).leases.map(({ name }) => name);
    await cluster.until("release", async () => !(await names()).includes(`channel ${channel}`));
  });

  test("a node whose way to the store is cut stops before another takes its work over, and is back when it is mended", async () => {
    await using cluster = await Cluster.of(2);
    await cluster.join();
    await cluster.join();
    await cluster.spread(1, 1);
    const cutOff = cluster.nodes[1]!;
    const channel = cluster.channels.find((id) => cluster.ownerOf(id) === cutOff)!;
    cutOff.machine.isCutOff = true;
    const sent = await cluster.send(channel, `${channel} while cut off`);
    await cluster.until("stop", () => !cutOff.membership.stillStands(`channel ${channel}`));
    assert.equal(cluster.nodes[0]!.owns(channel), false);
    await cluster.spread(2, 0);
    await cluster.until("end", async () => (await cluster.statusOf(sent)) === "sent");
    cutOff.machine.isCutOff = false;
    await cluster.spread(1, 1);
    assert.deepEqual(cluster.got, [{ text: `${channel} while cut off`, owners: 1 }]);
  });

  test("after an outage of the store that was longer than the lease each node goes on at once, and waits for nobody's former beats", async () => {
    await using cluster = await Cluster.of(2);
    await cluster.join();
    await cluster.join();
    await cluster.spread(1, 1);
    for (const { machine } of cluster.nodes) machine.isCutOff = true;
    await cluster.time.pass(leaseMs + 1_000);
    assert.deepEqual(cluster.owned(), [0, 0]);
    for (const { machine } of cluster.nodes) machine.isCutOff = false;
    const tookMs = await cluster.spread(1, 1);
    assert.ok(tookMs <= 3_000, `${tookMs} ms`);
  });

  test("a webhook that a node was reading when it lost the channel is read by the next owner, and by nobody called unreadable", async () => {
    await using cluster = await Cluster.of(1);
    const [one, other] = [await cluster.join(), await cluster.join()];
    const [channel] = cluster.channels as [string];
    await cluster.until("owner", () => cluster.ownerOf(channel) !== undefined);
    const stopped = cluster.ownerOf(channel)!;
    const next = stopped === one ? other : one;
    stopped.machine.stopsBefore = "digest";
    const from = { id: 5, is_bot: false, first_name: "Ana" };
    const message = { message_id: 1, date: 1, from, chat: { id: 5, type: "private" }, text: "hi" };
    await cluster.bench.store.storePayloads(
      channel,
      [JSON.stringify({ update_id: 1, message })],
      one.machine.now(),
    );
    stopped.gateway.payloadsReady.raise(channel);
    await cluster.until("stop", () => stopped.machine.isStopped);
    await cluster.until("next owner", () => next.owns(channel));
    const undigested = () => cluster.bench.store.undigested(channel, { limit: 1, maxBytes: 1e6 });
    await cluster.until("end", async () => (await undigested()).length === 0);
    stopped.machine.goOn();
    await cluster.until("return", () => stopped.membership.id !== undefined && !stopped.owns(channel));
    await cluster.time.pass(2_000);
    const told = cluster.bench.logged.map(({ message: words }) => words);
    assert.equal(told.filter((words) => words === "digested").length, 1);
    assert.deepEqual(
      told.filter((words) => words === "a payload could not be read" || words === "kept as unknown"),
      [],
    );
  });

  test("what any node takes its owner works on within a second, and what one changes all know within a second", async () => {
    await using cluster = await Cluster.of(2);
    const [one, other] = [await cluster.join(), await cluster.join()];
    await cluster.spread(1, 1);
    const channel = cluster.channels.find((id) => one.owns(id))!;
    const request = { from: channel, to: "5", content: { text: { body: `${channel} by the other` } } };
    await acceptMessage(other.gateway, { request, normalised: [], warnings: [] });
    await cluster.time.pass(1_000, () => cluster.got.length === 1);
    assert.equal(cluster.got.length, 1);
    const update = JSON.stringify({ update_id: 1, message: { message_id: 1, text: "hi" } });
    await other.gateway.store.storePayloads(channel, [update], one.machine.now());
    other.gateway.payloadsReady.raise(channel);
    const undigested = () => cluster.bench.store.undigested(channel, { limit: 1, maxBytes: 1e6 });
    await cluster.time.pass(1_000, async () => (await undigested()).length === 0);
    assert.deepEqual(await undigested(), []);
    await other.gateway.channels.update(channel, { paused: true });
    await cluster.time.pass(1_000, () => one.gateway.channels.get(channel)?.paused === true);
    assert.equal(one.gateway.channels.get(channel)?.paused, true);
    await other.gateway.keys.bootstrap(hashKey("a secret that is long enough"));
    const letsIn = (node: Node) => "caller" in node.gateway.keys.authenticate("a secret that is long enough");
    await cluster.time.pass(1_000, () => letsIn(one));
    assert.equal(letsIn(one), true);
    await other.gateway.keys.bootstrap(hashKey("another secret that is long enough"));
    await cluster.time.pass(1_000, () => !letsIn(one));
    assert.equal(letsIn(one), false);
  });

  test("what could not be told the others is told when the store is there again", async () => {
    await using cluster = await Cluster.of(2);
    const [one, other] = [await cluster.join(), await cluster.join()];
    await cluster.spread(1, 1);
    const channelId = cluster.channels.find((id) => one.owns(id))!;
    const toldOfEvents = async () => (await cluster.bench.store.news("")).versions.events;
    const before = await toldOfEvents();
    other.gateway.eventsWritten.raise();
    other.gateway.laneReady.raise({ channelId, conversationId: "conversation" });
    other.machine.isCutOff = true;
    // The owner takes no word, so that it can be looked at.
    one.machine.stop();
    await cluster.time.pass(500);
    other.machine.isCutOff = false;
    const told = () => cluster.bench.store.news(one.membership.id ?? "");
    await cluster.time.pass(2_000, async () => (await toldOfEvents()) !== before);
    assert.notEqual(await toldOfEvents(), before);
    const words = (await told()).wakes.map(({ name, lane }) => ({ name, lane }));
    assert.deepEqual(words, [{ name: `channel ${channelId}`, lane: "conversation" }]);
  });

  test("events of a node that was killed before it told of them reach their endpoint and the streams", async () => {
    await using cluster = await Cluster.of(1);
    await using customer = await Customer.listen();
    const [one, other] = [await cluster.join(), await cluster.join()];
    await cluster.bench.store.addEndpoint(customer.endpoint);
    await cluster.until("owner", () => [one, other].some((node) => ownsEndpoint(node)));
    const [owner, killed] = ownsEndpoint(one) ? [one, other] : [other, one];
    const write = () =>
      killed.gateway.store.addEvent({ type: "endpoint.test", timestamp: testedAt }, { endpointId: "ep" });
    await write();
    killed.gateway.eventsWritten.raise();
    await cluster.until("first delivery", () => customer.got.length === 1);
    await cluster.time.pass(5_000);
    let looks = 0;
    owner.gateway.eventsWritten.listen(() => looks++);
    await write();
    killed.gateway.eventsWritten.raise();
    killed.machine.stop();
    await cluster.until("delivery", () => customer.got.length === 2);
    await cluster.until("look of the streams", () => looks > 0);
  });

  test("what somebody asked to be delivered again, by a node that was killed at once, is delivered", async () => {
    await using cluster = await Cluster.of(1);
    await using customer = await Customer.listen();
    const node = await cluster.join();
    await cluster.bench.store.addEndpoint(customer.endpoint);
    await cluster.until("owner", () => ownsEndpoint(node));
    await node.gateway.store.addEvent({ type: "endpoint.test", timestamp: testedAt }, { endpointId: "ep" });
    node.gateway.eventsWritten.raise();
    const delivered = async () => {
      const { rows } = await cluster.bench.store.deliveries({ endpointId: "ep", limit: 1 });
      return rows[0]?.state === "delivered" ? rows[0].id : undefined;
    };
    await cluster.until("first delivery", async () => (await delivered()) !== undefined);
    await cluster.time.pass(5_000);
    await cluster.bench.store.retryDelivery((await delivered())!, node.machine.steady());
    await cluster.until("second delivery", () => customer.got.length === 2);
  });

  test("what the test of a new endpoint got is known before anybody has taken it up, and after", async () => {
    await using cluster = await Cluster.of(1);
    await using customer = await Customer.listen();
    const node = await cluster.join();
    await cluster.bench.store.addEndpoint(customer.endpoint);
    node.notifier.follow(customer.endpoint);
    const attempt = { at: 1, latencyMs: 2, category: "ok" as const, httpStatus: 204 };
    node.notifier.tested("ep", attempt);
    assert.equal(ownsEndpoint(node), false);
    assert.deepEqual(node.notifier.lastAttempt("ep"), attempt);
    await cluster.until("owner", () => ownsEndpoint(node));
    await cluster.time.pass(20_000);
    assert.deepEqual(node.notifier.lastAttempt("ep"), attempt);
  });

  test("of an endpoint that another node works for, a node forgets what a test got", async () => {
    await using cluster = await Cluster.of(1);
    await using customer = await Customer.listen();
    const nodes = [await cluster.join(), await cluster.join()];
    await cluster.bench.store.addEndpoint(customer.endpoint);
    await cluster.until("owner", () => nodes.some(ownsEndpoint));
    const foreign = nodes.find((node) => !ownsEndpoint(node))!;
    foreign.notifier.tested("ep", { at: 1, latencyMs: 2, category: "ok", httpStatus: 204 });
    assert.equal(foreign.notifier.lastAttempt("ep")?.at, 1);
    await cluster.time.pass(11_000);
    assert.equal(foreign.notifier.lastAttempt("ep"), undefined);
  });
});
