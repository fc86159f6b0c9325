import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let ana: Person;
let ben: Person;

before(async () => {
  stack = await startStack();
  [ana, ben] = (await stack.people("telegram")) as [Person, Person];
  for (const [person, text] of [
    [ana, "Is the PIZZA hot?"],
    [ben, "Where is my bag"],
  ] as const) {
    await stack.act(person, { act: "say", text });
    await eventually(
      `"${text}" in the list`,
      async () => (await list(`text=${encodeURIComponent(text)}`))[0],
    );
  }
});
after(() => stack[Symbol.asyncDispose]());

// biome-ignore lint/suspicious/noExplicitAny: see Answer.json
async function list(query: string, path = "messages"): Promise<any[]> {
  const { status, json } = await stack.call("GET", `/v1/${path}?${query}`);
  assert.equal(status, 200, JSON.stringify(json));
  return json.data;
}

test("messages are found by text, type, person and time; a wrong filter is refused in words", async () => {
  const [found] = await list("text=pizza&direction=in");
  assert.equal(found.content.text.body, "Is the PIZZA hot?");
  assert.equal(found.type, "text");
  assert.ok(found.contact.name.length > 0);
  assert.deepEqual(await list(`contact=${found.contact.id}&type=text&text=pizza`), [found]);
  assert.equal((await list(`contact=${ana.address}&text=bag`)).length, 0);
  assert.equal((await list(`contact=${ben.address}&text=bag`)).length, 1);
  const second = 1000;
  const time = (change: number) => new Date(Date.parse(found.created_at) + change).toISOString();
  assert.equal((await list(`since=${time(0)}&until=${time(second)}&text=pizza`)).length, 1);
  assert.equal((await list(`until=${time(0)}&text=pizza`)).length, 0);
  for (const [query, pointer] of [
    ["since=yesterday", "?since"],
    ["type=A%20list", "?type"],
    ["text=", "?text"],
    ["cursor=t.1-1", "?cursor"],
    [`since=${time(second)}&until=${time(0)}`, "?until"],
  ]) {
    const { status, json } = await stack.call("GET", `/v1/messages?${query}`);
    assert.deepEqual([status, json.errors[0].pointer], [422, pointer]);
  }
});

test("messages are listed with their calls where that is asked for", async () => {
  const { json } = await stack.call("POST", "/v1/messages", {
    from: ana.channel,
    to: ana.address,
    content: { text: { body: "with its call" } },
  });
  const [bare] = await list("direction=out&limit=1");
  const [whole] = await list("direction=out&limit=1&include=calls");
  assert.deepEqual([bare.id, bare.calls], [json.id, undefined]);
  assert.equal(whole.calls[0].body.text, "with its call");
  assert.equal((await stack.call("GET", "/v1/messages?include=all")).status, 422);
});

test("conversations are found by name, and the one with the newest message comes first with that message", async () => {
  const [newest] = await list("order=activity&limit=1", "conversations");
  assert.equal(newest.last_message.content.text.body, "with its call");
  assert.equal(newest.last_message.direction, "out");
  const found = await list(`text=${encodeURIComponent(ana.name.toUpperCase())}`, "conversations");
  assert.ok(found.some(({ contact }) => contact.addresses.includes(ana.address)));
  const { status } = await stack.call("GET", "/v1/conversations?order=size");
  assert.equal(status, 422);
});
