import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { GatewayError } from "../core/problem.ts";
import { soleTenure } from "../gateway/nodes/tenure.ts";
import type { KeyedRequest } from "../store/rows.ts";
import { canonical, honourKeys, keyedAnswer, readKey, workedOnce } from "./idempotency.ts";
import { sendProblem } from "./problem.ts";
import type { Server } from "./server.ts";

const taken: [header: string, key: string][] = [
  ["8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324"],
  ['"8e03978e-40d5-43e8-bc93-6894a57f9324"', "8e03978e-40d5-43e8-bc93-6894a57f9324"],
  ["!", "!"],
  ["~", "~"],
  ['a"b', 'a"b'],
  ['"a\\"b"', 'a"b'],
  ['"a\\\\b"', "a\\b"],
  ["a\\b", "a\\b"],
  ["k".repeat(255), "k".repeat(255)],
  [`"${"k".repeat(255)}"`, "k".repeat(255)],
];
for (const [header, key] of taken) {
  test(`the key ${header.slice(0, 40)} is taken`, () => assert.equal(readKey(header), key));
}

const refused = {
  "nothing at all": "",
  "an empty string in quotes": '""',
  "256 characters": "k".repeat(256),
  "256 characters in quotes": `"${"k".repeat(256)}"`,
  "a space": "a b",
  "a space in quotes": '"a b"',
  "a letter beyond ASCII": "clé",
  "a tab": "a\tb",
  "a quote that is not closed": '"abc',
  "a quote alone": '"',
  "something behind the quotes": '"abc";a=1',
  "an escape of something else": '"a\\n"',
  "an escaped end": '"abc\\"',
  "two keys, as Node.js joins them": "a, b",
  "two keys in quotes": '"a", "b"',
};
for (const [what, header] of Object.entries(refused)) {
  test(`a key is refused that is or has ${what}`, () => {
    assert.throws(() => readKey(header), { code: "invalid_idempotency_key" });
  });
}

test("bodies that mean the same have one text, and others have another", () => {
  const text = canonical(JSON.parse('{"b":[1,{"y":null,"x":"é"}],"a":1.0}'));
  assert.equal(text, canonical(JSON.parse(' {"a" : 1, "b":[1,{"x":"\\u00e9","y":null}] }')));
  const others = [
    '{"b":[{"y":null,"x":"é"},1],"a":1}',
    '{"b":[1,{"y":null,"x":"é"}],"a":"1"}',
    '{"b":[1,{"y":null,"x":"é "}],"a":1}',
    '{"b":[1,{"x":"é"}],"a":1}',
    "[]",
    "null",
  ];
  for (const other of others) assert.notEqual(canonical(JSON.parse(other)), text, other);
  assert.equal(canonical(undefined), canonical(undefined));
});

/** Two nodes on one store, each with a route that stores its answer with its work, which ends at neither before both are at it. */
function twoNodes() {
  const known = new Map<string, KeyedRequest>();
  const bothWork = Promise.withResolvers<void>();
  let works = 0;
  const store = { keyedRequest: async (scope: string) => known.get(scope) };
  const keys = { idempotencyScope: (id: string) => id };
  const node = (name: string, isOther = false) => {
    const app = Fastify();
    app.setErrorHandler((error: GatewayError, _request, reply) => sendProblem(reply, error));
    app.decorateRequest("caller");
    app.addHook("onRequest", async (request) => {
      request.caller = { keyId: "key", name: "", scopes: [], channels: [] };
    });
    const gateway = { store, keys, clock: new FakeClock(Date.UTC(2026, 10, 22)), tenure: soleTenure };
    honourKeys(app, { gateway } as unknown as Server);
    app.post("/", { config: { storesItsAnswer: true } }, (request, reply) =>
      workedOnce({ request, reply }, async () => {
        if (++works === 2) bothWork.resolve();
        await bothWork.promise;
        const keyed = keyedAnswer(request, 202, { by: name })!;
        if (known.has(keyed.scope)) throw new GatewayError("idempotency_key_in_use", "It came before.");
        known.set(keyed.scope, isOther ? { ...keyed, fingerprint: "another" } : keyed);
        return reply.code(202).send({ by: name });
      }),
    );
    const headers = { "idempotency-key": "k" };
    return () => app.inject({ method: "POST", url: "/", headers, payload: {} });
  };
  return node;
}

test("of several at once at two nodes each is answered with what was stored first", async () => {
  const node = twoNodes();
  const [one, other] = [node("one"), node("other")];
  const asked = [one(), other(), one(), other(), one(), other()];
  const answers = await Promise.all(asked);
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode),
    [202, 202, 202, 202, 202, 202],
  );
  assert.equal(new Set(answers.map(({ body }) => body)).size, 1);
  assert.equal(answers.filter(({ headers }) => headers["idempotency-replayed"] === "true").length, 5);
});

test("a refusal of the key itself is no answer of the first, at whichever node it is noticed", async () => {
  const node = twoNodes();
  const [one, other] = [node("one", true), node("other", true)];
  const answers = await Promise.all([one(), other(), other(), one()]);
  const refused = answers.filter(({ statusCode }) => statusCode === 422);
  assert.ok(refused.length >= 2);
  for (const { headers } of refused) assert.equal(headers["idempotency-replayed"], undefined);
});
