import assert from "node:assert/strict";
import { test } from "node:test";
import type { Capabilities, Platform } from "../src/core/platform.ts";
import { Notifier } from "../src/gateway/delivering/notify.ts";
import { acceptMessage } from "../src/gateway/sending/accept.ts";
import { Lanes } from "../src/gateway/sending/lanes.ts";
import { telegram } from "../src/platforms/telegram/index.ts";
import type { CallRow } from "../src/store/rows.ts";
import { eventually } from "./support/eventually.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { ok, type Reply, tooMany, Workbench } from "./support/workbench.ts";

const hourMs = 3_600_000;
const jumps = { "+1 h": hourMs, "-1 h": -hourMs, "+1 d": 24 * hourMs, "-1 d": -24 * hourMs };

const rate = (perSecond: number, burst: number) => ({ perSecond, burst, source: "test", read: "2026-11-22" });
const unhurried = rate(10_000, 10_000);
const url = "/hook";

/** A gateway by a clock that is set by hand, with lanes and deliveries, and a second channel that nothing holds up. */
class Scene {
  readonly bench: Workbench;
  readonly clock: FakeClock;
  readonly #lanes: Lanes;
  readonly #notifier: Notifier;
  readonly #seen: string[] = [];
  #others = 0;
  /** What the first request of a text comes to; absent: it is taken. */
  readonly replies = new Map<string, Reply | "cut">();

  private constructor(bench: Workbench, clock: FakeClock) {
    this.bench = bench;
    this.clock = clock;
    this.#lanes = new Lanes(bench.gateway);
    this.#notifier = new Notifier(bench.gateway, bench.gateway.transport);
  }

  static async open(contact = unhurried): Promise<Scene> {
    const clock = new FakeClock();
    const pace: Capabilities["pace"] = { channel: unhurried, contact };
    const interpret: Platform["interpret"] = (response) => {
      const outcome = telegram.interpret(response);
      return outcome.kind === "retry" ? { ...outcome, scope: "channel" } : outcome;
    };
    const bench = await Workbench.open({ clock, capabilities: { pace }, reconcile: "token", interpret });
    const scene = new Scene(bench, clock);
    bench.handler = ({ text }, request) => {
      const name = text ?? "event";
      scene.#seen.push(name);
      const reply = scene.replies.get(name);
      scene.replies.delete(name);
      if (reply === "cut") request.socket.destroy();
      return reply === "cut" || reply === undefined ? ok(scene.#seen.length) : reply;
    };
    const known = bench.gateway.channels.get("channel")!;
    await bench.gateway.channels.add({ ...known, id: "other", naturalId: "8" });
    await scene.#lanes.start();
    await scene.#notifier.start();
    return scene;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lanes.stop();
    await this.#notifier.stop();
    await this.bench[Symbol.asyncDispose]();
  }

  async send(text: string, more: object = {}): Promise<string> {
    const request = { from: "channel", to: "5", content: { text: { body: text } }, ...more };
    return (await acceptMessage(this.bench.gateway, { request, normalised: [], warnings: [] })).message.id;
  }

  async follow(): Promise<void> {
    const endpoint = {
      ...{
        id: "endpoint",
        url: this.bench.gateway.channels.get("other")!.baseUrl + url,
        secret: "whsec_AAAA",
      },
      ...{
        events: ["endpoint.test" as const],
        channels: [],
        enabled: true,
        ordered: false,
        format: "antiphon" as const,
        createdAt: 0,
      },
    };
    await this.bench.store.addEndpoint(endpoint);
    this.#notifier.follow(endpoint);
  }

  times(text: string): number {
    return this.#seen.filter((name) => name === text).length;
  }

  async has(text: string, times: number): Promise<void> {
    await eventually(`${times} times ${text}`, () => (this.times(text) >= times ? true : undefined));
  }

  /** All that could leave has left: a message by the other channel, which was told to leave after it, has arrived. */
  async quiet(): Promise<void> {
    for (const lane of await this.bench.store.lanes()) this.bench.gateway.laneReady.raise(lane);
    this.bench.gateway.eventsWritten.raise();
    const text = `other ${++this.#others}`;
    await this.send(text, { from: "other", to: String(100 + this.#others) });
    await this.has(text, 1);
    await eventually("its end", async () =>
      (await this.bench.store.counts()).calls.sending ? undefined : true,
    );
  }

  async triedOnce(id: string): Promise<CallRow> {
    return eventually("the next try", async () => {
      const [call] = (await this.bench.store.message(id))!.calls;
      return call?.state === "queued" && call.tries === 1 ? call : undefined;
    });
  }

  async status(id: string): Promise<string> {
    return (await this.bench.store.message(id))!.message.status;
  }
}

/** What waits, and for how long; `sign` counts what comes of it in the end. */
interface Waiting {
  forMs: number;
  sign: () => number | Promise<number>;
}

const states: Record<string, { contact?: ReturnType<typeof rate>; begin(scene: Scene): Promise<Waiting> }> = {
  "a message that is tried again": {
    async begin(scene) {
      scene.replies.set("again", {
        status: 502,
        body: { ok: false, error_code: 502, description: "Bad Gateway" },
      });
      const id = await scene.send("again");
      await scene.has("again", 1);
      const { dueAt } = await scene.triedOnce(id);
      return { forMs: dueAt - scene.clock.steady(), sign: () => scene.times("again") - 1 };
    },
  },
  "a message behind the pace of its contact": {
    contact: rate(0.1, 1),
    async begin(scene) {
      await scene.send("first");
      await scene.send("second");
      await scene.has("first", 1);
      return { forMs: 10_000, sign: () => scene.times("second") };
    },
  },
  "a channel that its platform has paused": {
    async begin(scene) {
      scene.replies.set("refused", tooMany(30));
      await scene.triedOnce(await scene.send("refused"));
      await scene.send("behind", { to: "6" });
      return { forMs: 30_000, sign: () => scene.times("behind") };
    },
  },
  "a lane that waits for the platform's word": {
    async begin(scene) {
      scene.replies.set("lost", "cut");
      await scene.send("lost");
      await scene.send("behind");
      await scene.has("lost", 1);
      await eventually("the hold", async () =>
        (await scene.bench.store.counts()).calls.held ? true : undefined,
      );
      return { forMs: 60_000, sign: () => scene.times("behind") };
    },
  },
  "the time that a message has": {
    async begin(scene) {
      await scene.bench.gateway.channels.update("channel", { paused: true });
      const id = await scene.send("never", { ttl_seconds: 600 });
      return { forMs: 600_000, sign: async () => Number((await scene.status(id)) === "expired") };
    },
  },
  "a delivery that is tried again": {
    async begin(scene) {
      await scene.follow();
      scene.replies.set("event", { status: 500, body: {} });
      await scene.bench.store.addEvent({ type: "endpoint.test", timestamp: new Date(0).toISOString() });
      scene.bench.gateway.eventsWritten.raise();
      await scene.has("event", 1);
      const [delivery] = await eventually("its failure", async () => {
        const { rows } = await scene.bench.store.deliveries({ limit: 1 });
        return rows[0]?.tries === 1 ? rows : undefined;
      });
      return { forMs: delivery!.dueAt - scene.clock.steady(), sign: () => scene.times("event") - 1 };
    },
  },
};

for (const [state, { contact, begin }] of Object.entries(states)) {
  for (const [jump, ms] of Object.entries(jumps)) {
    test(`a wall clock that jumps ${jump} neither hurries nor delays nor doubles ${state}`, async () => {
      await using scene = await Scene.open(contact);
      const { forMs, sign } = await begin(scene);
      assert.ok(forMs > 1 && forMs <= 600_000, `${forMs} ms`);
      scene.clock.jump(ms);
      await scene.quiet();
      assert.equal(await sign(), 0, "not at the jump");
      scene.clock.advance(forMs - 1);
      await scene.quiet();
      assert.equal(await sign(), 0, "not before its time");
      scene.clock.advance(1);
      await scene.quiet();
      await eventually("what waited", async () => ((await sign()) > 0 ? true : undefined));
      scene.clock.jump(-ms);
      await scene.quiet();
      assert.equal(await sign(), 1, "once");
    });
  }
}
