import assert from "node:assert/strict";
import { test } from "node:test";
import { instagram } from "../../platforms/instagram/index.ts";
import { messenger } from "../../platforms/messenger/index.ts";
import { telegram } from "../../platforms/telegram/index.ts";
import { whatsapp } from "../../platforms/whatsapp/index.ts";
import { Echoes } from "./echoes.ts";

function settings() {
  const kept = new Map<string, string>();
  return {
    kept,
    setting: async (key: string) => kept.get(key),
    putSetting: async (key: string, value: string) => void kept.set(key, value),
  };
}

test("a call is held for a minute to begin with, and not at all where nothing comes back", () => {
  const echoes = new Echoes(settings());
  assert.deepEqual(
    [whatsapp, messenger, instagram, telegram].map((platform) => echoes.holdMs(platform)),
    [60_000, 60_000, 60_000, 0],
  );
});

test("it is held for twice the p99.9 of what was observed there, once that is enough", () => {
  const echoes = new Echoes(settings());
  const afterMs = (count: number) => Array.from({ length: count }, (_, n) => 4 * (n + 1));
  echoes.observe(whatsapp, afterMs(999));
  assert.equal(echoes.holdMs(whatsapp), 60_000);
  echoes.observe(whatsapp, [4000]);
  assert.equal(echoes.holdMs(whatsapp), 2 * 4 * 999);
  assert.equal(echoes.holdMs(messenger), 60_000);
});

test("it follows what is observed lately, within a second and a quarter of an hour", () => {
  const echoes = new Echoes(settings());
  echoes.observe(whatsapp, new Array(10_000).fill(86_400_000));
  assert.equal(echoes.holdMs(whatsapp), 15 * 60_000);
  echoes.observe(whatsapp, new Array(10_000).fill(50));
  assert.equal(echoes.holdMs(whatsapp), 1_000);
});

test("what was learned holds after a restart too, of each platform by itself", async () => {
  const store = settings();
  const before = new Echoes(store);
  before.observe(whatsapp, new Array(1_000).fill(200_000));
  before.observe(messenger, new Array(999).fill(200_000));
  const after = new Echoes(store);
  await after.load([whatsapp, messenger, telegram]);
  assert.deepEqual(
    [whatsapp, messenger, telegram].map((platform) => after.holdMs(platform)),
    [400_000, 60_000, 0],
  );
  after.observe(whatsapp, new Array(1_000).fill(30_000));
  assert.equal(after.holdMs(whatsapp), 60_000);
});
