import assert from "node:assert/strict";
import { test } from "node:test";
import type { AmbiguityPolicy } from "../src/core/message.ts";
import type { Platform } from "../src/core/platform.ts";
import { Digester } from "../src/gateway/receiving/digest.ts";
import { acceptMessage } from "../src/gateway/sending/accept.ts";
import { Lanes } from "../src/gateway/sending/lanes.ts";
import { eventually } from "./support/eventually.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { ok, type Reply, Workbench } from "./support/workbench.ts";

/** Statuses as a platform that echoes the token tells them: its body is the event itself. */
const parse: Platform["parse"] = (payload) => ({ events: [payload as never], unknown: [] });
const unhurried = { perSecond: 10_000, burst: 10_000, source: "test", read: "2026-11-22" };
const capabilities = { pace: { channel: unhurried, contact: unhurried } };
const minuteMs = 60_000;

/** A gateway by a clock that stands still, at a platform that takes `lost` and cuts the line instead of an answer. */
class Scene {
  readonly bench: Workbench;
  lanes: Lanes;
  #digester: Digester;
  readonly #clock: FakeClock;

  private constructor(bench: Workbench, clock: FakeClock) {
    this.bench = bench;
    this.#clock = clock;
    bench.handler = ({ text }, request) => (text === "lost" ? cut(request) : ok(bench.requests.length));
    this.lanes = new Lanes(bench.gateway);
    this.#digester = new Digester(bench.gateway, this.lanes);
  }

  static async open(reconcile?: "token"): Promise<Scene> {
    const clock = new FakeClock();
    const scene = new Scene(await Workbench.open({ capabilities, parse, reconcile, clock }), clock);
    await scene.lanes.start();
    return scene;
  }

  async restart(): Promise<void> {
    await this.lanes.stop();
    await this.#digester.stop();
    this.lanes = new Lanes(this.bench.gateway);
    this.#digester = new Digester(this.bench.gateway, this.lanes);
    await this.lanes.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lanes.stop();
    await this.#digester.stop();
    await this.bench[Symbol.asyncDispose]();
  }

  async send(body: string, onAmbiguous?: AmbiguityPolicy): Promise<string> {
    const request = { from: "channel", to: "5", content: { text: { body } }, on_ambiguous: onAmbiguous };
    return (await acceptMessage(this.bench.gateway, { request, normalised: [], warnings: [] })).message.id;
  }

  /** Time passes, and every lane looks at what is due. */
  async pass(ms: number): Promise<void> {
    this.#clock.advance(ms);
    for (const lane of await this.bench.store.lanes()) this.bench.gateway.laneReady.raise(lane);
  }

  async echo(id: string, status = "sent"): Promise<void> {
    const token = (await this.bench.store.message(id))!.message.token;
    const event = { kind: "status", dedupeKey: `${id} ${status}`, platformId: `p ${id}`, token, status };
    await this.bench.store.storePayloads("channel", [JSON.stringify(event)], this.#clock.now());
    this.bench.gateway.payloadsReady.raise("channel");
  }

  async status(id: string): Promise<string> {
    return (await this.bench.store.message(id))!.message.status;
  }

  becomes(id: string, status: string): Promise<true> {
    return eventually(`${status} of ${id}`, async () =>
      (await this.status(id)) === status ? true : undefined,
    );
  }

  isHeld(id: string): Promise<true> {
    return eventually(`a held call of ${id}`, async () =>
      (await this.bench.store.message(id))!.calls[0]!.state === "held" ? true : undefined,
    );
  }

  get sent(): (string | undefined)[] {
    return this.bench.requests.map(({ body }) => body.text);
  }

  async events(): Promise<string[]> {
    return (await this.bench.store.eventsAfter(0, 100)).map((row) => row.event.type);
  }
}

function cut(request: Parameters<Workbench["handler"]>[1]): Promise<Reply> {
  request.socket.destroy();
  return new Promise(() => {});
}

test("an unanswered call holds its lane until the platform tells of it; then the lane goes on", async () => {
  await using scene = await Scene.open("token");
  const lost = await scene.send("lost");
  const next = await scene.send("next");
  await scene.isHeld(lost);
  await scene.pass(minuteMs - 1);
  assert.deepEqual([await scene.status(lost), await scene.status(next)], ["sending", "accepted"]);
  await scene.echo(lost);
  await scene.becomes(next, "sent");
  assert.equal(await scene.status(lost), "sent");
  assert.deepEqual(
    [scene.sent, await scene.events()],
    [
      ["lost", "next"],
      ["message.sent", "message.sent"],
    ],
  );
});

test("when nothing is told within the hold time it is unknown, and a late echo still settles it", async () => {
  await using scene = await Scene.open("token");
  const lost = await scene.send("lost");
  const next = await scene.send("next");
  await scene.isHeld(lost);
  await scene.pass(minuteMs);
  await scene.becomes(next, "sent");
  assert.equal(await scene.status(lost), "unknown");
  await scene.echo(lost, "delivered");
  await scene.becomes(lost, "delivered");
  assert.deepEqual(scene.sent, ["lost", "next"]);
});

test("where nothing is echoed it is unknown at once, and the lane goes on", async () => {
  await using scene = await Scene.open();
  const lost = await scene.send("lost");
  const next = await scene.send("next");
  await scene.becomes(next, "sent");
  assert.deepEqual([await scene.status(lost), scene.sent], ["unknown", ["lost", "next"]]);
});

test("with fail it is failed after the hold time, with its reason", async () => {
  await using scene = await Scene.open("token");
  const lost = await scene.send("lost", "fail");
  const next = await scene.send("next");
  await scene.isHeld(lost);
  await scene.pass(minuteMs);
  await scene.becomes(next, "sent");
  const { message } = (await scene.bench.store.message(lost))!;
  assert.deepEqual(
    [message.status, message.problem?.code, scene.sent],
    ["failed", "unanswered", ["lost", "next"]],
  );
});

test("with resend it goes again after the hold time, before what is behind it", async () => {
  await using scene = await Scene.open("token");
  const lost = await scene.send("lost", "resend");
  await scene.send("next");
  await scene.isHeld(lost);
  scene.bench.handler = () => ok(7);
  await scene.pass(minuteMs);
  await eventually("its second try", async () => {
    await scene.pass(1000);
    return scene.sent.length === 3 ? true : undefined;
  });
  assert.deepEqual(scene.sent, ["lost", "lost", "next"]);
  await scene.becomes(lost, "sent");
});

test("with resend nothing goes again once the platform has told of it", async () => {
  await using scene = await Scene.open("token");
  const lost = await scene.send("lost", "resend");
  const next = await scene.send("next");
  await scene.isHeld(lost);
  await scene.echo(lost);
  await scene.becomes(next, "sent");
  await scene.pass(2 * minuteMs);
  assert.deepEqual(scene.sent, ["lost", "next"]);
});

test("a message that is never answered is sent again three times and is unknown then", async () => {
  await using scene = await Scene.open();
  const lost = await scene.send("lost", "resend");
  await eventually("an end", async () => {
    await scene.pass(minuteMs);
    return (await scene.status(lost)) === "unknown" ? true : undefined;
  });
  assert.deepEqual(scene.sent, ["lost", "lost", "lost", "lost"]);
});

test("what was to go again and is out of time by then is unknown, not too late", async () => {
  await using scene = await Scene.open("token");
  const lost = await scene.send("lost", "resend");
  await scene.isHeld(lost);
  await scene.pass(25 * 60 * minuteMs);
  await scene.becomes(lost, "unknown");
  assert.deepEqual(scene.sent, ["lost"]);
});

test("a channel's wish holds where the message has none", async () => {
  await using scene = await Scene.open();
  await scene.bench.gateway.channels.update("channel", { onAmbiguous: "fail" });
  const [channels, own] = [await scene.send("lost"), await scene.send("lost", "hold")];
  await scene.becomes(own, "unknown");
  assert.equal(await scene.status(channels), "failed");
});

test("after a restart a held call goes on being held, and its echo settles it", async () => {
  await using scene = await Scene.open("token");
  const lost = await scene.send("lost");
  const next = await scene.send("next");
  await scene.isHeld(lost);
  await scene.restart();
  assert.deepEqual([await scene.status(lost), scene.sent], ["sending", ["lost"]]);
  await scene.echo(lost);
  await scene.becomes(next, "sent");
});
