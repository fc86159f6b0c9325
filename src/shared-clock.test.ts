import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { MachineTime } from "./machine-time.ts";
import { SharedClock } from "./shared-clock.ts";
import { anchorSetting, SteadyClock } from "./steady-clock.ts";

const hourMs = 3_600_000;
const began = Date.UTC(2026, 0, 1);

/** The database's clock, and what is stored beside it. */
class Database {
  now = began;
  text: string | undefined;
  /** What a gateway that had its store for itself left there, of its own clock. */
  anchor: string | undefined;
  readonly machines: Machine[] = [];

  setting = async (key: string) => (key === anchorSetting ? this.anchor : this.text);
  /** How long its answer is on its way. */
  tookMs = 0;
  storeNow = async () => {
    const { now } = this;
    this.pass(this.tookMs);
    return now;
  };
  replaceSetting = async (_: string, before: string | undefined, value: string) => {
    if (this.text !== before) return false;
    this.text = value;
    return true;
  };

  pass(ms: number): void {
    this.now += ms;
    for (const machine of this.machines) machine.pass(ms);
  }

  async node(wallIsOffMs = 0): Promise<{ machine: Machine; clock: SharedClock }> {
    const machine = new Machine(this.now + wallIsOffMs);
    this.machines.push(machine);
    const log = { debug: () => {}, info: () => {}, error: () => {}, warn: machine.warn };
    const clock = new SharedClock({ log, machine });
    await clock.start(this);
    return { machine, clock };
  }
}

/** One whose wall clock is anything, and that ticks a little wrong. */
class Machine implements MachineTime {
  boot = undefined;
  rate = 1;
  readonly logged: string[] = [];
  #wall: number;
  #monotonic = 123_456_789;

  constructor(wall: number) {
    this.#wall = wall;
  }

  warn = (_: object, message: string) => void this.logged.push(message);
  wall = () => this.#wall;
  monotonic = () => this.#monotonic;
  withSleep = () => this.#monotonic;

  set(ms: number): void {
    this.#wall += ms;
  }

  /** As a virtual machine that is paused: nothing of it goes on, and it does not know. */
  isPaused = false;

  pass(ms: number): void {
    if (this.isPaused) return;
    this.#wall += ms;
    this.#monotonic += ms * this.rate;
  }
}

function near(actual: number, expected: number, byMs: number): void {
  assert.ok(Math.abs(actual - expected) <= byMs, `${actual} is not ${expected}`);
}

test("all nodes have the same gateway time, whatever their own clocks say, and at first it is the database's", async () => {
  const database = new Database();
  const one = await database.node(5 * hourMs);
  database.pass(90_000);
  const other = await database.node(-9 * hourMs);
  near(one.clock.steady(), database.now, 1);
  near(other.clock.steady(), database.now, 1);
  near(one.clock.now(), database.now + 5 * hourMs, 1);
  await one.clock.stop();
  await other.clock.stop();
});

/** What a gateway on a file leaves that was stopped, with its wall clock set by so much since it began. */
async function leftBy(database: Database, wasSetByMs: number): Promise<number> {
  const machine = new Machine(database.now);
  const log = { debug: () => {}, info: () => {}, error: () => {}, warn: machine.warn };
  const clock = new SteadyClock({ log, machine });
  const settings = {
    setting: async () => undefined,
    putSetting: async (_: string, value: string) => {
      database.anchor = value;
    },
  };
  await clock.start(settings);
  machine.pass(90_000);
  database.pass(90_000);
  machine.set(wasSetByMs);
  await clock.look();
  await clock.stop();
  return clock.steady();
}

for (const [wasSetByMs, what] of [
  [0, "as it was"],
  [2 * hourMs, "set forward"],
  [-2 * hourMs, "set back"],
] as const)
  test(`of a store that one gateway had before, time goes on from where it stood: a wall clock that is ${what}`, async () => {
    const database = new Database();
    const stood = await leftBy(database, wasSetByMs);
    // Wherever PostgreSQL runs, its clock shows what that gateway's showed.
    database.now += wasSetByMs;
    database.pass(30_000);
    const first = await database.node();
    near(first.clock.steady(), stood + 30_000, 2);
    database.pass(15_000);
    const second = await database.node(7 * hourMs);
    near(second.clock.steady(), stood + 45_000, 2);
    for (const { clock } of [first, second]) await clock.stop();
  });

test("where the database's clock is behind that gateway's, its time does not go back", async () => {
  const database = new Database();
  const stood = await leftBy(database, 0);
  database.now -= hourMs;
  const { clock } = await database.node();
  near(clock.steady(), stood, 2);
  database.pass(1_000);
  near(clock.steady(), stood + 1_000, 2);
  await clock.stop();
});

test("a machine that ticks too slowly or too fast is led back little by little, and never back in time", async () => {
  const database = new Database();
  const nodes = [await database.node(), await database.node()];
  nodes[0]!.machine.rate = 0.9995;
  nodes[1]!.machine.rate = 1.0005;
  for (let n = 0; n < 500; n++)
    for (const { clock } of nodes) {
      const before = clock.steady();
      database.pass(5_000);
      assert.ok(clock.steady() >= before);
      await clock.look();
    }
  for (const { clock, machine } of nodes) {
    near(clock.steady(), database.now, 30);
    assert.deepEqual(machine.logged, []);
    await clock.stop();
  }
});

test("where the database's clock jumps, gateway time goes on for all nodes, also for one that comes later", async () => {
  for (const jumpMs of [3 * hourMs, -3 * hourMs]) {
    const database = new Database();
    const [one, other] = [await database.node(), await database.node()];
    database.pass(60_000);
    database.now += jumpMs;
    await one.clock.look();
    await other.clock.look();
    const third = await database.node();
    for (const { clock } of [one, other, third]) {
      near(clock.steady(), began + 60_000, 2);
      await clock.stop();
    }
    const logged = [...one.machine.logged, ...other.machine.logged];
    assert.deepEqual(logged, ["the database's clock jumped; what waits, waits as long as before"]);
  }
});

test("a database whose clock was set back while no node ran does not set gateway time back by more than a minute", async () => {
  const database = new Database();
  const one = await database.node();
  database.pass(2 * hourMs);
  await one.clock.look();
  await one.clock.stop();
  database.now -= hourMs;
  const next = await database.node();
  assert.ok(next.clock.steady() >= began + 2 * hourMs - 60_000);
  await next.clock.stop();
});

type Node = Awaited<ReturnType<Database["node"]>>;

/** Time passes as one or two looks would be apart, and whoever is not paused looks. */
async function rounds(database: Database, nodes: readonly Node[], count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    database.pass(5_000);
    for (const { clock, machine } of nodes) if (!machine.isPaused) await clock.look();
  }
}

test("a machine that stood still goes on with the time of the others, and they do not notice", async () => {
  const database = new Database();
  const [one, other] = [await database.node(), await database.node()];
  await rounds(database, [one, other], 2);
  other.machine.isPaused = true;
  await rounds(database, [one, other], 12);
  other.machine.isPaused = false;
  // Whoever stood still looks first.
  await other.clock.look();
  await rounds(database, [one, other], 2);
  for (const { clock } of [one, other]) near(clock.steady(), database.now, 2);
  assert.deepEqual(one.machine.logged, []);
  assert.deepEqual(other.machine.logged, [
    "this machine stood still for a while; its time is that of the other nodes again",
  ]);
});

test("where a node is alone, a database's clock that was set forward ages nothing", async () => {
  const database = new Database();
  const one = await database.node();
  database.now += 3 * hourMs;
  await rounds(database, [one], 8);
  near(one.clock.steady(), began + 40_000, 2);
  assert.equal(one.machine.logged.length, 1);
  const next = await database.node();
  near(next.clock.steady(), began + 40_000, 2);
});

test("answers that take long tell nothing of a clock", async () => {
  const database = new Database();
  const one = await database.node();
  database.tookMs = 20_000;
  await rounds(database, [one], 3);
  database.tookMs = 0;
  await rounds(database, [one], 3);
  near(one.clock.steady(), database.now, 2);
  assert.deepEqual(one.machine.logged, []);
});

test("what is made up for is made up for until the next look, also where that is never answered", async () => {
  const database = new Database();
  const one = await database.node();
  database.now += 5_000;
  await one.clock.look();
  const began = one.clock.steady();
  database.tookMs = 20_000;
  for (let n = 0; n < 60; n++) {
    database.pass(60_000);
    await one.clock.look();
  }
  near(one.clock.steady() - began, 60 * (60_000 + 5 * 20_000), 51);
});

const happening = fc.oneof(
  fc.record({ kind: fc.constant("pass" as const), rounds: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    kind: fc.constant("pause" as const),
    node: fc.nat(2),
    rounds: fc.integer({ min: 2, max: 30 }),
  }),
  fc.record({
    kind: fc.constant("jump" as const),
    ms: fc.integer({ min: 15_000, max: 10_000_000 }),
    isBack: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("slow" as const), ms: fc.constantFrom(0, 300, 1_500, 9_000) }),
);

type Happening = typeof happening extends fc.Arbitrary<infer One> ? One : never;

test("whatever is paused, set and slow, no node's time goes back, and all have the same in the end", async () => {
  const run = async (count: number, happenings: Happening[]) => {
    const database = new Database();
    const nodes = await Promise.all(Array.from({ length: count }, () => database.node()));
    const before = nodes.map(({ clock }) => clock.steady());
    let jumpedMs = 0;
    const paused = new Set<number>();
    const pass = async (n: number) => {
      for (; n > 0; n--) {
        await rounds(database, nodes, 1);
        for (const [index, { clock }] of nodes.entries()) {
          const steady = clock.steady();
          assert.ok(steady >= before[index]!, "it went back");
          before[index] = steady;
        }
      }
    };
    for (const one of happenings) {
      if (one.kind === "pass") await pass(one.rounds);
      else if (one.kind === "slow") database.tookMs = one.ms;
      else if (one.kind === "jump") {
        const ms = one.isBack ? -one.ms : one.ms;
        database.now += ms;
        jumpedMs += ms;
        // So often a clock is not set.
        await pass(8);
      } else {
        const node = one.node % count;
        paused.add(node);
        nodes[node]!.machine.isPaused = true;
        await pass(one.rounds);
        nodes[node]!.machine.isPaused = false;
      }
    }
    database.tookMs = 0;
    await pass(400);
    const steady = nodes.map(({ clock }) => clock.steady());
    for (const each of steady) near(each, steady[0]!, 50);
    const passed = database.now - jumpedMs;
    // Nobody's time runs ahead of what has passed, but for what is made up for slowly; nor behind, where somebody saw it all.
    if (paused.size === 0) near(steady[0]!, passed, 1_000);
    if (jumpedMs === 0 && !happenings.some(({ kind }) => kind === "jump") && paused.size < count)
      near(steady[0]!, passed, 1_000);
  };
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(happening, { maxLength: 8 }), run),
    {
      numRuns: Number(process.env.ANTIPHON_CLOCK_RUNS ?? 60),
      seed: Number(process.env.ANTIPHON_CLOCK_SEED ?? 1),
    },
  );
});
