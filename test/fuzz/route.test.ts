import assert from "node:assert/strict";
import { test } from "node:test";
import { isObject } from "../../src/core/json.ts";
import type { PlatformEvent, PlatformName } from "../../src/core/platform.ts";
import { readPayload } from "../../src/gateway/receiving/read-payload.ts";
import { appProvider, platforms } from "../../src/platforms/index.ts";
import { Chance } from "./chance.ts";
import { mutated } from "./mutate.ts";
import { again, runs, seed } from "./run.ts";
import { credentials, seeds } from "./seeds.ts";

const ofMeta = new Map<unknown, PlatformName>([
  ["whatsapp_business_account", "whatsapp"],
  ["page", "messenger"],
  ["instagram", "instagram"],
]);
const own = [...ofMeta.values()].flatMap((name) => seeds[name]);
const everySeed = Object.values(seeds).flat();

/** Where the parts stand that one channel gets: an entry, or a change where an entry is an account of numbers. */
function placesIn(payload: Record<string, unknown>): string[] {
  const entries = Array.isArray(payload.entry) ? payload.entry : [];
  return entries.flatMap((entry, index) => {
    const at = `/entry/${index}`;
    if (payload.object !== "whatsapp_business_account" || !Array.isArray(entry?.changes)) return [at];
    return entry.changes.map((_: unknown, change: number) => `${at}/changes/${change}`);
  });
}

const asText = (event: PlatformEvent) => JSON.stringify(event);

/** Every place goes to one channel or is told as unknown, and the channel reads there what it would in the whole. */
function assertRouted(payload: unknown): void {
  const { parts, unknown } = appProvider.route(payload);
  assert.ok(parts.length + unknown.length > 0, "nothing is told of it");
  const name = isObject(payload) ? ofMeta.get(payload.object) : undefined;
  if (!name || !isObject(payload)) {
    assert.deepEqual([parts.length, unknown.length], [0, 1]);
    return;
  }
  const handed = parts.map(({ path }) => path);
  assert.equal(new Set(handed).size, handed.length, "no part twice");
  const taken = [...handed, ...unknown.map(({ path }) => path)];
  for (const place of placesIn(payload))
    assert.ok(
      taken.some((path) => path === place || path.startsWith(`${place}/`)),
      `${place} is lost`,
    );
  const platform = platforms[name];
  const ownId = platform.naturalId(credentials[name]);
  const ours = parts.filter(({ to }) => to.platform === name && to.naturalId === ownId);
  const apart = ours.flatMap((part) => platform.parse(part.payload, credentials[name]).events.map(asText));
  const whole = platform.parse(payload, credentials[name]).events.map(asText);
  let from = 0;
  for (const event of apart) {
    from = whole.indexOf(event, from) + 1;
    assert.ok(from > 0, `not in the whole: ${event}`);
  }
}

test("an app's webhook is parted without loss, whatever it holds", (t) => {
  t.diagnostic(`ANTIPHON_FUZZ_SEED=${seed}`);
  const chance = new Chance(seed);
  for (let index = 0; index < runs / 4; index++) {
    const body = mutated(chance, chance.of(chance.once(20) ? everySeed : own), chance.of(everySeed));
    const read = readPayload(body);
    if ("reason" in read) continue;
    try {
      assertRouted(read.payload);
    } catch (cause) {
      throw new Error(again(t.name, index, body), { cause });
    }
  }
});

test("no part holds what belongs to the others: a megabyte stays one", () => {
  const entry = (index: number) => ({ id: String(index), time: 1, messaging: [{ message: { mid: "m" } }] });
  const payload = {
    object: "page",
    entry: Array.from({ length: 5_000 }, (_, index) => entry(index)),
    other: "x".repeat(1024 * 1024),
  };
  const { parts } = appProvider.route(payload);
  assert.equal(parts.length, 5_000);
  assert.ok(JSON.stringify(parts).length < 2 * 1024 * 1024);
});
