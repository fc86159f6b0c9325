import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Stack, startStack } from "../support/stack.ts";

let stack: Stack;

before(async () => {
  stack = await startStack({ command: "serve", env: { LOG_LEVEL: "info" } });
});
after(() => stack[Symbol.asyncDispose]());

test("where private endpoints are not allowed, a private literal and plain http are refused at once", async () => {
  for (const url of [
    "http://hook.example.com/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://10.0.0.1/",
    "https://192.168.1.1:8443/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[fd00::1]/",
    "https://169.254.169.254/",
  ]) {
    const answer = await stack.call("POST", "/v1/endpoints", { url });
    assert.equal(answer.status, 422, `${url}: ${answer.text}`);
    assert.equal(answer.json.code, "endpoint_not_allowed");
  }
});

test("a name that resolves to this machine is refused when connecting", async () => {
  const { status, json, text } = await stack.call("POST", "/v1/endpoints", {
    url: `https://localhost:${stack.port}/`,
  });
  assert.equal(status, 201, text);
  const made = await stack.call("POST", `/v1/endpoints/${json.id}/test`);
  const delivery = await eventually("a try", async () => {
    const one = (await stack.call("GET", `/v1/deliveries/${made.json.delivery}`)).json;
    return one.tries > 0 ? one : undefined;
  });
  assert.equal(delivery.state, "pending");
  assert.equal(delivery.attempts[0].error, "not reached: BLOCKED_ADDRESS");
  assert.equal(delivery.attempts[0].http_status, undefined);
});
