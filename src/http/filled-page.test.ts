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
  assert.deepEqual(await filledPage({ limit: 3 }, full.read, 20), { rows: [95, 85, 75], next: "70" });
  assert.deepEqual(
    full.asked.map(({ limit }) => limit),
    [3, 2, 1],
  );
  const whole = await filledPage({ limit: 50 }, fives().read, 20);
  assert.deepEqual([whole.rows.length, whole.next], [10, null]);
  assert.deepEqual(await filledPage({ limit: 50 }, fives().read, 2), { rows: [95, 85], next: "80" });
});

test("others have their turn between two parts of a page", async () => {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await filledPage({ limit: 50 }, fives().read, 20);
  isOver = true;
  assert.ok(turns >= 9, `${turns}`);
});
