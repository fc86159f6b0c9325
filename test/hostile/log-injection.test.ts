import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { entry, envelope, type MetaNumber, postSigned, whatsappNumber } from "../support/meta-webhook.ts";
import { raw } from "../support/raw-http.ts";
import { type Stack, send, startStack } from "../support/stack.ts";

let stack: Stack;
let number: MetaNumber;
before(async () => {
  stack = await startStack({ env: { LOG_LEVEL: "debug", ANTIPHON_TRUST_PROXY: "true" } });
  number = await whatsappNumber(stack);
});
after(() => stack[Symbol.asyncDispose]());

/** A line of a log that never was, a terminal that is cleared, a text that runs backwards. */
const forgeries = [
  'x\r\n{"level":"error","msg":"FORGED"}',
  "x\n2026-01-01 FORGED",
  "\u001b[2J\u001b[1;31mFORGED\u001b[0m",
  "\u009b31mFORGED",
  "\u0000FORGED\u0008\u0008",
  "x\u2028FORGED\u2029",
  "\u202eDEGROF",
  "%0d%0aFORGED",
  '","level":"fatal","FORGED":"',
  "\ud800FORGED",
];

test("nothing that comes from outside makes a line of the log, or speaks to a terminal", async (t) => {
  const key = { authorization: `Bearer ${stack.key}` };
  for (const [index, forgery] of forgeries.entries()) {
    const latin = Buffer.from(forgery.replace(/[\r\n\0]/g, " "), "utf8").toString("latin1");
    const url = encodeURIComponent(forgery.toWellFormed());
    await raw(
      stack.port,
      `POST /webhooks/whatsapp/${number.channelId} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${latin}\r\nUser-Agent: ${latin}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
    await send(`${stack.url}/webhooks/${url}/${url}`, "POST", "{}", { "user-agent": "x" });
    await send(`${stack.url}/v1/${url}?${url}=${url}`, "GET", undefined, key);
    await send(
      `${stack.url}/v1/channels`,
      "POST",
      { platform: forgery, credentials: { [forgery]: forgery } },
      key,
    );
    await send(
      `${stack.url}/v1/endpoints`,
      "POST",
      { url: `http://127.0.0.1:1/${url}`, events: [forgery] },
      key,
    );
    await send(
      `${stack.url}/v1/messages`,
      "POST",
      { from: forgery, to: forgery, content: { [forgery]: forgery } },
      key,
    );
    const strange = {
      messages: [{ type: forgery, id: `wamid.${forgery}${index}`, from: "15557650001" }],
      [forgery]: 1,
    };
    assert.equal((await postSigned(stack, number, envelope(entry(number, strange)))).status, 200);
    const unread = JSON.stringify({
      object: forgery,
      entry: [{ id: forgery, changes: [{ field: forgery, value: forgery }] }],
    });
    assert.equal((await postSigned(stack, number, unread)).status, 200);
  }
  await eventually("all read", async () => {
    const { text } = await stack.call("GET", "/metrics");
    return /^antiphon_payloads_undigested 0$/m.test(text) || undefined;
  });
  // The last may be on its way still.
  const lines = stack.stderr.split("\n").slice(0, -1);
  assert.ok(lines.length > forgeries.length);
  for (const line of lines) {
    const told = JSON.parse(line);
    assert.ok(["debug", "info", "warn", "error"].includes(told.level), line);
    assert.ok(told.FORGED === undefined && told.msg !== "FORGED", line);
    assert.doesNotMatch(
      line,
      /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/,
      JSON.stringify(line),
    );
  }
  t.diagnostic(`${lines.length} lines, each of them JSON of its own`);
});
