import assert from "node:assert/strict";
import { test } from "node:test";
import { instagram } from "../platforms/instagram/index.ts";
import { messenger } from "../platforms/messenger/index.ts";
import { telegram } from "../platforms/telegram/index.ts";
import { whatsapp } from "../platforms/whatsapp/index.ts";
import { Echoes } from "./echoes.ts";

test("a call is held for a minute to begin with, and not at all where nothing comes back", () => {
  const echoes = new Echoes();
  assert.deepEqual(
    [whatsapp, messenger, instagram, telegram].map((platform) => echoes.holdMs(platform)),
    [60_000, 60_000, 60_000, 0],
  );
});

test("it is held for twice the p99.9 of what was observed there, once that is enough", () => {
  const echoes = new Echoes();
  const afterMs = (count: number) => Array.from({ length: count }, (_, n) => 4 * (n + 1));
  echoes.observe(whatsapp, afterMs(999));
  assert.equal(echoes.holdMs(whatsapp), 60_000);
  echoes.observe(whatsapp, [4000]);
  assert.equal(echoes.holdMs(whatsapp), 2 * 4 * 999);
  assert.equal(echoes.holdMs(messenger), 60_000);
});

test("it follows what is observed lately, within a second and a quarter of an hour", () => {
  const echoes = new Echoes();
  echoes.observe(whatsapp, new Array(10_000).fill(86_400_000));
  assert.equal(echoes.holdMs(whatsapp), 15 * 60_000);
  echoes.observe(whatsapp, new Array(10_000).fill(50));
  assert.equal(echoes.holdMs(whatsapp), 1_000);
});
