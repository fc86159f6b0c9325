import assert from "node:assert/strict";
import { test } from "node:test";
import type { MachineTime } from "./machine-time.ts";
import { machineTime } from "./machine-time.ts";
import { SteadyClock, wakeAfter } from "./steady-clock.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A machine whose clocks are set by hand, and what is on its disk. */
class Machine implements MachineTime {
  boot: string | undefined = "boot 1";
  readonly kept = new Map<string, string>();
  readonly logged: string[] = [];
  #wall = Date.UTC(2026, 0, 1);
  #monotonic = 60_000.25;
  #slept = 0;

  wall = () => this.#wall;
  monotonic = () => this.#monotonic;
  /** As coarse as Linux tells it. */
  withSleep = () => Math.round((this.#monotonic + this.#slept) / 10) * 10;

  pass(ms: number): void {
    this.#wall += ms;
    this.#monotonic += ms;
  }

  jump(ms: number): void {
    this.#wall += ms;
  }

  sleep(ms: number): void {
    this.#wall += ms;
    this.#slept += ms;
  }

  reboot(): void {
    this.boot = "another boot";
    this.#monotonic = 1_000;
    this.#slept = 0;
  }

  async start(): Promise<SteadyClock> {
    const store = {
      setting: async (key: string) => this.kept.get(key),
      putSetting: async (key: string, value: string) => void this.kept.set(key, value),
    };
    const note = (fields: object, message: string) =>
      void this.logged.push(`${message} ${JSON.stringify(fields)}`);
    const log = { debug: note, info: note, warn: note, error: note };
    const clock = new SteadyClock({ log, machine: this });
    await clock.start(store);
    return clock;
  }
}

test("gateway time begins as the wall clock's, so that what an older version stored keeps its meaning", async () => {
  const machine = new Machine();
  const clock = await machine.start();
  assert.equal(clock.steady(), machine.wall());
  machine.pass(1_500);
  assert.equal(clock.steady(), machine.wall());
  await clock.stop();
});

for (const ms of [hourMs, -hourMs, dayMs, -dayMs]) {
  const hours = `${ms / hourMs} h`;

  test(`a wall clock that jumps ${hours} moves gateway time by nothing, and the log tells it once`, async () => {
    const machine = new Machine();
    const clock = await machine.start();
    const before = clock.steady();
    machine.jump(ms);
    machine.pass(5_000);
    for (let n = 0; n < 3; n++) await clock.look();
    assert.equal(clock.steady(), before + 5_000);
    assert.equal(clock.now(), machine.wall());
    const told = `the wall clock jumped; what waits, waits as long as before {"seconds":${ms / 1000}}`;
    assert.deepEqual(machine.logged, [told]);
    await clock.stop();
  });

  test(`a kill, and ${hours} of the wall clock before the next start, move it by nothing`, async () => {
    const machine = new Machine();
    const before = await machine.start();
    machine.pass(hourMs);
    const until = before.steady();
    machine.jump(ms);
    machine.pass(2_000);
    const after = await machine.start();
    assert.equal(after.steady(), until + 2_000);
    assert.match(machine.logged.join(), /the wall clock jumped/);
    for (const clock of [before, after]) await clock.stop();
  });
}

test("over another boot it goes on by the wall clock, also where that stands elsewhere", async () => {
  const machine = new Machine();
  const before = await machine.start();
  machine.jump(dayMs);
  await before.look();
  machine.pass(hourMs);
  const until = before.steady();
  await before.stop();
  machine.pass(2 * hourMs);
  machine.reboot();
  const after = await machine.start();
  assert.equal(after.steady(), until + 2 * hourMs);
  assert.equal(machine.logged.length, 1, "the jump of before");
  await after.stop();
});

test("over another boot it never goes back, however far the wall clock is set back", async () => {
  const machine = new Machine();
  const before = await machine.start();
  machine.pass(hourMs);
  const until = before.steady();
  await before.stop();
  machine.jump(-dayMs);
  machine.reboot();
  const after = await machine.start();
  assert.equal(after.steady(), until);
  machine.pass(10);
  assert.equal(after.steady(), until + 10);
  assert.match(machine.logged.join(), /the wall clock jumped/);
  await after.stop();
});

test("a power cut hides no more than a minute of it", async () => {
  const machine = new Machine();
  const before = await machine.start();
  for (let n = 0; n < 1_000; n++) {
    machine.pass(5_000);
    await before.look();
  }
  const until = before.steady();
  machine.jump(-dayMs);
  machine.reboot();
  const after = await machine.start();
  assert.ok(after.steady() > until - 60_000 && after.steady() <= until, `${after.steady() - until}`);
  for (const clock of [before, after]) await clock.stop();
});

test("a machine that tells none of its starts goes on by the wall clock, and so does one whose clock began anew", async () => {
  for (const boot of [undefined, "boot 1"]) {
    const machine = new Machine();
    const before = await machine.start();
    machine.pass(hourMs);
    const until = before.steady();
    await before.stop();
    machine.reboot();
    machine.boot = boot;
    machine.pass(5_000);
    const after = await machine.start();
    assert.equal(after.steady(), until + 5_000);
    await after.stop();
  }
});

test("time goes on while the machine sleeps, in a run and between two", async () => {
  const machine = new Machine();
  const clock = await machine.start();
  const begun = clock.steady();
  machine.pass(1_000);
  machine.sleep(8 * hourMs);
  await clock.look();
  assert.equal(Math.round((clock.steady() - begun) / 100), (8 * hourMs + 1_000) / 100);
  assert.deepEqual(machine.logged, ['the machine has slept {"seconds":28800}']);
  await clock.stop();
  machine.sleep(hourMs);
  const next = await machine.start();
  assert.equal(Math.round((next.steady() - begun) / 100), (9 * hourMs + 1_000) / 100);
  await next.stop();
});

test("a sleep that the wall clock knows nothing of is none: some containers tell an uptime of their own", async () => {
  const machine = new Machine();
  const clock = await machine.start();
  const before = clock.steady();
  await clock.stop();
  machine.sleep(3 * dayMs);
  machine.jump(-3 * dayMs);
  const next = await machine.start();
  await next.look();
  assert.equal(next.steady(), before);
  await next.stop();
});

test("an anchor that is damaged is not believed", async () => {
  const machine = new Machine();
  await (await machine.start()).stop();
  for (const [key, value] of machine.kept) machine.kept.set(key, value.replace(/"steady":./, '"steady":9'));
  const clock = await machine.start();
  assert.equal(clock.steady(), machine.wall());
  assert.match(machine.logged.join(), /damaged/);
  await clock.stop();
});

test("a disk that refuses the anchor stops nothing, and is asked again", async () => {
  const machine = new Machine();
  const refused: string[] = [];
  const store = { setting: async () => undefined, putSetting: async (key: string) => refuse(key) };
  const refuse = (key: string): never => {
    refused.push(key);
    throw new Error("full");
  };
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const clock = new SteadyClock({ log, machine });
  await clock.start(store);
  machine.pass(60_000);
  await clock.look();
  assert.equal(refused.length, 2);
  await clock.stop();
});

test("this machine's clocks go on together, and a wait is never short", async () => {
  const machine = machineTime();
  const [monotonic, withSleep] = [machine.monotonic(), machine.withSleep()];
  const steady = () => Math.floor(machine.monotonic());
  const from = steady();
  await new Promise<void>((resolve) => void wakeAfter(steady, 20, resolve));
  assert.ok(steady() >= from + 20);
  const apart = machine.withSleep() - withSleep - (machine.monotonic() - monotonic);
  assert.ok(Math.abs(apart) < 500, `${apart} ms`);
});
