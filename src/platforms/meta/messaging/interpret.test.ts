import assert from "node:assert/strict";
import { test } from "node:test";
import type { HttpResponse } from "../../../core/platform.ts";
import { interpret } from "./interpret.ts";

function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse {
  return { status, headers, body: typeof body === "string" ? body : JSON.stringify(body) };
}
function graphError(status: number, code: number, error_subcode?: number): HttpResponse {
  const error = { message: `(#${code}) No`, type: "OAuthException", code, error_subcode, fbtrace_id: "A" };
  return answer(status, { error });
}
const kindOf = (response: HttpResponse) => interpret(response).kind;

test("a message id is acceptance, with or without the recipient's", () => {
  for (const body of [{ recipient_id: "1", message_id: "m_1" }, { message_id: "m_1" }]) {
    assert.deepEqual(interpret(answer(200, body)), { kind: "accepted", platformIds: ["m_1"] });
  }
});

test("an action, a subscription and a setting are accepted without a message", () => {
  for (const body of [{ recipient_id: "1" }, { success: true }, { success: "true" }, { result: "success" }]) {
    assert.deepEqual(
      interpret(answer(200, body)),
      { kind: "accepted", platformIds: [] },
      JSON.stringify(body),
    );
  }
});

test("a 200 that says none of it is unknown", () => {
  for (const body of ["", "{", [], {}, { success: false }, { result: "failure" }, { message_id: 1 }]) {
    assert.equal(kindOf(answer(200, body)), "unknown", JSON.stringify(body));
  }
});

test("the subcode decides where one code stands for many things", () => {
  const told = ([code, subcode]: [number, number?]) => {
    const outcome = interpret(graphError(400, code, subcode));
    return outcome.kind === "accepted" ? "" : `${outcome.kind} ${outcome.problem.code}`;
  };
  const cases: [number, number?][] = [[10], [10, 2018278], [10, 2534022], [10, 1893063], [10, 7]];
  assert.deepEqual(cases.map(told), [
    "rejected 10",
    "rejected 10/2018278",
    "rejected 10/2534022",
    "retry 10/1893063",
    "rejected 10/7",
  ]);
  const hints = cases.slice(0, 4).map(([code, subcode]) => {
    const outcome = interpret(graphError(403, code, subcode));
    return outcome.kind === "accepted" ? "" : outcome.problem.hint;
  });
  // Out of permission, out of the window (on both platforms), and restricted: three different things to do.
  assert.equal(new Set(hints).size, 3);
  assert.match(hints[1] ?? "", /24 hours/);
  assert.match(hints[3] ?? "", /appeal/);
});

test("an account that is restricted holds the whole channel until it is not", () => {
  const cases: [number, number?][] = [[10, 1893063], [2022], [100, 2534029], [100, 2534122], [368]];
  for (const [code, subcode] of cases) {
    const outcome = interpret(graphError(403, code, subcode));
    assert.ok(outcome.kind === "retry" && outcome.until === "unrestricted", `${code}/${subcode}`);
  }
});

test("throttling holds the account, a conversation's trouble holds the conversation", () => {
  const scopeOf = (code: number, subcode?: number) => {
    const outcome = interpret(graphError(400, code, subcode));
    return outcome.kind === "retry" ? outcome.scope : outcome.kind;
  };
  for (const code of [4, 17, 32, 613, 80002]) assert.equal(scopeOf(code), "channel", String(code));
  assert.equal(scopeOf(613, 2534040), "channel");
  for (const [code, subcode] of [[1], [1, 99], [2], [100, 2018300], [100, 2018321]] as [number, number?][]) {
    assert.equal(scopeOf(code, subcode), "contact", `${code}/${subcode}`);
  }
  assert.equal(scopeOf(613, 2018338), "rejected");
});

test("an invalid JSON reply leaves open what became of the message: it is never sent again by itself", () => {
  assert.equal(kindOf(graphError(500, 1, 1357046)), "unknown");
});

test("what nobody can repair by trying again is rejected, with what to do", () => {
  const codes: [number, number?][] = [
    [551],
    [551, 1545041],
    [200, 1545041],
    [10, 2018108],
    [3],
    [200],
    [200, 2534041],
    [100],
    [100, 33],
    [100, 2018001],
    [100, 2534014],
    [105],
    [194],
    [100, 2534068],
    [1545041],
    [9000001],
  ];
  for (const [code, subcode] of codes) {
    const outcome = interpret(graphError(400, code, subcode));
    assert.ok(outcome.kind === "rejected" && outcome.problem.hint, `${code}/${subcode}`);
  }
});

test("a token that is refused holds the whole channel until it has another", () => {
  for (const subcode of [undefined, 463]) {
    const outcome = interpret(graphError(400, 190, subcode));
    assert.ok(outcome.kind === "retry" && outcome.problem.hint);
    assert.deepEqual([outcome.scope, outcome.until], ["channel", "new_credentials"]);
  }
});

test("what may never work is not tried for a day, and what will work is", () => {
  const triesOf = ([code, subcode]: [number, number?]) => {
    const outcome = interpret(graphError(400, code, subcode));
    return outcome.kind === "retry" ? outcome.maxTries : outcome.kind;
  };
  const few: [number, number?][] = [[1], [1, 99]];
  assert.deepEqual(few.map(triesOf), [3, 3]);
  const bounded: [number, number?][] = [[2], [-1], [1200], [100, 2018300], [100, 2018321], [100, 2534037]];
  for (const one of bounded) assert.equal(triesOf(one), 20, String(one));
  for (const code of [4, 613, 80002]) assert.equal(triesOf([code]), undefined, String(code));
});

test("a file that the platform could not fetch is tried once more; one that it does not take is not", () => {
  const outcome = interpret(graphError(400, 100, 2018008));
  assert.ok(outcome.kind === "retry" && outcome.scope === "contact" && outcome.maxTries === 2);
  for (const subcode of [2018047, 2018074, 2018109, 2018294])
    assert.equal(kindOf(graphError(400, 100, subcode)), "rejected", String(subcode));
});

test("the wait that the answer names is kept", () => {
  const outcome = interpret({ ...graphError(429, 613), headers: { "retry-after": "17" } });
  assert.equal(outcome.kind === "retry" && outcome.afterSeconds, 17);
});

test("an answer that Graph did not write is unknown from a server, refused otherwise", () => {
  assert.equal(kindOf(answer(502, "<html>")), "unknown");
  assert.equal(kindOf(answer(408, "")), "unknown");
  assert.equal(kindOf(answer(404, "Not found")), "rejected");
  assert.equal(kindOf(answer(429, "")), "retry");
});
