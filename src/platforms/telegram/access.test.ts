import assert from "node:assert/strict";
import { test } from "node:test";
import type { InboundRequest } from "../../core/platform.ts";
import { telegram } from "./index.ts";

const credentials = { bot_token: "123456:AAF-key_1" };
const access = { credentials, baseUrl: "https://api.telegram.org" };
const header = "x-telegram-bot-api-secret-token";
const post = (secret?: string | string[]): InboundRequest => ({
  method: "POST",
  query: {},
  headers: secret === undefined ? {} : { [header]: secret },
  rawBody: new Uint8Array(),
});

test("puts the token into the path of a call and of a file", () => {
  const call = { method: "POST", path: "/bot/getMe", body: { a: 1 }, part: "getMe" } as const;
  assert.deepEqual(telegram.authorize(call, access), {
    method: "POST",
    url: "https://api.telegram.org/bot123456:AAF-key_1/getMe",
    headers: { "content-type": "application/json" },
    body: '{"a":1}',
  });
  const file = { method: "GET", path: "/file/bot/photos/bot/1.jpg", part: "file" } as const;
  const { url, body } = telegram.authorize(file, access);
  assert.equal(url, "https://api.telegram.org/file/bot123456:AAF-key_1/photos/bot/1.jpg");
  assert.equal(body, undefined);
});

test("sends a file in place of its link, and all other fields as texts", () => {
  const body = { chat_id: 5, photo: "https://example.com/a.jpg", caption: "A", reply_markup: { a: [1] } };
  const file = { field: "photo", name: "a.jpg", mimeType: "image/jpeg", bytes: new Uint8Array([1]) };
  const call = { method: "POST", path: "/bot/sendPhoto", body, part: "message" } as const;
  assert.deepEqual(telegram.authorize(call, access, file), {
    method: "POST",
    url: "https://api.telegram.org/bot123456:AAF-key_1/sendPhoto",
    headers: {},
    form: { fields: { chat_id: "5", caption: "A", reply_markup: '{"a":[1]}' }, file },
  });
});

test("takes a token of digits, a colon and a key, and says what is wrong with any other", () => {
  assert.deepEqual(telegram.checkCredentials(credentials), []);
  assert.equal(telegram.naturalId(credentials), "123456");
  for (const [token, rule] of [
    ["", "required"],
    ["abc:def", "format"],
    ["1:a/../b", "format"],
    ["98", "format"],
  ]) {
    const [problem] = telegram.checkCredentials({ bot_token: token! });
    assert.deepEqual([problem?.pointer, problem?.rule], ["/credentials/bot_token", rule]);
    assert.ok(token === "" || !JSON.stringify(problem).includes(token!));
  }
});

test("takes an update with the channel's secret for genuine, and nothing else", () => {
  const verdict = (request: InboundRequest, secret = "s3cret") =>
    telegram.verify(request, credentials, secret).kind;
  assert.equal(verdict(post("s3cret")), "genuine");
  for (const given of [undefined, "", "S3cret", "s3cret ", ["s3cret", "s3cret"]])
    assert.equal(verdict(post(given)), "forged");
  assert.equal(verdict({ ...post("s3cret"), method: "GET" }), "forged");
  assert.equal(verdict(post(""), ""), "forged");
});

test("reads chat ids and channel names as addresses, and refuses what Telegram cannot reach", () => {
  assert.deepEqual(telegram.address(" 5 "), { address: "5", aliases: ["5"], chat: "private" });
  assert.deepEqual(telegram.address("+5"), { address: "5", aliases: ["5"], chat: "private" });
  assert.deepEqual(telegram.address("-1001"), { address: "-1001", aliases: ["-1001"], chat: "group" });
  assert.deepEqual(telegram.address("@news"), { address: "@news", aliases: ["@news"], chat: "channel" });
  for (const to of ["", "0", "+-5511", "+", "ana", "@a", "9".repeat(17), "1.5"])
    assert.ok("problem" in telegram.address(to), to);
});
