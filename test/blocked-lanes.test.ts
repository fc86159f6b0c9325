import assert from "node:assert/strict";
import { test } from "node:test";
import type { SendRequest } from "../src/core/message.ts";
import { acceptMessage } from "../src/gateway/sending/accept.ts";
import { resolveMessage } from "../src/gateway/sending/intervene.ts";
import { Lanes } from "../src/gateway/sending/lanes.ts";
import { eventually } from "./support/eventually.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { ok, Workbench } from "./support/workbench.ts";

/** A channel that goes on behind nothing that did not arrive, at a platform that refuses `bad`. */
class Scene {
  readonly bench: Workbench;
  readonly clock: FakeClock;
  lanes: Lanes;

  private constructor(bench: Workbench, clock: FakeClock) {
    this.bench = bench;
    this.clock = clock;
    this.refuseBad();
    this.lanes = new Lanes(bench.gateway);
  }

  static async open(): Promise<Scene> {
    const clock = new FakeClock();
    const scene = new Scene(await Workbench.open({ clock }), clock);
    await scene.bench.gateway.channels.update("channel", { onFailed: "block" });
    await scene.lanes.start();
    return scene;
  }

  refuseBad(): void {
    const refusal = { ok: false, error_code: 400, description: "Bad Request: message text is empty" };
    this.bench.handler = ({ text }) =>
      text === "bad" ? { status: 400, body: refusal } : ok(this.bench.requests.length);
  }

  async restart(): Promise<void> {
    await this.lanes.stop();
    this.lanes = new Lanes(this.bench.gateway);
    await this.lanes.start();
  }

  async send(body: string, more: Partial<SendRequest> = {}): Promise<string> {
    const request = { from: "channel", to: "5", content: { text: { body } }, ...more };
    return (await acceptMessage(this.bench.gateway, { request, normalised: [], warnings: [] })).message.id;
  }

  /** Every lane looks whether something may leave. */
  async look(): Promise<void> {
    for (const lane of await this.bench.store.lanes()) this.bench.gateway.laneReady.raise(lane);
  }

  becomes(id: string, status: string): Promise<true> {
    return eventually(`${status} of ${id}`, async () => {
      this.clock.advance(1_100);
      return (await this.bench.store.message(id))!.message.status === status ? true : undefined;
    });
  }

  /** What left so far, after another conversation's message, for which the lanes had the same time. */
  async sent(): Promise<(string | undefined)[]> {
    await this.look();
    await this.becomes(await this.send("elsewhere", { to: "6" }), "sent");
    return this.bench.requests.map(({ body }) => body.text).filter((text) => text !== "elsewhere");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lanes.stop();
    await this.bench[Symbol.asyncDispose]();
  }
}

test("behind a message that failed the conversation waits, over restarts, until a person lets it go on, in order", async () => {
  await using scene = await Scene.open();
  const [bad, ...behind] = [await scene.send("bad"), await scene.send("one"), await scene.send("two")];
  await scene.becomes(bad, "failed");
  assert.deepEqual(await scene.sent(), ["bad"]);
  await scene.restart();
  assert.deepEqual(await scene.sent(), ["bad"]);
  await resolveMessage(scene.bench.gateway, bad, "skip");
  await scene.becomes(behind[1]!, "sent");
  assert.deepEqual(await scene.sent(), ["bad", "one", "two"]);
});

test("what is sent again leaves before what has waited behind it", async () => {
  await using scene = await Scene.open();
  const [bad, next] = [await scene.send("bad"), await scene.send("next")];
  await scene.becomes(bad, "failed");
  scene.bench.handler = () => ok(scene.bench.requests.length);
  await resolveMessage(scene.bench.gateway, bad, "resend");
  await scene.becomes(next, "sent");
  assert.deepEqual(await scene.sent(), ["bad", "bad", "next"]);
});

test("what waits behind expires by its own time, whatever its place, and a message that says so blocks nothing", async () => {
  await using scene = await Scene.open();
  const bad = await scene.send("bad");
  const patient = await scene.send("patient");
  const brief = await scene.send("brief", { ttl_seconds: 60, on_failed: "continue" });
  await scene.becomes(bad, "failed");
  scene.clock.advance(60_000);
  await scene.becomes(brief, "expired");
  assert.equal((await scene.bench.store.message(patient))!.message.status, "accepted");
  await resolveMessage(scene.bench.gateway, bad, "skip");
  await scene.becomes(patient, "sent");
  assert.deepEqual(await scene.sent(), ["bad", "patient"]);
});

test("a thousand conversations that wait behind what did not arrive delay no other of their channel", async () => {
  await using scene = await Scene.open();
  const { clock, bench } = scene;
  await bench.gateway.channels.update("channel", { messagesPerSecond: 1000 });
  for (let n = 0; n < 1_000; n++)
    await Promise.all([
      scene.send("bad", { to: String(1000 + n) }),
      scene.send("behind", { to: String(1000 + n) }),
    ]);
  await eventually("a thousand failures", async () => {
    clock.advance(100);
    return bench.requests.length === 1_000 || undefined;
  });
  await eventually("their settlement", async () =>
    (await bench.store.counts()).messages.failed === 1_000 ? true : undefined,
  );
  const id = await scene.send("elsewhere", { to: "6" });
  const at = clock.steady();
  await eventually("the other's", async () => {
    clock.advance(100);
    return (await bench.store.message(id))!.message.status === "sent" || undefined;
  });
  // A tenth of a second of that passes with each look: a busy machine's part is in it.
  assert.ok(clock.steady() - at <= 60_000, `${clock.steady() - at} ms`);
  assert.equal(bench.requests.length, 1_001);
});
