import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../../../test/support/eventually.ts";
import { FakeClock, realClock } from "../../../test/support/fake-clock.ts";
import type { Clock } from "../../core/clock.ts";
import { type Rest, Seats } from "./seats.ts";

/** Backlogs by conversation; each run sends one call, or all that are there where nobody waits for a seat. */
class Channel {
  readonly backlog = new Map<string, number>();
  readonly sent: string[] = [];
  readonly seats: Seats;
  readonly running = new Set<string>();
  mostAtATime = 0;
  asleep: ReadonlySet<string> = new Set();

  constructor(
    size: number,
    { clock = realClock(), sleepers = 1_000 }: { clock?: Clock; sleepers?: number } = {},
  ) {
    this.seats = new Seats({
      clock,
      size,
      sleepers,
      run: (id) => this.#run(id),
      more: async (after, limit) =>
        [...this.backlog.keys()]
          .filter((id) => id > after && this.backlog.get(id)! > 0)
          .sort()
          .slice(0, limit),
      onError: (error) => assert.fail(error as Error),
    });
  }

  async #run(id: string): Promise<Rest> {
    assert.ok(!this.running.has(id), "one run of a lane at a time");
    this.running.add(id);
    this.mostAtATime = Math.max(this.mostAtATime, this.running.size);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      while ((this.backlog.get(id) ?? 0) > 0) {
        if (this.asleep.has(id)) return { inMs: 3_600_000 };
        this.backlog.set(id, this.backlog.get(id)! - 1);
        this.sent.push(id);
        await new Promise((resolve) => setImmediate(resolve));
        if (this.seats.isCrowded) return "turn";
      }
      return "idle";
    } finally {
      this.running.delete(id);
    }
  }

  /** Every lane that was woken has run. */
  async rests(): Promise<void> {
    for (let turn = 0; turn < 10 || this.running.size > 0; turn++)
      await new Promise((resolve) => setImmediate(resolve));
  }

  async empties(): Promise<void> {
    const isEmpty = () => [...this.backlog].every(([id, left]) => left === 0 || this.asleep.has(id));
    await eventually("an empty backlog", () => isEmpty() || undefined);
  }
}

const id = (n: number) => `lane ${String(n).padStart(4, "0")}`;

test("of a thousand lanes so many run at a time as there are seats, in rounds, and all end", async () => {
  const channel = new Channel(10);
  for (let n = 0; n < 1000; n++) channel.backlog.set(id(n), 3);
  channel.seats.wakeAll();
  await channel.empties();
  assert.equal(channel.sent.length, 3000);
  assert.equal(channel.mostAtATime, 10);
  const first = new Set(channel.sent.slice(0, 1000));
  assert.ok(first.size > 980, `${first.size} of 1000 lanes sent one call before any had sent two or so`);
  await channel.seats.stop();
});

test("a lane with a long backlog has one turn in each round", async () => {
  const channel = new Channel(5);
  channel.backlog.set(id(0), 500);
  for (let n = 1; n <= 50; n++) channel.backlog.set(id(n), 2);
  channel.seats.wakeAll();
  await channel.empties();
  const lastOther = channel.sent.findLastIndex((lane) => lane !== id(0));
  const hogged = channel.sent.slice(0, lastOther).filter((lane) => lane === id(0)).length;
  assert.ok(hogged <= 30, `${hogged} of the long one left before the others were done`);
  await channel.seats.stop();
});

for (const sleepers of [0, 3, 100])
  test(`lanes that sleep keep no seat from those that may send, where ${sleepers} of them are remembered`, async () => {
    const channel = new Channel(4, { sleepers });
    for (let n = 0; n < 12; n++) channel.backlog.set(id(n), 1);
    channel.asleep = new Set(Array.from({ length: 10 }, (_, n) => id(n)));
    channel.seats.wakeAll();
    await channel.empties();
    assert.deepEqual(channel.sent.toSorted(), [id(10), id(11)]);
    channel.backlog.set(id(50), 1);
    channel.seats.wake(id(50));
    await channel.empties();
    channel.asleep = new Set([id(0)]);
    channel.seats.wakeAll();
    await channel.empties();
    assert.equal(channel.sent.length, 12);
    await channel.seats.stop();
  });

test("a lane that is woken when as many as there are seats fell asleep before it has its turn at once, and they have theirs in time", async () => {
  const clock = new FakeClock();
  const channel = new Channel(3, { clock });
  channel.asleep = new Set([id(0), id(1), id(2)]);
  for (const sleeper of channel.asleep) {
    channel.backlog.set(sleeper, 1);
    channel.seats.wake(sleeper);
  }
  await channel.rests();
  channel.backlog.set(id(9), 1);
  channel.seats.wake(id(9));
  await channel.empties();
  assert.deepEqual(channel.sent, [id(9)]);
  channel.asleep = new Set();
  clock.advance(3_599_999);
  await channel.rests();
  assert.deepEqual(channel.sent, [id(9)]);
  clock.advance(1);
  await channel.empties();
  assert.equal(channel.sent.length, 4);
  await channel.seats.stop();
});

test("who sleeps is woken by what is learned of it, and by all that wakes the channel", async () => {
  const channel = new Channel(2, { clock: new FakeClock() });
  channel.asleep = new Set([0, 1, 2, 3].map(id));
  for (const sleeper of channel.asleep) {
    channel.backlog.set(sleeper, 1);
    channel.seats.wake(sleeper);
    await channel.rests();
  }
  channel.asleep = new Set();
  channel.seats.nudge(id(2));
  await eventually("what was nudged", () => channel.sent.length === 1 || undefined);
  channel.seats.wakeAll();
  await channel.empties();
  assert.deepEqual(channel.sent.toSorted(), [0, 1, 2, 3].map(id));
  await channel.seats.stop();
});

test("who is woken when no seat is free has a turn later, wherever the round stands", async () => {
  const channel = new Channel(2);
  for (let n = 1; n <= 100; n++) channel.backlog.set(id(n), 1);
  channel.seats.wakeAll();
  await eventually("the middle of the round", () => channel.sent.length > 50 || undefined);
  channel.backlog.set(id(0), 1);
  channel.seats.wake(id(0));
  await channel.empties();
  assert.ok(channel.sent.includes(id(0)));
  await channel.seats.stop();
});

test("after all are done a lane is woken as ever", async () => {
  const channel = new Channel(2);
  for (let n = 0; n < 7; n++) channel.backlog.set(id(n), 1);
  channel.seats.wakeAll();
  await channel.empties();
  await eventually("a free seat", () => !channel.seats.isCrowded || undefined);
  channel.backlog.set(id(3), 2);
  channel.seats.wake(id(3));
  await channel.empties();
  assert.equal(channel.sent.length, 9);
  await channel.seats.stop();
});
