import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Endpoint } from "../support/endpoint.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let endpoint: Endpoint;
let tom: Person;

before(async () => {
  stack = await startStack();
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
  tom = (await stack.people("telegram"))[0]!;
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

async function say(body: string): Promise<string> {
  const wish = { from: tom.channel, to: tom.address, content: { text: { body } } };
  return (await stack.call("POST", "/v1/messages", wish)).json.id;
}

function told(type: string, id: string) {
  return endpoint.next(`${type} of ${id}`, (event) => event.type === type && event.message.id === id);
}

async function shown(body: string): Promise<number> {
  return (await stack.screen(tom)).filter((message) => message.text === body).length;
}

/** A message that arrived, and whose answer was lost on the way. */
async function unknownMessage(body: string): Promise<string> {
  await stack.simulate("POST", "/faults", { kind: "drop_answer", platform: "telegram", count: 1 });
  const id = await say(body);
  await told("message.unknown", id);
  return id;
}

test("a person settles what is unknown, once, and the history tells so", async () => {
  for (const outcome of ["sent", "failed"]) {
    const id = await unknownMessage(`settled as ${outcome}`);
    const { status, json } = await stack.call("POST", `/v1/messages/${id}/resolve`, { outcome });
    assert.deepEqual([status, json.status], [200, outcome]);
    assert.equal(json.history.at(-1).source, "person");
    await told(`message.${outcome}`, id);
    const again = await stack.call("POST", `/v1/messages/${id}/resolve`, { outcome });
    assert.deepEqual([again.status, again.json.code], [409, "conflict"]);
    assert.equal(await shown(`settled as ${outcome}`), 1);
  }
});

test("a person has what is unknown sent again", async () => {
  const id = await unknownMessage("twice then");
  const { status } = await stack.call("POST", `/v1/messages/${id}/resolve`, { outcome: "resend" });
  assert.equal(status, 200);
  await told("message.sent", id);
  assert.equal(await shown("twice then"), 2);
});

test("what waits is taken back before it leaves, what has left is not", async () => {
  await stack.call("PATCH", `/v1/channels/${tom.channel}`, { paused: true });
  const [gone, kept] = [await say("never said"), await say("said after all")];
  const { status, json } = await stack.call("POST", `/v1/messages/${gone}/cancel`);
  assert.deepEqual([status, json.status, json.history.at(-1).source], [200, "cancelled", "person"]);
  await told("message.cancelled", gone);
  await stack.call("PATCH", `/v1/channels/${tom.channel}`, { paused: false });
  await told("message.sent", kept);
  assert.deepEqual([await shown("never said"), await shown("said after all")], [0, 1]);
  for (const id of [gone, kept]) {
    const late = await stack.call("POST", `/v1/messages/${id}/cancel`);
    assert.deepEqual([late.status, late.json.code], [409, "conflict"]);
  }
  const listed = await stack.call("GET", "/v1/messages?status=cancelled");
  assert.deepEqual(
    listed.json.data.map((message: { id: string }) => message.id),
    [gone],
  );
});

test("a resolution is one of three, of a message that is there", async () => {
  const wrong = await stack.call("POST", "/v1/messages/msg_1/resolve", { outcome: "maybe" });
  assert.deepEqual([wrong.status, wrong.json.code], [422, "invalid_request"]);
  for (const path of ["resolve", "cancel"]) {
    const body = path === "resolve" ? { outcome: "sent" } : undefined;
    assert.equal((await stack.call("POST", `/v1/messages/msg_1/${path}`, body)).status, 404);
  }
});

test("with on_failed block a conversation shows behind what it waits, and goes on when that is passed over", async () => {
  const wish = (body: string) => ({ from: tom.channel, to: tom.address, content: { text: { body } } });
  await stack.simulate("POST", "/faults", { kind: "drop_answer", platform: "telegram", count: 1 });
  const { json } = await stack.call("POST", "/v1/messages", { ...wish("before"), on_failed: "block" });
  const { message, conversation } = await told("conversation.blocked", json.id);
  assert.equal(message.status, "unknown");
  const behind = await say("behind");
  const lane = async () => (await stack.call("GET", `/v1/conversations/${conversation.id}`)).json.lane;
  assert.deepEqual(await lane(), { state: "blocked", by: json.id });
  assert.equal(await shown("behind"), 0);
  const letGo = await stack.call("POST", `/v1/messages/${json.id}/resolve`, { outcome: "skip" });
  assert.deepEqual([letGo.status, letGo.json.status], [200, "unknown"]);
  await told("message.sent", behind);
  assert.deepEqual(await lane(), { state: "open" });
});
