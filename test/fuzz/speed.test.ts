import assert from "node:assert/strict";
import { test } from "node:test";
import { isObject } from "../../src/core/json.ts";
import type { PlatformName } from "../../src/core/platform.ts";
import { readEvents } from "../../src/gateway/receiving/read-events.ts";
import { platforms } from "../../src/platforms/index.ts";
import { processorMs, slowness } from "../support/slowness.ts";
import { credentials, platformNames, seeds } from "./seeds.ts";

/** Webhooks may have 4 MiB; Meta's own have at most 3. */
const bytes = 1024 * 1024;
const withinMs = 1_000;

/**
 * Every list of a payload to repeat, all lists of an object together, and every text to lengthen, each alone, until
 * the whole has a megabyte.
 */
function* places(payload: unknown): Generator<[path: string, grow: () => string]> {
  const visit = function* (value: unknown, path: string): Generator<[string, () => string]> {
    if (Array.isArray(value) && value.length > 0) yield [path, () => filled(payload, [value])];
    const lists = isObject(value) ? Object.values(value).filter((inner) => Array.isArray(inner)) : [];
    if (lists.length > 1) yield [`${path}/*`, () => filled(payload, lists)];
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner !== "string") yield* visit(inner, `${path}/${key}`);
      else yield [`${path}/${key}`, () => lengthened(payload, value as Record<string, unknown>, key)];
    }
  };
  yield* visit(payload, "");
}

function filled(payload: unknown, lists: unknown[][]): string {
  const own = lists.map((list) => [...list]);
  for (const [index, items] of own.entries()) {
    const times = Math.ceil(bytes / lists.length / (JSON.stringify(items).length + 1)) * items.length;
    for (let left = times; left > 0; left--) lists[index]!.push(distinct(items[left % items.length], left));
  }
  const text = JSON.stringify(payload);
  for (const [index, items] of own.entries()) lists[index]!.length = items.length;
  return text;
}

function lengthened(payload: unknown, owner: Record<string, unknown>, key: string): string {
  const was = owner[key];
  owner[key] = was + "aé🎉 \n+1".repeat(bytes / 10);
  const text = JSON.stringify(payload);
  owner[key] = was;
  return text;
}

/** Another one of the same shape, so that no two are found in the same place. */
function distinct(item: unknown, serial: number): unknown {
  return JSON.parse(JSON.stringify(item), (_key, value) =>
    typeof value === "string" && /\d{4}/.test(value) ? value.replace(/\d{4}$/, String(serial)) : value,
  );
}

/** Payloads that differ in the place that grew, not in which of several like it. */
function* kindsOf(name: PlatformName): Generator<[path: string, grown: string]> {
  const seen = new Set<string>();
  for (const seed of seeds[name])
    for (const [path, grow] of places(JSON.parse(seed))) {
      const kind = path.replace(/\/\d+(?=\/|$)/g, "/0");
      if (!seen.has(kind)) yield [path, grow()];
      seen.add(kind);
    }
}

function longest(name: PlatformName): { ms: number; at: string } {
  let slowest = { ms: 0, at: "" };
  for (const [path, body] of kindsOf(name)) {
    const ms = processorMs(() => readEvents(platforms[name], credentials[name], body));
    if (ms > slowest.ms) slowest = { ms, at: `${path} of ${body.length} characters` };
  }
  return slowest;
}

for (const name of platformNames)
  test(`${name} reads any megabyte within a second`, (t) => {
    const { ms, at } = longest(name);
    t.diagnostic(`the slowest took ${ms.toFixed(0)} ms: ${at}`);
    assert.ok(ms < withinMs * slowness(), `${ms} ms for ${at}`);
  });
