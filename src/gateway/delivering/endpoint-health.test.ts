import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../../test/support/fake-clock.ts";
import { EndpointHealth, maxUnderWay } from "./endpoint-health.ts";

const minute = 60_000;

function health(random = () => 0.5) {
  const clock = new FakeClock();
  const state = new EndpointHealth({ clock, random });
  const fail = (pauseMs = 0) => state.failed({ beganAt: clock.steady(), error: "answered 500", pauseMs });
  return { clock, state, fail };
}

test("an endpoint is failing after five failures on end, and not with a success among them", () => {
  const { clock, state, fail } = health();
  const since = clock.steady();
  for (let n = 0; n < 4; n++) fail();
  assert.equal(state.failing, undefined);
  state.succeeded();
  for (let n = 0; n < 4; n++) fail();
  assert.equal(state.failing, undefined);
  assert.equal(state.room, maxUnderWay);
  clock.advance(7);
  fail();
  assert.deepEqual(state.failing, { since, lastError: "answered 500" });
  assert.equal(state.room, 1, "one probe at a time");
});

test("a failing endpoint is probed ever more seldom, at the latest after a quarter of an hour", () => {
  const { clock, state, fail } = health(() => 0.999_999);
  const waits: number[] = [];
  for (let n = 0; n < 5; n++) fail();
  for (let probe = 0; probe < 14; probe++) {
    waits.push(state.waitMs());
    clock.advance(state.waitMs());
    assert.equal(state.waitMs(), 0);
    fail();
  }
  assert.equal(waits[0], 2_000);
  for (const [index, waitMs] of waits.slice(1).entries())
    assert.ok(Math.abs(waitMs - Math.min(15 * minute, 2 * waits[index]!)) <= 1, `${waits}`);
  assert.equal(waits.at(-1), 15 * minute);
});

test("what was under way when an endpoint was found failing says nothing more", () => {
  const { clock, state, fail } = health();
  const beganAt = clock.steady();
  for (let n = 0; n < 5; n++) fail();
  clock.advance(1);
  const waitMs = state.waitMs();
  for (let n = 0; n < 11; n++) state.failed({ beganAt: beganAt - 1, error: "no answer" });
  assert.equal(state.waitMs(), waitMs);
});

test("with its first success it works again, and more are let go with each", () => {
  const { state, fail } = health();
  for (let n = 0; n < 5; n++) fail();
  assert.equal(state.succeeded(), true, "there is something to catch up with");
  assert.equal(state.failing, undefined);
  assert.equal(state.waitMs(), 0);
  const rooms = Array.from({ length: 20 }, () => {
    const { room } = state;
    assert.equal(state.succeeded(), false);
    return room;
  });
  assert.deepEqual(rooms.slice(0, 4), [1, 2, 3, 4]);
  assert.equal(rooms.at(-1), maxUnderWay);
});

test("the pause that an endpoint asks for is kept, also through a success of what was under way", () => {
  const { clock, state, fail } = health();
  fail(30_000);
  state.succeeded();
  assert.equal(state.waitMs(), 30_000);
  clock.advance(30_000);
  assert.equal(state.waitMs(), 0);
});
