import assert from "node:assert/strict";
import { test } from "node:test";
import type { HttpResponse, Outcome } from "../../core/platform.ts";
import { interpret } from "./interpret.ts";

function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse {
  return { status, headers, body: typeof body === "string" ? body : JSON.stringify(body) };
}
function graphError(status: number, code: number, more: object = {}): HttpResponse {
  return answer(status, { error: { message: `(#${code}) No`, type: "OAuthException", code, ...more } });
}
const kindOf = (response: HttpResponse) => interpret(response).kind;

test("a message id is acceptance, with every name of the recipient", () => {
  const body = {
    messages: [{ id: "wamid.A" }],
    contacts: [{ input: "+1", wa_id: "16505551234", user_id: "US.1" }],
  };
  const outcome: Outcome = { kind: "accepted", platformIds: ["wamid.A"], aliases: ["16505551234", "US.1"] };
  assert.deepEqual(interpret(answer(200, body)), outcome);
});

test("a bare success is acceptance without a message", () => {
  assert.deepEqual(interpret(answer(200, { success: true })), { kind: "accepted", platformIds: [] });
});

test("throttling comes with 400 and says what has to wait", () => {
  const scopes: [number, string][] = [
    [130429, "channel"],
    [80007, "channel"],
    [4, "channel"],
    [131048, "channel"],
    [131056, "contact"],
  ];
  for (const [code, scope] of scopes) {
    const outcome = interpret(graphError(400, code));
    assert.equal(outcome.kind === "retry" && outcome.scope, scope, String(code));
  }
});

test("a contact who gets too many messages is left alone for at least the 6 s that one message takes", () => {
  const outcome = interpret(graphError(400, 131056));
  assert.ok(outcome.kind === "retry" && outcome.afterSeconds! >= 6);
});

test("an error whose code is no number is no answer of Graph's", () => {
  for (const code of [[], [190], {}, null, "", " ", true, "0x1", "1e2", 1.5, Number.MAX_VALUE, undefined]) {
    const body = { error: { message: "No", code } };
    assert.equal(kindOf(answer(500, body)), "unknown", JSON.stringify(code));
  }
  assert.equal(kindOf(answer(400, { error: { message: "No", code: "190" } })), "retry");
});

test("the wait that the answer names outranks our own", () => {
  const response = { ...graphError(400, 131056), headers: { "retry-after": "17" } };
  const outcome = interpret(response);
  assert.equal(outcome.kind === "retry" && outcome.afterSeconds, 17);
});

test("a 500 with an error of Graph's own is an answer: its code decides", () => {
  assert.equal(kindOf(graphError(500, 3)), "rejected");
  assert.equal(kindOf(graphError(500, 131000)), "retry");
  assert.equal(kindOf(graphError(503, 2)), "retry");
});

test("a refusal tells the details, whether error_data is an object, a text or missing", () => {
  const details = (data: unknown) => {
    const outcome = interpret(graphError(400, 131009, { error_data: data }));
    return outcome.kind === "rejected" && [outcome.problem.code, outcome.problem.message];
  };
  assert.deepEqual(details({ details: "Row title is too long." }), ["131009", "Row title is too long."]);
  assert.deepEqual(details("Row title is too long."), ["131009", "Row title is too long."]);
  assert.deepEqual(details(undefined), ["131009", "(#131009) No"]);
});

test("codes of every documented kind are rejected with a hint", () => {
  for (const code of [10, 200, 299, 33, 100, 131008, 131026, 131030, 131047, 131051, 130497]) {
    const outcome = interpret(graphError(400, code));
    assert.ok(outcome.kind === "rejected" && outcome.problem.hint, String(code));
  }
});

test("an account that is restricted holds the whole channel until it is not", () => {
  for (const code of [368, 131031]) {
    const outcome = interpret(graphError(403, code));
    assert.ok(outcome.kind === "retry" && outcome.problem.hint, String(code));
    assert.deepEqual([outcome.scope, outcome.until], ["channel", "unrestricted"]);
  }
});

test("a token that is refused holds the whole channel until it has another", () => {
  for (const code of [0, 190]) {
    const outcome = interpret(graphError(401, code));
    assert.ok(outcome.kind === "retry" && outcome.problem.hint, String(code));
    assert.deepEqual([outcome.scope, outcome.until], ["channel", "new_credentials"]);
  }
});

test("a code that no page names is rejected, unless Graph calls it transient", () => {
  assert.equal(kindOf(graphError(400, 999_999)), "rejected");
  assert.equal(kindOf(graphError(400, 999_999, { is_transient: true })), "retry");
});

test("an answer that Graph did not write is unknown from a server, refused otherwise", () => {
  assert.equal(kindOf(answer(502, "<html>Bad gateway</html>")), "unknown");
  assert.equal(kindOf(answer(500, {})), "unknown");
  assert.equal(kindOf(answer(408, "")), "unknown");
  assert.equal(kindOf(answer(404, "Not found")), "rejected");
  assert.equal(kindOf(answer(302, "")), "rejected");
  assert.equal(kindOf(answer(429, "")), "retry");
});

test("a 200 that cannot be read is unknown", () => {
  for (const body of [
    "",
    "[]",
    "null",
    "{",
    { messages: [] },
    { messages: [{ id: 1 }] },
    { messages: "x" },
  ]) {
    assert.equal(kindOf(answer(200, body)), "unknown", JSON.stringify(body));
  }
});

test("a refused proof of the app's secret holds the channel until it has the right one, and fails no message", () => {
  for (const message of [
    "Invalid appsecret_proof provided in the API argument",
    "API calls from the server require an appsecret_proof argument",
  ]) {
    const outcome = interpret(graphError(400, 100, { message }));
    assert.ok(outcome.kind === "retry" && outcome.until === "new_credentials", message);
    assert.match(outcome.problem.hint ?? "", /app secret here is not that of the app which made the token/);
  }
  assert.equal(kindOf(graphError(400, 100)), "rejected", "of which there are many others");
});
