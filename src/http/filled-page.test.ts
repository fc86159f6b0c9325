import assert from "node:assert/strict";
import { test } from "node:test";
import type { PageRequest } from "../store/paging.ts";
import { filledPage } from "./filled-page.ts";

/** A list of numbers down from 99, of which each part looks at ten and gives those that end in 5. */
function fives() {
  const asked: PageRequest[] = [];
  const read = async (part: PageRequest) => {
    asked.push(part);
    const from = part.after === undefined ? 99 : Number(part.after) - 1;
    const fitting = Array.from({ length: 10 }, (_, index) => from - index).filter((n) => n % 10 === 5);
    return { rows: fitting.slice(0, part.limit), next: from - 9 > 0 ? String(from - 9) : null };
  };
  return { asked, read };
}

test("a page is filled from parts until it is full, the list ends, or so many parts were looked at", async () => {
  const full = fives();
  assert.deepEqual(await filledPage({ limit: 3 }, { read: full.read, most: 20 }), {
    rows: [95, 85, 75],
    next: "70",
  });
  assert.deepEqual(
    full.asked.map(({ limit }) => limit),
    [3, 2, 1],
  );
  const whole = await filledPage({ limit: 50 }, { read: fives().read, most: 20 });
  assert.deepEqual([whole.rows.length, whole.next], [10, null]);
  assert.deepEqual(await filledPage({ limit: 50 }, { read: fives().read, most: 2 }), {
    rows: [95, 85],
    next: "80",
  });
});

test("others have their turn between two parts of a page", async () => {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await filledPage({ limit: 50 }, { read: fives().read, most: 20 });
  isOver = true;
  assert.ok(turns >= 9, `${turns}`);
});

test("of many pages at once one part is read in a turn of the event loop, first come first served", async () => {
  let turn = 0;
  let isOver = false;
  const count = () => {
    turn++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const reads: { turn: number; page: number }[] = [];
  const pages = Array.from({ length: 20 }, (_, page) => {
    const { read } = fives();
    const noted = (part: PageRequest) => {
      reads.push({ turn, page });
      return read(part);
    };
    return filledPage({ limit: 50 }, { read: noted, most: 3 });
  });
  await Promise.all(pages);
  isOver = true;
  assert.equal(reads.length, 60);
  assert.equal(new Set(reads.map((one) => one.turn)).size, 60);
  const order = Array.from({ length: 20 }, (_, page) => page);
  assert.deepEqual(
    reads.map(({ page }) => page),
    [...order, ...order, ...order],
  );
});

test("for a page that nobody waits for any more nothing is read, and a part that fails stops no other page", async () => {
  const { asked, read } = fives();
  const gone = await filledPage({ limit: 50 }, { read, most: 20, isGone: () => asked.length === 2 });
  assert.deepEqual([gone.rows, asked.length], [[95, 85], 2]);
  const failing = filledPage({ limit: 1 }, { read: () => Promise.reject(new Error("torn")), most: 1 });
  const next = filledPage({ limit: 1 }, { read: fives().read, most: 1 });
  await assert.rejects(failing, /torn/);
  assert.deepEqual((await next).rows, [95]);
});
