import assert from "node:assert/strict";
import { test } from "node:test";
import { BodyRoom } from "./body-room.ts";

const mib = 1024 * 1024;
const piece = 64 * 1024;

/** So many bodies of one party, each of 1 MiB by pieces; how many of them found room. */
function fill(room: BodyRoom, party: string, bodies: number): number {
  let taken = 0;
  for (let n = 0; n < bodies; n++) {
    const held = room.hold(party);
    let isWhole = true;
    for (let bytes = 0; bytes < mib && isWhole; bytes += piece) isWhole = held.take(piece);
    if (isWhole) taken++;
    else held.release();
  }
  return taken;
}

test("one party has half of the room, and what it leaves is there for others", () => {
  const room = new BodyRoom(64 * mib);
  const greedy = fill(room, "greedy", 100);
  assert.ok(greedy >= 31 && greedy <= 32, `${greedy}`);
  const second = fill(room, "second", 100);
  assert.ok(second >= 15 && second <= 16, `${second}`);
  assert.ok(fill(room, "third", 1) === 1);
  assert.ok(room.heldBytes < 64 * mib);
});

test("what is released is there again, once", () => {
  const room = new BodyRoom(4 * mib);
  const held = room.hold("one");
  assert.ok(held.take(2 * mib));
  assert.equal(room.hold("one").fits(mib), false);
  held.release();
  held.release();
  assert.equal(room.heldBytes, 0);
  assert.ok(room.hold("one").fits(mib));
});

test("what is announced takes no room, and a small body needs none", () => {
  const room = new BodyRoom(4 * mib);
  assert.ok(room.hold("one").fits(2 * mib));
  assert.equal(room.heldBytes, 0);
  const full = room.hold("one");
  assert.ok(full.take(2 * mib));
  assert.equal(full.take(piece), false);
  const small = room.hold("one");
  assert.ok(small.fits(8_000) && small.take(8_000));
});

test("a body of single bytes takes the room of what is made of them", () => {
  const room = new BodyRoom(4 * mib);
  const held = room.hold("one");
  let bytes = 0;
  while (held.take(1)) bytes++;
  assert.ok(bytes < 10_000, `${bytes} bytes`);
});
