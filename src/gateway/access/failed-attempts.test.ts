import assert from "node:assert/strict";
import { test } from "node:test";
import { FailedAttempts } from "./failed-attempts.ts";

function counted() {
  const time = { ms: 0 };
  const attempts = new FailedAttempts({ steady: () => time.ms });
  const isRefused = (address: string, keyId?: string) =>
    attempts.add(address, keyId).some((one) => one.isExceeded);
  return { attempts, time, isRefused };
}

test("an address may fail 60 times in a minute, and is told at each time how often still and when anew", () => {
  const { attempts, time } = counted();
  const policy = { policy: "failed-auth-address", quota: 60, windowSeconds: 60 };
  for (let n = 1; n <= 60; n++)
    assert.deepEqual(attempts.add("192.0.2.1"), [
      { ...policy, remaining: 60 - n, resetSeconds: 60, isExceeded: false },
    ]);
  time.ms = 59_001;
  assert.deepEqual(attempts.add("192.0.2.1"), [
    { ...policy, remaining: 0, resetSeconds: 1, isExceeded: true },
  ]);
  time.ms = 60_000;
  assert.deepEqual(attempts.add("192.0.2.1"), [
    { ...policy, remaining: 59, resetSeconds: 60, isExceeded: false },
  ]);
});

test("one address takes nothing from another, and the addresses of a /64 of IPv6 are one", () => {
  const { isRefused } = counted();
  for (let n = 0; n < 60; n++) assert.equal(isRefused("192.0.2.1"), false);
  assert.deepEqual([isRefused("192.0.2.1"), isRefused("192.0.2.2")], [true, false]);
  assert.equal(isRefused("::ffff:192.0.2.1"), true, "the same address, as a socket of IPv6 tells it");
  for (let n = 0; n < 60; n++) assert.equal(isRefused(`2001:db8:0:7::${n.toString(16)}`), false);
  assert.equal(isRefused("2001:0db8:0000:0007:ffff:ffff:ffff:ffff"), true);
  assert.equal(isRefused("2001:db8:0:8::1"), false);
  assert.equal(isRefused("fe80::1%eth0"), false);
});

test("the secret of one key may be guessed at 20 times in a minute, from however many addresses", () => {
  const { isRefused } = counted();
  for (let n = 0; n < 20; n++) assert.equal(isRefused(`192.0.2.${n}`, "key_a"), false);
  assert.equal(isRefused("192.0.2.200", "key_a"), true);
  assert.equal(isRefused("192.0.2.201", "key_b"), false);
  assert.equal(isRefused("192.0.2.202"), false);
});

test("however many addresses fail, no more than 20,000 are remembered, the latest ones", () => {
  const { isRefused } = counted();
  for (let n = 0; n < 60; n++) isRefused("192.0.2.1");
  for (let n = 0; n < 20_000; n++) isRefused(`10.0.${n >> 8}.${n & 255}`);
  assert.equal(isRefused("192.0.2.1"), false, "forgotten");
  for (let n = 0; n < 59; n++) isRefused("10.0.78.31");
  assert.equal(isRefused("10.0.78.31"), true, "still known");
});
