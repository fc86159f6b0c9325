import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isObject, type Json } from "../../src/core/json.ts";
import type { Parsed, PlatformName } from "../../src/core/platform.ts";
import { readEvents } from "../../src/gateway/receiving/read-events.ts";
import { readPayload } from "../../src/gateway/receiving/read-payload.ts";
import { platforms } from "../../src/platforms/index.ts";
import { Chance } from "./chance.ts";
import { itemsOf } from "./items.ts";
import { assertEvent, assertNothingLost, asText } from "./judge.ts";
import { mutated, mutateTree } from "./mutate.ts";
import { again, runs, seed } from "./run.ts";
import { credentials, platformNames, seeds } from "./seeds.ts";

const everySeed = Object.values(seeds).flat();

/** Reads as the gateway reads what it has stored. */
function assertRead(name: PlatformName, body: string): Parsed {
  const parsed = readEvents(platforms[name], credentials[name], body);
  for (const event of parsed.events) assertEvent(event);
  const read = readPayload(body);
  if ("reason" in read) {
    assert.deepEqual(parsed, { events: [], unknown: [{ path: "", reason: read.reason }] });
    return parsed;
  }
  const parse = (payload: unknown) => platforms[name].parse(payload, credentials[name]);
  const whole = parse(read.payload);
  assertNothingLost(itemsOf[name](read.payload), whole, parse);
  // Events with an id that is too long for the store are told as unknown instead.
  const count = ({ events, unknown }: Parsed) => events.length + unknown.length;
  assert.equal(count(parsed), count(whole));
  return parsed;
}

/** Does `check` so often, each time on a payload of its own, and says how to do the failing one again. */
function fuzz(title: string, times: number, check: (chance: Chance) => { body: string; judge: () => void }) {
  test(`${title} (${times} times)`, (t) => {
    t.diagnostic(`ANTIPHON_FUZZ_SEED=${seed}`);
    const chance = new Chance(seed);
    for (let index = 0; index < times; index++) {
      const { body, judge } = check(chance);
      try {
        judge();
      } catch (error) {
        throw new Error(again(title, index, body), { cause: error });
      }
    }
  });
}

for (const name of platformNames)
  describe(`${name} reads whatever comes`, () => {
    const own = seeds[name];
    const each = Math.ceil(runs / platformNames.length);

    test("every fixture as it is", () => {
      assert.ok(own.length > 0, "there are fixtures");
      for (const body of own) assertRead(name, body);
    });

    test("every fixture, and a lost event of any of them is seen", () => {
      const read = (payload: unknown) => platforms[name].parse(payload, credentials[name]);
      for (const body of own) {
        const { events, unknown } = read(JSON.parse(body));
        for (const index of events.keys()) {
          const parsed = { events: events.toSpliced(index, 1), unknown };
          assert.throws(() => assertNothingLost(itemsOf[name](JSON.parse(body)), parsed, read), body);
        }
      }
    });

    test("every fixture of the other platforms, all of which is told as unknown", () => {
      const others = platformNames.filter((other) => other !== name).flatMap((other) => seeds[other]);
      for (const body of others) assert.deepEqual(assertRead(name, body).events, []);
    });

    fuzz("and loses nothing of what is changed, cut or foreign", Math.ceil(each * 0.8), (chance) => {
      const from = chance.once(20) ? everySeed : own;
      const body = mutated(chance, chance.of(from), chance.of(everySeed));
      return { body, judge: () => assertRead(name, body) };
    });

    fuzz("and reads the good parts beside a broken one as ever", Math.ceil(each * 0.2), (chance) => {
      const good = chance.of(own);
      const body = withBrokenPart(chance, JSON.parse(good));
      return {
        body,
        judge: () => {
          if ("reason" in readPayload(body)) return;
          const [whole, kept] = [good, body].map((one) => assertRead(name, one).events.map(asText));
          let from = 0;
          for (const event of whole!) {
            from = kept!.indexOf(event, from) + 1;
            assert.ok(from > 0, `lost: ${event}`);
          }
        },
      };
    });
  });

const listNames = ["entry", "changes", "messages", "statuses", "message_echoes", "messaging", "standby"];

/** The lists of a webhook in which one part is one thing. */
function partLists(value: unknown): Json[][] {
  if (Array.isArray(value)) return value.flatMap(partLists);
  if (!isObject(value)) return [];
  const own = listNames.map((key) => value[key]).filter((list) => Array.isArray(list));
  return [
    ...own,
    ...listNames.flatMap((key) => partLists(value[key])),
    ...partLists(value.value),
  ] as Json[][];
}

/** Puts a broken copy of one part somewhere among the others. Telegram has no lists: one update is one thing. */
function withBrokenPart(chance: Chance, payload: Json): string {
  const lists = partLists(payload).filter((list) => list.length > 0);
  if (lists.length > 0) {
    const list = chance.of(lists);
    const part = structuredClone(chance.of(list));
    const foreign = JSON.parse(chance.of(everySeed));
    list.splice(chance.int(list.length + 1), 0, mutateTree(chance, part, foreign));
  }
  return JSON.stringify(payload);
}
