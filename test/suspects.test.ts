import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Platform } from "../src/core/platform.ts";
import { GatewayError } from "../src/core/problem.ts";
import { Router } from "../src/gateway/receiving/app-webhooks.ts";
import { Digester } from "../src/gateway/receiving/digest.ts";
import { type Read, Suspects } from "../src/gateway/receiving/suspects.ts";
import { acceptMessage } from "../src/gateway/sending/accept.ts";
import { Lanes } from "../src/gateway/sending/lanes.ts";
import { telegram } from "../src/platforms/telegram/index.ts";
import { channel } from "../src/store/conformance/harness.ts";
import { openStore } from "../src/store/conformance/sqlite-place.ts";
import type { Store } from "../src/store/store.ts";
import type { SuspectingStore } from "../src/store/suspecting.ts";
import { Chance } from "./fuzz/chance.ts";
import { eventually } from "./support/eventually.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { ok, Workbench } from "./support/workbench.ts";

const runs = Number(process.env.ANTIPHON_SUSPECT_RUNS ?? 15);
const batch = { limit: 3, maxBytes: 1_000_000 };
const silentLog = { debug() {}, info() {}, warn() {}, error() {} };
const never = new Promise<never>(() => {});
const channels = ["channel-0", "channel-1"];
const apps = ["app-0", "app-1"];

const app = (id: string) => ({
  ...{ id, provider: "meta" as const, appId: id, name: id, secrets: ["s"] },
  ...{ verifyToken: "verify", createdAt: 1 },
});

/** A process: reads side by side, in an order by chance, until it has read all, or one of them ends it. */
class Life {
  readonly #store: Store;
  readonly #chance: Chance;
  readonly #suspects: Suspects;
  readonly #ended = Promise.withResolvers<"ended">();
  #isAlive = true;
  #underWay = 0;
  readonly aside: string[] = [];

  constructor(store: Store, chance: Chance) {
    this.#store = store;
    this.#chance = chance;
    const { lastPayloads, tries, countTry, uncountTry } = store;
    const asked: SuspectingStore = {
      lastPayloads: () => this.#ask(() => lastPayloads()),
      tries: (...of) => this.#ask(() => tries(...of)),
      countTry: (...of) => this.#ask(() => countTry(...of)),
      uncountTry: (...of) => this.#ask(() => uncountTry(...of)),
    };
    this.#suspects = new Suspects({ store: asked, clock: new FakeClock(), log: silentLog });
  }

  async run(): Promise<"ended" | "done"> {
    const reading = [...channels.map((id) => this.#readChannel(id)), ...apps.map((id) => this.#readApp(id))];
    const how = await Promise.race([this.#ended.promise, Promise.all(reading).then(() => "done" as const)]);
    while (this.#underWay > 0) await turn();
    return how;
  }

  async #readChannel(id: string): Promise<void> {
    for (;;) {
      const rows = await this.#ask(() => this.#store.undigested(id, batch));
      if (rows.length === 0) return;
      await this.#suspects.over("payload", ids(rows), (read) =>
        this.#each(rows, read, ({ id: payloadId }) =>
          this.#store.digest({ payloadId, at: 1, steady: 1, events: [], unknown: [] }),
        ),
      );
    }
  }

  async #readApp(id: string): Promise<void> {
    for (;;) {
      const rows = await this.#ask(() => this.#store.unrouted(id, batch));
      if (rows.length === 0) return;
      await this.#suspects.over("app_payload", ids(rows), (read) =>
        // What is parted is to be read at once, as that of a channel.
        this.#each(rows, read, ({ id: appPayloadId, body }) => {
          const parts = body.startsWith("parted") ? [{ channelId: channels[0]!, body: "a part" }] : [];
          return this.#store.route({ appPayloadId, at: 1, parts, unrouted: [] });
        }),
      );
    }
  }

  async #each<Row extends { id: number; body: string }>(
    rows: Row[],
    read: Read,
    keep: (row: Row) => Promise<unknown>,
  ): Promise<void> {
    for (const row of rows)
      await read(row.id, async ({ isPoison, pause }) => {
        if (isPoison) this.aside.push(row.body);
        else await this.#understand(row.body, pause);
        await this.#ask(() => keep(row));
      }).catch(() => {});
  }

  async #understand(body: string, pause: (until: Promise<unknown>) => Promise<void>): Promise<void> {
    await this.#moment();
    if (body.startsWith("poison")) return this.#end();
    if (body.startsWith("waiting")) await pause(this.#moment());
    if (body.startsWith("late")) {
      await pause(this.#moment());
      return this.#end();
    }
    if (this.#chance.once(8)) throw new Error("The disk is full.");
    await this.#moment();
  }

  #end(): Promise<never> {
    this.#isAlive = false;
    this.#ended.resolve("ended");
    return never;
  }

  async #moment(): Promise<void> {
    for (let turns = this.#chance.int(4); turns > 0; turns--) await turn();
    if (!this.#isAlive) await never;
  }

  /** What a process has asked of its disk happens, and the process that has ended never hears of it. */
  async #ask<Value>(ask: () => Promise<Value>): Promise<Value> {
    await this.#moment();
    this.#underWay++;
    const value = await ask().finally(() => this.#underWay--);
    return this.#isAlive ? value : never;
  }
}

const ids = (rows: { id: number }[]) => rows.map(({ id }) => id);

/** Starts processes until all is read; gives what was set aside. */
async function readAll(file: string, seed: number): Promise<{ aside: string[]; posted: string[] }> {
  const chance = new Chance(seed);
  const posted: string[] = [];
  const body = (bodies: string[]) => {
    const text = `${chance.of(bodies)} ${posted.length}`;
    posted.push(text);
    return text;
  };
  const innocent = ["plain", "plain", "waiting", "parted"];
  const aside: string[] = [];
  for (let starts = 0; starts < 40; starts++) {
    const store = await openStore(file);
    try {
      if (starts === 0) for (const id of apps) await store.addApp(app(id));
      if (starts === 0) for (const id of channels) await store.addChannel(channel({ id, naturalId: id }));
      // What arrives meanwhile is never counted, and may end a process too.
      for (let more = starts < 3 ? 4 : 0; more > 0; more--) {
        const kinds = chance.once(3) ? ["poison", "late"] : innocent;
        await store.storePayloads(chance.of(channels), [body(innocent)], 1);
        await store.storeAppPayload(chance.of(apps), body(kinds), 1);
      }
      const life = new Life(store, chance);
      const how = await life.run();
      aside.push(...life.aside);
      if (how === "done") return { aside, posted };
    } finally {
      await store.close();
    }
  }
  throw new Error(`seed ${seed}: it ended again and again`);
}

test("what ends the process is set aside, and nothing that was read beside it, in whatever order they are read", async (t) => {
  let poisons = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const folder = mkdtempSync(join(tmpdir(), "antiphon-suspects-"));
    try {
      const { aside, posted } = await readAll(join(folder, "antiphon.db"), seed);
      const guilty = posted.filter((text) => /^(poison|late)/.test(text));
      assert.deepEqual([...new Set(aside)].sort(), guilty.sort(), `seed ${seed}`);
      poisons += guilty.length;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  t.diagnostic(`${runs} runs, ${poisons} that end the process`);
});

const update = (id: number, more: object) => {
  const who = { chat: { id: 5, type: "private" }, from: { id: 5, is_bot: false, first_name: "Ana" } };
  return JSON.stringify({ update_id: id, message: { message_id: id, date: 1_760_000_000, ...who, ...more } });
};

test("while a suspect of an app is read, nothing of a channel is", async () => {
  const order: string[] = [];
  const parse: Platform["parse"] = (payload) => {
    order.push("parsed");
    return telegram.parse(payload);
  };
  await using bench = await Workbench.open({ parse });
  const { store, gateway } = bench;
  await gateway.apps.add(app("app-0"));
  await store.storeAppPayload("app-0", "{}", 1);
  await store.storePayloads("channel", [update(1, { text: "a" })], 1);
  await store.countTry("app_payload", [1]);
  const looked = Promise.withResolvers<void>();
  gateway.store = {
    ...store,
    async undigested(...wish) {
      const rows = await store.undigested(...wish);
      looked.resolve();
      return rows;
    },
    async route(routing) {
      await looked.promise;
      for (let turns = 0; turns < 20; turns++) await turn();
      await store.route(routing);
      order.push("routed");
    },
  };
  const lanes = new Lanes(gateway);
  const workers = [new Router(gateway), new Digester(gateway, lanes)];
  for (const worker of workers) worker.start();
  await eventually("both read", () => order.length === 2 || undefined);
  assert.deepEqual(order, ["routed", "parsed"]);
  for (const worker of workers) await worker.stop();
});

test("a suspect that waits for a call holds up nobody, and nothing is blamed on it meanwhile", async () => {
  await using bench = await Workbench.open();
  const { store, gateway } = bench;
  const unread = async (id: string) => (await store.undigested(id, batch)).length;
  const { uncountTry } = store;
  let takenBack = 0;
  store.uncountTry = async (...one) => {
    await uncountTry(...one);
    takenBack++;
  };
  const door = Promise.withResolvers<void>();
  bench.handler = async () => {
    await door.promise;
    return ok(999);
  };
  await gateway.channels.add({ ...gateway.channels.get("channel")!, id: "other", naturalId: "8" });
  const quoted = { message_id: 999, date: 1, chat: { id: 5, type: "private" } };
  const lanes = new Lanes(gateway);
  await lanes.start();
  const request = { from: "channel", to: "5", content: { text: { body: "slow" } } };
  await acceptMessage(gateway, { request, normalised: [], warnings: [] });
  await eventually("the call", () => bench.requests.length === 1 || undefined);
  await store.storePayloads("channel", [update(1, { text: "that", reply_to_message: quoted })], 1);
  await store.countTry("payload", [1]);
  await store.storePayloads("other", [update(2, { text: "a" })], 1);
  const digester = new Digester(gateway, lanes);
  digester.start();
  await eventually("it waits", () => takenBack === 1 || undefined);
  await eventually("the other is read", async () => (await unread("other")) === 0 || undefined);
  assert.deepEqual([...(await store.tries("payload", [1]))], [[1, 1]]);
  assert.equal(await unread("channel"), 1);
  door.resolve();
  await eventually("it is read", async () => (await unread("channel")) === 0 || undefined);
  await digester.stop();
  await lanes.stop();
});

/** A store that can be asked no more while it is away. */
async function borrowedStore() {
  const bench = await Workbench.open();
  const { store } = bench;
  const place = { isAway: false };
  const asked =
    <Args extends unknown[], Value>(intent: (...args: Args) => Promise<Value>) =>
    async (...args: Args) => {
      if (place.isAway) throw new GatewayError("unavailable", "The store is away.");
      return intent(...args);
    };
  const suspecting: SuspectingStore = {
    lastPayloads: asked(store.lastPayloads),
    tries: asked(store.tries),
    countTry: asked(store.countTry),
    uncountTry: asked(store.uncountTry),
  };
  const clock = new FakeClock();
  await store.storePayloads("channel", [update(1, { text: "a" }), update(2, { text: "b" })], 1);
  const suspects = new Suspects({ store: suspecting, clock, log: silentLog });
  const tries = async () => Object.fromEntries(await store.tries("payload", [1, 2]));
  return { place, clock, suspects, tries, store, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() };
}

test("what could not be read since the store went away is blamed for nothing, as soon as that is back", async () => {
  await using borrowed = await borrowedStore();
  const { place, clock, suspects, tries, store } = borrowed;
  await store.countTry("payload", [1, 2]);
  const reading = suspects.over("payload", [1, 2], async (read) => {
    await read(1, async () => {
      assert.deepEqual(await tries(), { 1: 2, 2: 1 });
      place.isAway = true;
      throw new Error("The store is away.");
    });
  });
  await assert.rejects(reading, /away/);
  clock.advance(5_000);
  await turn();
  assert.deepEqual(await tries(), { 1: 2, 2: 1 });
  place.isAway = false;
  await eventually("it is told", async () => {
    clock.advance(1_000);
    return (await tries())[1] === 1 || undefined;
  });
  assert.deepEqual(await tries(), { 1: 1, 2: 1 });
});

test("what was to be read again while the store was away is taken back all the same", async () => {
  await using borrowed = await borrowedStore();
  const { place, clock, suspects, tries, store } = borrowed;
  await store.countTry("payload", [1]);
  const reading = () =>
    suspects.over("payload", [1], (read) =>
      read(1, async () => {
        place.isAway = true;
        throw new Error("The store is away.");
      }),
    );
  await assert.rejects(reading());
  await assert.rejects(reading(), /away/);
  place.isAway = false;
  await eventually("it is told", async () => {
    clock.advance(1_000);
    return (await tries())[1] === 1 || undefined;
  });
});

test("what was read again before it was taken back counts while it is read", async () => {
  await using borrowed = await borrowedStore();
  const { place, clock, suspects, tries, store } = borrowed;
  await store.countTry("payload", [1]);
  await assert.rejects(
    suspects.over("payload", [1], (read) =>
      read(1, async () => {
        place.isAway = true;
        throw new Error("The store is away.");
      }),
    ),
  );
  place.isAway = false;
  await suspects.over("payload", [1], (read) =>
    read(1, async () => {
      clock.advance(5_000);
      await turn();
      assert.deepEqual(await tries(), { 1: 2 });
    }),
  );
});

test("what was found at the start and given away before it was read is blamed for nothing", async () => {
  await using borrowed = await borrowedStore();
  const { suspects, tries } = borrowed;
  await suspects.over("payload", [1, 2], async () => {
    assert.deepEqual(await tries(), { 1: 1, 2: 1 });
  });
  await eventually("it is told", async () => Object.keys(await tries()).length === 0 || undefined);
});
