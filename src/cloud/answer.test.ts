import assert from "node:assert/strict";
import { test } from "node:test";
import { type FieldProblem, GatewayError, type ProblemCode, problems } from "../core/problem.ts";
import { cloudAccepted, cloudError } from "./answer.ts";

const of = (rule: string, pointer = "/content/text/body"): FieldProblem => ({
  pointer,
  rule,
  message: "No.",
});

test("an accepted message is told in Meta's shape, with the input as it was given", () => {
  assert.deepEqual(cloudAccepted("+1 (201) 555-0123", "+12015550123", "wamid.A"), {
    messaging_product: "whatsapp",
    contacts: [{ input: "+1 (201) 555-0123", wa_id: "12015550123" }],
    messages: [{ id: "wamid.A" }],
  });
});

test("a business-scoped user id is told as user_id", () => {
  assert.deepEqual(cloudAccepted("US.13491208655302741918", "US.13491208655302741918", "wamid.A"), {
    messaging_product: "whatsapp",
    contacts: [{ input: "US.13491208655302741918", user_id: "US.13491208655302741918" }],
    messages: [{ id: "wamid.A" }],
  });
});

const cases: [what: string, error: GatewayError, status: number, code: number][] = [
  ["a wrong key", new GatewayError("unauthorized", "No."), 401, 190],
  ["an unknown number", new GatewayError("unknown_channel", "No."), 400, 33],
  ["no JSON", new GatewayError("invalid_json", "No."), 400, 100],
  ["too large a body", new GatewayError("body_too_large", "No."), 413, 100],
  ["a missing field", new GatewayError("invalid_message", "No.", { errors: [of("required")] }), 400, 131008],
  [
    "too long a text",
    new GatewayError("invalid_message", "No.", { errors: [of("max_length")] }),
    400,
    131009,
  ],
  [
    "an unknown field",
    new GatewayError("invalid_message", "No.", { errors: [of("unknown_field")] }),
    400,
    100,
  ],
  [
    "a wrong type",
    new GatewayError("invalid_message", "No.", { errors: [of("type"), of("required")] }),
    400,
    100,
  ],
  ["what the platform cannot show", new GatewayError("not_representable", "No."), 400, 131051],
  ["a failure of our own", new GatewayError("internal", "No."), 500, 131000],
  ["a full queue", new GatewayError("queue_full", "No."), 429, 130429],
  ["a full disk", new GatewayError("disk_full", "No."), 507, 131000],
];

for (const [what, error, status, code] of cases)
  test(`${what} is told with Meta's code ${code} and status ${status}`, () => {
    const answer = cloudError(error, "trace");
    assert.equal(answer.status, status);
    const told = (answer.body as { error: Record<string, unknown> }).error;
    assert.deepEqual(Object.keys(told).sort(), ["code", "error_data", "fbtrace_id", "message", "type"]);
    assert.equal(told.code, code);
    assert.match(String(told.message), new RegExp(`^\\(#${code}\\) `));
    assert.equal(told.fbtrace_id, "trace");
  });

test("every code of ours has a code of Meta's and a status of a refusal", () => {
  for (const code of Object.keys(problems) as ProblemCode[]) {
    const { status, body } = cloudError(new GatewayError(code, "No."), "trace");
    assert.ok(status >= 400 && status < 600, code);
    assert.equal(typeof (body as { error: { code: unknown } }).error.code, "number");
  }
});

test("all problems stand in error_data.details, with pointers into the Cloud API body", () => {
  const errors = [
    of("max_length", "/content/interactive/body/text"),
    { pointer: "", rule: "x", message: "Second." },
  ];
  const { body } = cloudError(new GatewayError("invalid_message", "Nothing was sent.", { errors }), "trace");
  const { error_data } = (body as { error: { error_data: unknown } }).error;
  assert.deepEqual(error_data, {
    messaging_product: "whatsapp",
    details: "/interactive/body/text: No. Second.",
  });
});
