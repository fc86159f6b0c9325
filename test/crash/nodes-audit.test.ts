import assert from "node:assert/strict";
import { test } from "node:test";
import type { Told } from "../reliability/customer-process.ts";
import type { Struggle } from "../reliability/nodes/blows.ts";
import { failovers, recoveries, spread } from "../reliability/nodes/failovers.ts";
import { noticesOf } from "../reliability/nodes/notices.ts";

const struck: Struggle["struck"][number] = { blow: "kill", at: 10_000, channels: ["uuid"], round: 0 };
const struggle: Struggle = {
  struck: [struck],
  outages: [{ at: 20_000, until: 21_000 }],
  resets: { database: 0, clients: 0 },
};
const channels = new Map([["uuid", "page"]]);

function callsAt(...times: number[]) {
  return times.map((at) => ({ text: `${at}`, at, channel: "page", accepted: true }));
}

test("a failover is counted from the blow, or the last call of the node that was struck, to the first of the next one", () => {
  const failover = { blow: "kill", at: 10_000, channel: "page", isAmid: false };
  const calls = callsAt(9_000, 9_900, 15_700, 15_800);
  assert.deepEqual(failovers(struggle, { calls, channels }), [{ ...failover, ms: 5_700 }]);
  // What was on its way at the blow comes a moment later.
  const later = callsAt(9_000, 9_900, 10_020, 15_700, 15_800);
  assert.deepEqual(failovers(struggle, { calls: later, channels }), [{ ...failover, ms: 5_680 }]);
});

test("a failover before whose end PostgreSQL was killed, or another node in a later round, is told as such", () => {
  const isAmid = (more: Partial<Struggle>) =>
    failovers({ ...struggle, ...more }, { calls: callsAt(9_900, 15_700), channels }).map((one) => one.isAmid);
  assert.deepEqual(isAmid({ outages: [{ at: 15_600, until: 16_000 }] }), [true]);
  assert.deepEqual(isAmid({ outages: [{ at: 9_000, until: 10_100 }] }), [true]);
  assert.deepEqual(isAmid({ outages: [{ at: 9_000, until: 9_900 }] }), [false]);
  const another = (at: number, round: number) => ({ ...struck, at, round, channels: [] });
  assert.deepEqual(isAmid({ struck: [struck, another(10_500, 0)] }), [false]);
  assert.deepEqual(isAmid({ struck: [struck, another(15_600, 1)] }), [true]);
  assert.deepEqual(isAmid({ struck: [struck, another(15_800, 1)] }), [false]);
});

test("a channel that had nothing to send before a blow, or nothing since, tells nothing of a failover", () => {
  assert.deepEqual(failovers(struggle, { calls: callsAt(8_000, 15_700), channels }), []);
  assert.deepEqual(failovers(struggle, { calls: callsAt(9_900), channels }), []);
  const others = callsAt(9_900, 15_700).map((call) => ({ ...call, channel: "another" }));
  assert.deepEqual(failovers(struggle, { calls: others, channels }), []);
});

test("the way back from an outage of PostgreSQL is counted from its return to the first call", () => {
  assert.deepEqual(recoveries(struggle, callsAt(19_900, 20_010, 21_400, 22_000)), [400]);
  assert.deepEqual(spread([400, 100, 300]), { count: 3, p50: 300, p99: 400, max: 400 });
  assert.deepEqual(spread([]), { count: 0, p50: 0, p99: 0, max: 0 });
});

function told(sequence: number, more: Partial<Told> = {}): Told {
  const message = { id: `in_${sequence}`, text: { body: `said ${sequence}` } };
  return {
    id: `evt_${sequence}`,
    type: "message.received",
    sequence,
    conversation: { id: "ana" },
    message,
    ...more,
  };
}

const said = ["said 1", "said 2", "said 3"];
const stored = [1, 2, 3].map((n) => ({ id: `evt_${n}`, type: "message.received" }));
const fine = { said: 3, unheard: 0, heardTwice: 0, events: 3, undelivered: 0, disordered: 0, repeated: 0 };

test("the audit of what the customer was told counts what is missing, double, late and repeated", () => {
  const all = [told(1), told(2), told(3)];
  const judged = (events: Told[]) => noticesOf(events, { said, stored });
  assert.deepEqual(judged(all), fine);
  assert.deepEqual(judged([told(1), told(3)]), { ...fine, unheard: 1, undelivered: 1 });
  assert.deepEqual(judged([told(1), told(3), told(2)]), { ...fine, disordered: 1 });
  const other = told(4, { message: { id: "in_4", text: { body: "said 3" } } });
  assert.deepEqual(judged([...all, other]), { ...fine, heardTwice: 1 });
  // The same event again, late too: that is told by its id.
  assert.deepEqual(judged([...all, told(2)]), { ...fine, repeated: 1 });
  const elsewhere = told(2, { conversation: { id: "ben" } });
  assert.deepEqual(judged([told(1), told(3), elsewhere]), fine);
});
