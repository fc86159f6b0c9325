import assert from "node:assert/strict";
import { test } from "node:test";
import {
  hashKey,
  isOwnId,
  mintId,
  newId,
  newSigningSecret,
  newToken,
  newWamid,
  newWebhookSecret,
  sameHash,
} from "./secret.ts";

const many = <Value>(make: () => Value) => Array.from({ length: 2_000 }, make);

test("a wamid stands in a URL as it is and decodes as WhatsApp's own do", () => {
  const ids = many(newWamid);
  for (const id of ids) {
    assert.match(id, /^wamid\.[A-Za-z0-9]+$/);
    assert.equal(encodeURIComponent(id), id);
    const bytes = Buffer.from(id.slice("wamid.".length), "base64");
    assert.equal(bytes.toString("base64"), id.slice("wamid.".length));
  }
  assert.equal(new Set(ids).size, ids.length);
});

test("a token fits where a platform gives 22 characters of base64url", () => {
  for (const token of many(newToken)) assert.match(token, /^[A-Za-z0-9_-]{16}$/);
});

test("tokens of one moment begin alike, and never repeat", () => {
  const tokens = many(newToken);
  const milliseconds = tokens.map((token) => Buffer.from(token, "base64url").readUIntBE(0, 5));
  assert.deepEqual(
    milliseconds.toSorted((a, b) => a - b),
    milliseconds,
  );
  assert.equal(new Set(tokens.map((token) => token.slice(-9))).size, tokens.length);
});

test("ids of one prefix sort by the millisecond of their making and never repeat", () => {
  const ids = many(() => mintId("evt"));
  for (const id of ids) assert.match(id, /^evt_[0-9a-f]{32}$/);
  const milliseconds = ids.map((id) => id.slice(0, "evt_".length + 12));
  assert.deepEqual([...milliseconds].sort(), milliseconds);
  assert.equal(new Set(ids).size, ids.length);
});

test("ids that are made here are known from what else may stand for one", () => {
  for (const id of [newId(), mintId("ctc"), mintId("call"), newWamid()]) assert.ok(isOwnId(id), id);
  const wamid = (text: string) => `wamid.${Buffer.from(text).toString("base64")}`;
  const others = [
    "",
    "5511987654321",
    `${mintId("msg")}0`,
    `ak_0123456789ab_${"0".repeat(64)}_01234567`,
    wamid("HBg 5511987654321 0123456789abcdef0123456789abcd"),
    wamid(`2E${"a".repeat(46)}`),
    `${newId()}\n`,
  ];
  for (const other of others) assert.equal(isOwnId(other), false, other);
});

test("a webhook secret fits Telegram's secret_token", () => {
  for (const secret of many(newWebhookSecret)) assert.match(secret, /^[A-Za-z0-9_-]{1,256}$/);
});

test("a signing secret has the prefix and the 24 to 64 bytes of Standard Webhooks", () => {
  for (const secret of many(newSigningSecret)) {
    assert.match(secret, /^whsec_[A-Za-z0-9+/]+=*$/);
    const { length } = Buffer.from(secret.slice("whsec_".length), "base64");
    assert.ok(length >= 24 && length <= 64);
  }
});

test("only the same key has its hash", () => {
  const [one, other] = ["ak_one of some length", "ak_two of some length"] as const;
  assert.equal(sameHash(hashKey(one), hashKey(one)), true);
  assert.equal(sameHash(hashKey(one), hashKey(other)), false);
  assert.equal(sameHash(hashKey(one), ""), false);
  assert.ok(!hashKey(one).includes(one.slice(3)));
});
