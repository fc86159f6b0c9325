import assert from "node:assert/strict";
import { test } from "node:test";
import { backlog } from "../../bench/backlog/backlog.ts";
import type { Benchmark, Measured, Rounds } from "../../bench/benchmark.ts";
import { arms } from "../../bench/core/arms.ts";
import { core } from "../../bench/core/core.ts";
import { arms as gatewayArms } from "../../bench/gateway/arms.ts";
import { gateway } from "../../bench/gateway/gateway.ts";
import { growth } from "../../bench/growth/growth.ts";
import { inbound, arms as inboundArms } from "../../bench/inbound/inbound.ts";
import { bodyText, buttons } from "../../bench/message.ts";
import { nodes } from "../../bench/nodes/nodes.ts";
import { section } from "../../bench/table.ts";

/** That each benchmark works and what it must show; how fast anything is shows only the whole form, on a machine of its own. */
async function shortly(benchmark: Benchmark): Promise<Rounds> {
  const { rounds } = await benchmark.run("short", () => {});
  for (const [arm, measured] of Object.entries(rounds)) {
    assert.ok(measured.length > 0, `${arm} was not measured`);
    for (const [figure, value] of measured.flatMap((one) => Object.entries(one)))
      assert.ok(Number.isFinite(value) && value >= 0, `${arm}: ${figure} is ${value}`);
  }
  const machine = {
    cpu: "",
    cores: 1,
    memoryGb: 1,
    kernel: "",
    node: "",
    fileSystem: "",
    fdatasyncsPerSecond: 1,
    load: 0,
  };
  const result = {
    name: benchmark.name,
    form: "short",
    takenAt: "",
    commit: "",
    machine,
    setting: {},
    rounds,
  };
  assert.doesNotMatch(section(benchmark, { ...result, form: "full" }), /NaN|undefined|Infinity|not measured/);
  return rounds;
}

for (const [name, make] of Object.entries(arms))
  test(`core: ${name} sends the whole message and reads the tap`, async () => {
    const arm = await make();
    await arm.send(7);
    const shown = JSON.stringify(JSON.parse(arm.made()));
    for (const text of [bodyText(7), ...buttons.map(({ title }) => title)]) {
      // Chat's Telegram arm writes Markdown, in which a full stop is escaped.
      const spoken = shown.replaceAll("\\\\", "");
      assert.ok(spoken.includes(text), `${text} is not in ${shown}`);
    }
    await arm.parse(7);
  });

test("core measures every arm", async () => {
  const rounds = await shortly(core);
  assert.deepEqual(Object.keys(rounds), Object.keys(arms));
});

/** Under little load, whatever the machine: everything that was taken arrives, once. */
function assertWhole(rounds: Rounds): void {
  for (const [arm, measured] of Object.entries(rounds))
    for (const { refused, missing = 0, twice = 0 } of measured)
      assert.deepEqual({ arm, refused, missing, twice }, { arm, refused: 0, missing: 0, twice: 0 });
}

test("gateway brings every message of every arm to the platform once", async () => {
  const rounds = await shortly(gateway);
  assert.deepEqual(Object.keys(rounds), Object.keys(gatewayArms));
  assertWhole(rounds);
});

test("inbound tells the customer's endpoint of every webhook that was answered, once", async () => {
  const rounds = await shortly(inbound);
  assert.deepEqual(Object.keys(rounds), Object.keys(inboundArms));
  for (const rate of ["calm", "busy"]) {
    const of = (measured: Measured, name: string) => measured[`${rate}${name}`] ?? 0;
    const atRate = (measured: Measured) => ({
      refused: of(measured, "Refused"),
      missing: of(measured, "Missing"),
      twice: of(measured, "Twice"),
    });
    assertWhole(Object.fromEntries(Object.entries(rounds).map(([arm, all]) => [arm, all.map(atRate)])));
  }
});

test("backlog sends what was queued on disk before a kill, and takes more meanwhile", async () => {
  const rounds = await shortly(backlog);
  assert.ok(rounds["queued on disk"]![0]!.sent! > 0);
  assert.equal(rounds["nothing queued"]![0]!.sent, undefined);
  for (const [shown] of Object.values(rounds)) assert.ok(shown!.accepted! > 0);
});

test("nodes brings every message to the platform once, also while a gateway joins and leaves", async () => {
  const rounds = await shortly(nodes);
  assertWhole(rounds);
  for (const arm of ["2 gateways, one more joins", "2 gateways, it leaves"])
    assert.ok(rounds[arm]![0]!.moved! > 0);
});

test("growth does the same work beside each history, and refuses none of it", async () => {
  const rounds = await shortly(growth);
  assert.deepEqual(Object.keys(rounds), [
    "1,000 rows, 100 conversations",
    "20,000 rows, 1,000 conversations",
  ]);
  for (const [shown] of Object.values(rounds)) assert.equal(shown!.refused, 0);
});
