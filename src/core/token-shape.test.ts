import assert from "node:assert/strict";
import { test } from "node:test";
import { valueWithoutTokens, withoutTokens } from "./token-shape.ts";

test("what looks like a token is left out of a sentence, and ids, numbers and long words stay", () => {
  const told: [string, string][] = [
    ['No channel has the id "EAAGm0PX4ZCpsBO7ZAZCexample9".', 'No channel has the id "…".'],
    ["There is no GET /v1/7100:AAFexampleexample1x.", "There is no GET /v1/…."],
    ["whsec 0123456789abcdef0123456789abcdef", "whsec …"],
    [
      "channel 0199d2c4-7f1e-7a63-9d55-0c9a9f6f2b11 waits",
      "channel 0199d2c4-7f1e-7a63-9d55-0c9a9f6f2b11 waits",
    ],
    ["message msg_0199d2c47f1e7a639d550c9a9f6f2b11", "message msg_0199d2c47f1e7a639d550c9a9f6f2b11"],
    ["These credentials are for 106540352240001000000.", "These credentials are for 106540352240001000000."],
    ["`location_request_message_of_somebody` is none", "`location_request_message_of_somebody` is none"],
  ];
  for (const [given, wanted] of told) assert.equal(withoutTokens(given), wanted);
});

test("in a value it goes from texts and from the names of fields, and all else stays", () => {
  const token = "EAAGm0PX4ZCpsBO7ZAZCexample9";
  const given = { errors: [{ pointer: `/${token}`, limit: 3, actual: null }], [token]: true };
  assert.deepEqual(valueWithoutTokens(given), {
    errors: [{ pointer: "/…", limit: 3, actual: null }],
    "…": true,
  });
});
