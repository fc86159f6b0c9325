import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Endpoint } from "../support/endpoint.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let endpoint: Endpoint;
let person: Person;

before(async () => {
  stack = await startStack();
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
  person = (await stack.people("instagram"))[0]!;
  await stack.act(person, { act: "say", text: "Hello!" });
});
beforeEach(async () => {
  await stack.simulate("DELETE", "/faults");
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

async function send(content: object): Promise<string> {
  const wish = { from: person.channel, to: person.address, content };
  const { status, json, text } = await stack.call("POST", "/v1/messages", wish);
  assert.equal(status, 202, text);
  return json.id;
}

const buttons = {
  type: "button",
  body: { text: "Coming?" },
  action: { buttons: [{ type: "reply", reply: { id: "Y", title: "Yes" } }] },
};
const contents = [
  { text: { body: "Is this here?" } },
  { interactive: buttons },
  { image: { link: "https://media.example.com/cake.png" } },
];

for (const content of contents) {
  const [kind] = Object.keys(content);
  test(`instagram: ${kind} whose answer is lost is settled by the echo that fits it, and says so`, async () => {
    await stack.simulate("POST", "/faults", { kind: "drop_answer", platform: "instagram", count: 1 });
    const id = await send(content);
    const { message } = await endpoint.next(
      "sent",
      (event) => event.type === "message.sent" && event.message.id === id,
    );
    assert.equal(message.matched_by, "content");
    const { json } = await stack.call("GET", `/v1/messages/${id}`);
    assert.deepEqual([json.status, json.calls[0].attempts[0].outcome], ["sent", "unknown"]);
    const { at: _, ...line } = json.history.at(-1);
    assert.deepEqual(line, { status: "sent", source: "platform", receipt: "sent", matched_by: "content" });
    const [last] = (await stack.screen(person)).slice(-1);
    assert.equal(json.platform_ids[0], last.id);
  });
}
