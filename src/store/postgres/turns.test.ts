import assert from "node:assert/strict";
import { test } from "node:test";
import { Turns } from "./turns.ts";

/** Asks for a turn, and writes down when it has come. */
function asked(
  turns: Turns,
  kind: "read" | "telling",
  name: string,
  came: string[],
): { end(): Promise<void> } {
  const turn = turns[kind]();
  void turn.then(() => came.push(name));
  return { end: async () => (await turn)() };
}

const settled = () => new Promise(setImmediate);

test("reads go side by side, a telling waits for those under way, and what comes behind it waits for it", async () => {
  const turns = new Turns();
  const came: string[] = [];
  const first = asked(turns, "read", "first", came);
  const second = asked(turns, "read", "second", came);
  const telling = asked(turns, "telling", "telling", came);
  const third = asked(turns, "read", "third", came);
  await settled();
  assert.deepEqual(came, ["first", "second"]);
  await second.end();
  await settled();
  assert.deepEqual(came, ["first", "second"]);
  await first.end();
  await settled();
  assert.deepEqual(came, ["first", "second", "telling"]);
  await telling.end();
  await settled();
  assert.deepEqual(came, ["first", "second", "telling", "third"]);
  await third.end();
});
