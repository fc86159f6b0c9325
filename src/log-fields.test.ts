import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { timestamp } from "./core/clock.ts";
import { GatewayError } from "./core/problem.ts";
import { mintId } from "./gateway/secret.ts";
import { errorShown, loggable, masked } from "./log-fields.ts";

const backup = "antiphon-2026-11-22T04-51-51Z-0a1b2c3d";
const token = "EAAGm0PX4ZCpsBO7ZAZCexample9ZBtoken";

test("ids, counts and words come through as they are", () => {
  const line = {
    channel: randomUUID(),
    message: mintId("msg"),
    by: "key_bootstrap",
    httpStatus: 429,
    code: "ECONNRESET",
    outcome: "accepted",
    from: "203.0.113.9",
    route: "/v1/channels/:id",
    path: "/entry/0/changes/1/value/novelties",
    changed: ["name", "scopes"],
  };
  assert.deepEqual(loggable(line), line);
});

test("times, backups and raw webhooks come through in the forms that we write, and in no other", () => {
  const line = { since: timestamp(0), until: timestamp(1_790_000_000_123), backup: `${backup}.db` };
  assert.deepEqual(loggable(line), line);
  for (const event of ["raw_1", "raw_app_491"]) assert.deepEqual(loggable({ event }), { event });
  const others = [
    { since: "491715550123" },
    { since: "2026-11-22T04:51:51Z Ana" },
    { backup: `${backup}.db/${token}` },
    { backup: "ana-souza.db" },
    { event: `raw_${token}` },
  ];
  for (const other of others)
    assert.deepEqual(Object.values(loggable(other)), ["[withheld]"], Object.values(other)[0]);
});

test("a field of another form is withheld, and one that nobody listed is not told", () => {
  const told = loggable({
    channel: token,
    message: "+491715550123",
    rows: "many",
    from: "Ana Souza",
    code: "Ana Souza",
    outcome: { problem: token },
    path: `/entry/${token}/491715550123`,
    text: "Hello Ana",
    to: 491_715_550_123,
  });
  const withheld = "[withheld]";
  assert.deepEqual(told, {
    ...{ channel: withheld, message: withheld, rows: withheld, from: withheld, code: withheld },
    ...{ path: "/entry/…/…", outcome: withheld, text: "[not listed]", to: "[not listed]" },
  });
});

test("of a sentence stays what says what is wrong: no quoted text, no number, no token, no way of a URL, no line end", () => {
  const id = randomUUID();
  const told: [string, string][] = [
    ['Bad Request: "Dear Ana" is too long', "Bad Request: … is too long"],
    ["unknown target whatsapp 491715550123", "unknown target whatsapp …"],
    ["call +49 (171) 555-0123 now", "call … now"],
    [`Malformed access token ${token}`, "Malformed access token …"],
    ["GET https://api.telegram.org/bot1:AAF/getMe?x=1 failed", "GET https://api.telegram.org/… failed"],
    ["write to ana@example.com", "write to …"],
    ["two\nlines\u001b[31m and\u2028more", "two lines [31m and more"],
    [`channel ${id} waits`, `channel ${id} waits`],
    ["the webhook's address is one of the account's", "the webhook's address is one of the account's"],
    ["connect ECONNREFUSED, code 131047", "connect ECONNREFUSED, code …"],
    ["No field message_deliveries_and_reads", "No field message_deliveries_and_reads"],
  ];
  for (const [given, wanted] of told) assert.equal(masked(given), wanted);
  assert.ok(masked("word ".repeat(1000)).length <= 400);
});

test("an error of a library tells its kind, its code and its place, and nothing of its message", () => {
  let caught: unknown;
  try {
    JSON.parse(`{"text": "Dear Ana", ${token}`);
  } catch (error) {
    caught = error;
  }
  const outer = new TypeError(`Invalid URL https://x/${token}\n    at fake (file:///${token}:1:1)`, {
    cause: caught,
  });
  const shown = JSON.stringify(errorShown(outer));
  assert.match(shown, /"name":"TypeError".*log-fields\.test\.ts:\d+:\d+.*"cause":\{"name":"SyntaxError"/);
  for (const secret of [token, "Dear Ana", "Invalid URL"]) assert.ok(!shown.includes(secret), shown);
  assert.deepEqual(errorShown(token), { name: "string" });
});

test("our own refusals are told, without what they quote", () => {
  const shown = errorShown(new GatewayError("disk_full", 'The disk is full: "Dear Ana" was not stored.'));
  assert.equal((shown as { message: string }).message, "The disk is full: … was not stored.");
});

test("an error of the system tells the address that it was for, and nothing of a socket's path", () => {
  const told = (of: object) => Object.keys(errorShown(Object.assign(new Error("connect"), of)));
  assert.deepEqual(told({ address: "192.0.2.7", port: 5432 }), ["name", "address", "port", "at"]);
  assert.deepEqual(told({ address: "/run/postgresql/.s.PGSQL.5432" }), ["name", "at"]);
});
