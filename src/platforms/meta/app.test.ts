import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import type { InboundRequest } from "../../core/platform.ts";
import { meta } from "./app.ts";

const post = (text: string, signature: string): InboundRequest => ({
  method: "POST",
  query: {},
  headers: { "x-hub-signature-256": `sha256=${signature}` },
  rawBody: new TextEncoder().encode(text),
});
const sign = (text: string, secret: string) => createHmac("sha256", secret).update(text).digest("hex");
const targets = (payload: unknown) =>
  meta.route(payload).parts.map(({ to, path }) => `${to.platform} ${to.naturalId} ${path}`);

test("a webhook is genuine by any secret of its app, and by no other", () => {
  const app = { secrets: ["old-secret", "new-secret"], verifyToken: "vt" };
  const text = '{"object":"page"}';
  for (const secret of app.secrets)
    assert.equal(meta.verify(post(text, sign(text, secret)), app).kind, "genuine");
  assert.equal(meta.verify(post(text, sign(text, "other")), app).kind, "forged");
  assert.equal(meta.verify(post(text, sign(text, "")), { ...app, secrets: [] }).kind, "forged");
});

test("a large body is compared as it came alone, for escaping is work that anybody could ask for", () => {
  const app = { secrets: ["secret"], verifyToken: "vt" };
  const large = `{"text":"${"ä".repeat(40_000)}"}`;
  const wire = large.replaceAll("ä", "\\u00e4");
  assert.equal(meta.verify(post(large, sign(large, "secret")), app).kind, "genuine");
  assert.equal(meta.verify(post(wire, sign(wire, "secret")), app).kind, "genuine");
  assert.equal(meta.verify(post(large, sign(wire, "secret")), app).kind, "forged");
});

test("a body is genuine as it came, and where something unescaped it on the way", () => {
  const app = { secrets: ["secret"], verifyToken: "vt" };
  const wire = '{"text":"\\u00e4\\u00f6 \\ud83d\\ude00"}';
  const unescaped = '{"text":"äö 😀"}';
  assert.equal(meta.verify(post(wire, sign(wire, "secret")), app).kind, "genuine");
  assert.equal(meta.verify(post(unescaped, sign(unescaped, "secret")), app).kind, "genuine");
  assert.equal(meta.verify(post(unescaped, sign(wire, "secret")), app).kind, "genuine");
  assert.equal(meta.verify(post('{"text":"äö 😁"}', sign(wire, "secret")), app).kind, "forged");
});

test("the handshake is answered for the app's own verify token", () => {
  const query = { "hub.mode": "subscribe", "hub.verify_token": "vt", "hub.challenge": "1158201444" };
  const request = { method: "GET", query, headers: {}, rawBody: new Uint8Array() };
  const app = { secrets: ["secret"], verifyToken: "vt" };
  assert.deepEqual(meta.verify(request, app), { kind: "challenge", reply: "1158201444" });
  assert.equal(meta.verify(request, { ...app, verifyToken: "other" }).kind, "forged");
});

test("each entry of a Page or an account goes to its own, alone and in order", () => {
  const entry = (id: unknown, text: string) => ({ id, time: 1, messaging: [{ message: { mid: text } }] });
  const payload = { object: "page", entry: [entry("1", "a"), entry("2", "b"), entry(1, "c")] };
  assert.deepEqual(targets(payload), [
    "messenger 1 /entry/0",
    "messenger 2 /entry/1",
    "messenger 1 /entry/2",
  ]);
  assert.deepEqual(meta.route(payload).parts[1]?.payload, { object: "page", entry: [entry("2", "b")] });
  assert.deepEqual(targets({ ...payload, object: "instagram" })[0], "instagram 1 /entry/0");
});

test("each change of a WhatsApp account goes to its number; one that names none is told", () => {
  const change = (phone_number_id: string | undefined, field = "messages") => ({
    field,
    value: { messaging_product: "whatsapp", ...(phone_number_id && { metadata: { phone_number_id } }) },
  });
  const entry = [
    {
      id: "77",
      changes: [
        change("106"),
        change(undefined, "account_update"),
        change("107"),
        change(undefined, "security"),
      ],
    },
    { id: "78", changes: [change("106")] },
  ];
  const routed = meta.route({ object: "whatsapp_business_account", entry });
  assert.deepEqual(
    routed.parts.map(({ to, path }) => `${to.isAccount ? "account " : ""}${to.naturalId} ${path}`),
    [
      "106 /entry/0/changes/0",
      "account 77 /entry/0/changes/1",
      "107 /entry/0/changes/2",
      "106 /entry/1/changes/0",
    ],
  );
  assert.deepEqual(routed.parts[2]?.payload, {
    object: "whatsapp_business_account",
    entry: [{ id: "77", changes: [change("107")] }],
  });
  assert.deepEqual(routed.unknown, [
    { path: "/entry/0/changes/3", reason: "a change of security that names no number" },
  ]);
});

test("whatever names no channel is told, with where it stands", () => {
  const paths = (payload: unknown) => meta.route(payload).unknown.map(({ path }) => path);
  assert.deepEqual(paths({ object: "user", entry: [] }), [""]);
  assert.deepEqual(paths({ object: "page", entry: [] }), ["/entry"]);
  assert.deepEqual(paths({ object: "page", entry: {} }), ["/entry"]);
  assert.deepEqual(paths({ object: "page", entry: [{}, "x", { id: "1" }] }), ["/entry/0", "/entry/1"]);
  assert.deepEqual(
    paths({ object: "whatsapp_business_account", entry: [{ id: "1", changes: [] }, { id: "1" }] }),
    ["/entry/0", "/entry/1/changes"],
  );
});

test("no JSON makes routing throw, and nothing of it is lost unseen", () => {
  const objects = fc.constantFrom("page", "instagram", "whatsapp_business_account", "user", "__proto__");
  const entries = fc.oneof(
    fc.jsonValue(),
    fc.array(fc.oneof(fc.jsonValue(), fc.record({ id: fc.jsonValue(), changes: fc.jsonValue() }))),
  );
  const payload = fc.oneof(fc.jsonValue(), fc.record({ object: objects, entry: entries }));
  fc.assert(
    fc.property(payload, (value) => {
      const { parts, unknown } = meta.route(value);
      assert.ok(parts.length + unknown.length > 0);
    }),
  );
});
