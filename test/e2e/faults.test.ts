import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Endpoint } from "../support/endpoint.ts";
import { eventually, withinMs } from "../support/eventually.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let endpoint: Endpoint;
let ana: Person;
let tom: Person;

before(async () => {
  stack = await startStack();
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
  ana = (await stack.people("whatsapp"))[0]!;
  tom = (await stack.people("telegram"))[0]!;
});
beforeEach(async () => {
  await stack.simulate("DELETE", "/faults");
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

async function say(person: Person, body: string): Promise<string> {
  const content = { text: { body } };
  const { status, json, text } = await stack.call("POST", "/v1/messages", {
    from: person.channel,
    to: person.address,
    content,
  });
  assert.equal(status, 202, text);
  return json.id;
}

async function order(fault: object): Promise<void> {
  assert.equal((await stack.simulate("POST", "/faults", fault)).status, 201);
}

function reported(id: string, ...statuses: string[]): Promise<void> {
  return endpoint.next(
    `${statuses} of ${id}`,
    (event) => event.message?.id === id && statuses.includes(event.message.status),
  );
}

/** The texts that a platform accepted, in its own order. */
async function acceptedTexts(person: Person): Promise<string[]> {
  const texts: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: {
      json: { data: { accepted: boolean; channel?: string; body: unknown }[]; next_cursor: string | null };
    } = await stack.simulate("GET", `/calls?limit=1000${cursor === "" ? "" : `&cursor=${cursor}`}`);
    for (const { accepted, channel, body } of page.json.data) {
      const { text } = (body ?? {}) as { text?: string | { body?: string } };
      const said = typeof text === "string" ? text : text?.body;
      if (accepted && channel === person.channel && said) texts.push(said);
    }
    cursor = page.json.data.length < 1000 ? null : page.json.next_cursor;
  }
  return texts;
}

for (const platform of ["whatsapp", "telegram"] as const) {
  const person = () => (platform === "whatsapp" ? ana : tom);

  test(`${platform}: messages of one conversation leave in order through rate limits and server errors, each once`, async () => {
    await order({ kind: "rate_limit", platform, count: 2, retry_after: 1 });
    await order({ kind: "server_error", platform, count: 2 });
    const bodies = Array.from({ length: 6 }, (_, n) => `${platform} in order ${n}`);
    const ids: string[] = [];
    for (const body of bodies) ids.push(await say(person(), body));
    await reported(ids.at(-1)!, "sent", "delivered");
    assert.deepEqual(
      (await acceptedTexts(person())).filter((text) => bodies.includes(text)),
      bodies,
    );
    const { json } = await stack.call("GET", `/v1/messages/${ids[0]}`);
    assert.ok(json.calls[0].tries >= 3, `${json.calls[0].tries} tries`);
    assert.equal(json.calls[0].attempts[0].outcome, "retry");
  });
}

test("telegram: an accepted call whose answer is lost ends as unknown, is told, and is never repeated", async () => {
  await order({ kind: "drop_answer", platform: "telegram", count: 1 });
  const lost = await say(tom, "lost answer");
  const next = await say(tom, "the one after");
  await endpoint.next(
    "message.unknown",
    (event) => event.type === "message.unknown" && event.message.id === lost,
  );
  await reported(next, "sent");
  const texts = (await acceptedTexts(tom)).filter(
    (text) => text === "lost answer" || text === "the one after",
  );
  assert.deepEqual(texts, ["lost answer", "the one after"]);
  const { json } = await stack.call("GET", `/v1/messages/${lost}`);
  assert.equal(json.status, "unknown");
  assert.equal(json.problem.code, "unanswered");
});

test("telegram: a tap on a message whose answer was lost comes back by its token alone", async () => {
  await order({ kind: "drop_answer", platform: "telegram", count: 1 });
  const reply = { id: "YES", title: "Yes" };
  const interactive = {
    type: "button",
    body: { text: "Did this arrive?" },
    action: { buttons: [{ type: "reply", reply }] },
  };
  const before = (await stack.screen(tom)).length;
  const wish = { from: tom.channel, to: tom.address, content: { interactive } };
  const { json: sent } = await stack.call("POST", "/v1/messages", wish);
  await endpoint.next(
    "message.unknown",
    ({ type, message }) => type === "message.unknown" && message.id === sent.id,
  );
  const [shown] = await stack.newOnScreen(tom, before);
  assert.equal((await stack.act(tom, { act: "tap", message: shown.id, button: "Yes" })).status, 200);
  const { message } = await endpoint.next("the tap", (event) => event.message?.context?.id === sent.id);
  assert.deepEqual(message.interactive, { type: "button_reply", button_reply: reply });
});

test("telegram: a vote on a poll whose answer was lost is told all the same", async () => {
  await order({ kind: "drop_answer", platform: "telegram", count: 1 });
  const rows = [
    { id: "tea", title: "Tea" },
    { id: "coffee", title: "Coffee" },
  ];
  const interactive = {
    type: "list",
    body: { text: "What to drink?" },
    action: { button: "Choose", sections: [{ rows }] },
  };
  const before = (await stack.screen(tom)).length;
  const wish = { from: tom.channel, to: tom.address, content: { interactive } };
  const { json: sent } = await stack.call("POST", "/v1/messages", wish);
  const [shown] = await stack.newOnScreen(tom, before);
  const vote = await stack.act(tom, { act: "vote", message: shown.id, option: "Coffee" });
  assert.equal(vote.status, 200, vote.text);
  const { message } = await endpoint.next("the vote", (event) => event.message?.context?.id === sent.id);
  assert.deepEqual(message.interactive, {
    type: "list_reply",
    list_reply: { id: "coffee", title: "Coffee" },
  });
});

test("whatsapp: a call whose answer is lost is settled by the status that echoes it", async () => {
  await order({ kind: "drop_answer", platform: "whatsapp", count: 1 });
  const id = await say(ana, "lost, then reported");
  await reported(id, "delivered");
  const { json } = await stack.call("GET", `/v1/messages/${id}`);
  assert.equal(json.status, "delivered");
  assert.match(json.platform_ids[0], /^wamid\./);
  assert.equal((await acceptedTexts(ana)).filter((text) => text === "lost, then reported").length, 1);
});

test("telegram: a platform that never answers leaves unknown behind, and the lane goes on", async () => {
  await order({ kind: "silence", platform: "telegram", count: 1 });
  const id = await say(tom, "into silence");
  const next = await say(tom, "after silence");
  const report = await eventually(
    "message.unknown",
    () => endpoint.delivered.find(({ event }) => event.type === "message.unknown" && event.message.id === id),
    2 * withinMs,
  );
  assert.equal(report.event.message.problem.code, "unanswered");
  await reported(next, "sent");
});

test("whatsapp: taps that come twice, out of order and in one batch are each told once", async () => {
  const id = await say(ana, "pick");
  await reported(id, "delivered");
  await order({ kind: "duplicate_webhooks", platform: "whatsapp", times: 3 });
  await order({ kind: "batch_webhooks", platform: "whatsapp", size: 4 });
  const from = endpoint.delivered.length;
  const texts = ["batched 0", "batched 1", "batched 2", "batched 3"];
  for (const text of texts) assert.equal((await stack.act(ana, { act: "say", text })).status, 200);
  await endpoint.next("the last of the batch", (event) => event.message?.text?.body === texts[3], from);
  await stack.simulate("DELETE", "/faults");
  await stack.act(ana, { act: "say", text: "the barrier" });
  await endpoint.next("the barrier", (event) => event.message?.text?.body === "the barrier", from);
  const told = endpoint.delivered.slice(from).map(({ event }) => event.message?.text?.body);
  assert.deepEqual(told.filter(Boolean), [...texts, "the barrier"]);
});

test("a blocked person: Telegram refuses, WhatsApp accepts and then reports the failure", async () => {
  const [, bea] = await stack.people("telegram");
  const [, ben] = await stack.people("whatsapp");
  for (const person of [bea!, ben!]) {
    assert.equal((await stack.act(person, { act: "block" })).status, 200);
    const id = await say(person, "are you there?");
    const failed = await endpoint.next(
      "message.failed",
      (event) => event.type === "message.failed" && event.message.id === id,
    );
    assert.equal(failed.message.problem.code, person === bea ? "403" : "131026", JSON.stringify(failed));
    assert.equal((await stack.act(person, { act: "unblock" })).status, 200);
  }
});
