import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { Chance } from "../fuzz/chance.ts";
import { Arena } from "../reliability/arena.ts";
import type { Accepted } from "../reliability/audit.ts";
import { Load } from "../reliability/load.ts";
import { judge } from "../reliability/ordeal.ts";
import { noFaults, shortPlan } from "../reliability/plan.ts";
import { broken } from "../reliability/verdict.ts";
import { eventually } from "../support/eventually.ts";
import type { Stack } from "../support/stack.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** How far the gateway's wall clock is ahead: each step is a jump of an hour, a day or two. */
const steps = [hourMs, 0, -hourMs, 0, dayMs, 0, -dayMs, dayMs];
/** `CLOCK_ROUNDS=20` for a long run. */
const rounds = Number(process.env.CLOCK_ROUNDS ?? 1);
const eachMs = 700;
/** A burst of messages to one chat takes some seconds by the platforms' pace, and a start after a kill its time; a jump is of an hour. */
const longestMs = 600_000;
const plan = { ...shortPlan, everySeconds: 2.5, drainSeconds: 6, faults: noFaults };

const preload = join(import.meta.dirname, "..", "support", "shifted-date.ts");

test("a wall clock that jumps by hours and days, under load and over kills, hurries, delays, doubles and loses nothing", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-clock-"));
  const file = join(folder, "shift");
  const shift = (ms: number) => writeFileSync(file, String(ms));
  shift(0);
  const env = { SHIFT_FILE: file, LOG_LEVEL: "warn" };
  await using arena = await Arena.open(plan, { env, nodeArgs: ["--import", preload] });
  const chance = new Chance(1);
  const load = new Load(arena, plan, () => chance.int(2 ** 20) / 2 ** 20);
  const stopping = new AbortController();
  const loading = load.run(stopping.signal);
  loading.catch(() => stopping.abort());
  const whenever = async () => {
    for (let round = 0; round < rounds; round++) {
      for (const step of steps) {
        shift(step);
        (await arena.gateway()).child.kill("SIGUSR2");
        await pass(eachMs);
      }
      await arena.kill(() => shift(-dayMs));
      await pass(eachMs);
      await arena.kill(() => shift(hourMs));
      await pass(eachMs);
    }
  };
  await whenever().finally(() => stopping.abort());
  await loading;
  const gateway = await arena.gateway();
  for (const line of [/the wall clock jumped/, /the wall clock is ahead of the platforms/])
    await eventually(`a line of the log, ${line}`, () => line.test(gateway.stderr) || undefined);
  const figures = await judge(arena, load.accepted, plan.drainSeconds);
  t.diagnostic(JSON.stringify(figures));
  assert.deepEqual(broken({ figures }, { mayBeOpen: true }), []);

  const { waitOf, waits } = await eventually("nine in ten taken", async () => {
    const takenAt = await arena.takenAt();
    const waitOf = ({ text, at }: Accepted) => (takenAt.get(text) ?? Number.NaN) - at;
    const waits = load.accepted.map(waitOf).filter((ms) => ms >= 0);
    return waits.length >= 0.9 * load.accepted.length ? { waitOf, waits } : undefined;
  });
  t.diagnostic(`${waits.length} of ${load.accepted.length} taken, the last after ${Math.max(...waits)} ms`);
  for (const late of load.accepted.filter((message) => waitOf(message) > longestMs))
    assert.ok(await isBehindUnanswered(gateway, load.accepted, late), `${late.text} came late`);

  const { json } = await arena.simulator.simulate("GET", "/limits");
  assert.deepEqual(
    json.data.filter((use: { violations: number }) => use.violations > 0),
    [],
  );
  rmSync(folder, { recursive: true });
});

/** Its conversation has waited for the platform's word of what a kill left unanswered. */
async function isBehindUnanswered(gateway: Stack, accepted: readonly Accepted[], late: Accepted) {
  const before = accepted.filter(
    ({ conversation, position }) => conversation === late.conversation && position <= late.position,
  );
  for (const { id } of before) {
    const { json } = await gateway.call("GET", `/v1/messages/${id}`);
    const attempts = json.calls.flatMap((call: { attempts: { outcome: string }[] }) => call.attempts);
    if (attempts.some(({ outcome }: { outcome: string }) => outcome === "unknown")) return true;
  }
  return false;
}
