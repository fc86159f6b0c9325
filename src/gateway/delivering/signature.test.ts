import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { newSigningSecret } from "../secret.ts";
import { signedHeaders } from "./signature.ts";

test("the reference library of Standard Webhooks accepts what is signed, whatever the body", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.uuid(), (value, id) => {
      const secret = newSigningSecret();
      const body = JSON.stringify(value);
      const headers = signedHeaders([secret], `evt_${id}`, Date.now(), body);
      assert.deepEqual(new Webhook(secret).verify(body, headers), JSON.parse(body));
    }),
  );
});

test("another body, id, time or secret does not fit the signature", () => {
  const secret = newSigningSecret();
  const nowMs = Date.now();
  const headers = signedHeaders([secret], "evt_1", nowMs, '{"a":1}');
  const seconds = Number(headers["webhook-timestamp"]);
  const verify = (body: string, changed: Record<string, string>, by = secret) =>
    new Webhook(by).verify(body, { ...headers, ...changed });
  verify('{"a":1}', {});
  assert.throws(() => verify('{"a":2}', {}));
  assert.throws(() => verify('{"a": 1}', {}));
  assert.throws(() => verify('{"a":1}', { "webhook-id": "evt_2" }));
  assert.throws(() => verify('{"a":1}', { "webhook-timestamp": String(seconds + 1) }));
  assert.throws(() => verify('{"a":1}', {}, newSigningSecret()));
});

test("the time is told in whole seconds, rounded down", () => {
  const headers = signedHeaders([newSigningSecret()], "evt_1", 1_700_000_000_999, "{}");
  assert.equal(headers["webhook-timestamp"], "1700000000");
  assert.match(headers["webhook-signature"] ?? "", /^v1,[A-Za-z0-9+/]{43}=$/);
});

test("while a secret is changed both sign, and a receiver with either takes it", () => {
  const [before, after] = [newSigningSecret(), newSigningSecret()];
  const headers = signedHeaders([after, before], "evt_1", Date.now(), "{}");
  assert.match(headers["webhook-signature"]!, /^v1,\S+ v1,\S+$/);
  for (const secret of [before, after]) new Webhook(secret).verify("{}", headers);
  assert.throws(() => new Webhook(newSigningSecret()).verify("{}", headers));
});
