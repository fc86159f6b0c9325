import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { Levels } from "./levels.ts";

type Looked = ConstructorParameters<typeof Levels>[0]["store"];

/** Looks at what `waiting` says. */
function looking() {
  const clock = new FakeClock();
  const waiting = { queued: 0, unread: 0, pending: 0, isBroken: false };
  const store = {
    backlog: async () => {
      if (waiting.isBroken) throw new Error("no storage");
      return { all: waiting };
    },
    counts: async () => ({ deliveries: { pending: waiting.pending } }),
  } as unknown as Looked;
  return { clock, waiting, levels: new Levels({ store, clock }) };
}

const newest = (levels: Levels, count: number) => levels.told().map(({ values }) => values.slice(-count));

test("of what waits the most in a step is told, and a gap where nobody looked", async () => {
  const { clock, waiting, levels } = looking();
  Object.assign(waiting, { queued: 7, unread: 2, pending: 5 });
  await levels.look();
  waiting.queued = 3;
  await levels.look();
  clock.advance(20_000);
  await levels.look();
  assert.deepEqual(newest(levels, 4), [
    [null, 7, null, 3],
    [null, 2, null, 2],
    [null, 5, null, 5],
  ]);
  assert.deepEqual(
    levels.told().map(({ name, labels }) => ({ name, ...labels })),
    [
      { name: "antiphon_backlog", of: "calls" },
      { name: "antiphon_backlog", of: "webhooks" },
      { name: "antiphon_deliveries", state: "pending" },
    ],
  );
});

test("what was counted for somebody else counts as a look", () => {
  const { levels } = looking();
  levels.take([
    { name: "antiphon_backlog", labels: { of: "calls" }, value: 4 },
    { name: "antiphon_backlog", labels: { of: "webhooks" }, value: 5 },
    { name: "antiphon_deliveries", labels: { state: "dead" }, value: 9 },
    { name: "antiphon_deliveries", labels: { state: "pending" }, value: 6 },
  ]);
  assert.deepEqual(newest(levels, 1), [[4], [5], [6]]);
});

test("it looks by itself twice a step until it is stopped, and a store that refuses ends nothing", async () => {
  const { clock, waiting, levels } = looking();
  const looked = () => new Promise((resolve) => setImmediate(resolve));
  levels.start();
  await looked();
  waiting.isBroken = true;
  for (let half = 0; half < 3; half++) {
    clock.advance(5_000);
    await looked();
  }
  waiting.isBroken = false;
  waiting.queued = 9;
  clock.advance(5_000);
  await looked();
  assert.deepEqual(newest(levels, 3)[0], [0, null, 9]);
  levels.stop();
  clock.advance(10_000);
  await looked();
  assert.deepEqual(newest(levels, 2)[0], [9, null]);
});

test("after an hour a step is forgotten, and a clock that is set back tells nothing of what is to come", async () => {
  const { clock, waiting, levels } = looking();
  waiting.queued = 1;
  await levels.look();
  clock.advance(3_600_000);
  await levels.look();
  assert.equal(newest(levels, 360)[0]!.filter((value) => value !== null).length, 1);
  clock.jump(-600_000);
  await levels.look();
  clock.jump(600_000);
  assert.equal(newest(levels, 1)[0]![0], null);
});
