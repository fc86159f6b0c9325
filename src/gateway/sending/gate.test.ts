import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../../test/support/fake-clock.ts";
import { Gate, inTurn } from "./gate.ts";

/** A gate for so many, with how many have passed and how long the next must wait. */
function gateFor(size: number) {
  const state = { passed: 0, waitMs: 0 };
  const rules = { clock: new FakeClock(), size, waitMs: () => state.waitMs, passed: () => state.passed++ };
  return { gate: new Gate(rules), state };
}

test("who finds a gate free passes at once, and takes a place and a part of the rate", async () => {
  const { gate, state } = gateFor(1);
  assert.deepEqual([gate.pass(), gate.pass(), state.passed], [true, false, 1]);
  gate.leave();
  assert.deepEqual([gate.pass(), state.passed], [true, 2]);
  gate.close();
});

test("nobody passes before who waits already, nor before it is time, nor a gate that is closed", async () => {
  const { gate, state } = gateFor(1);
  assert.equal(gate.pass(), true);
  const waiting = gate.enter(1_000);
  gate.leave();
  assert.deepEqual([await waiting, gate.pass()], [true, false]);
  gate.leave();
  state.waitMs = 5;
  assert.equal(gate.pass(), false);
  state.waitMs = 0;
  gate.close();
  assert.deepEqual([gate.pass(), state.passed], [false, 2]);
});

test("of two gates in turn none is passed where one is not free", () => {
  const [first, second] = [gateFor(2), gateFor(1)];
  const both = inTurn(first.gate, second.gate);
  assert.deepEqual([both.pass(), both.pass()], [true, false]);
  assert.deepEqual([first.state.passed, second.state.passed], [1, 1]);
  both.leave();
  assert.equal(both.pass(), true);
});
