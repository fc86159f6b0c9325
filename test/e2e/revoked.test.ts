import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

const fields = {
  whatsapp: "access_token",
  messenger: "access_token",
  instagram: "access_token",
  telegram: "bot_token",
} as const;

async function told(stack: Stack, type: string, channel: string) {
  return eventually(type, async () => {
    const { json } = await stack.call("GET", `/v1/events?type=${type}&channel=${channel}`);
    return json.data.length > 0 ? json.data : undefined;
  });
}

for (const platform of ["whatsapp", "messenger", "instagram", "telegram"] as const) {
  test(`${platform}: a revoked token pauses the channel and fails nothing, and a new one lets it go on`, async () => {
    await using stack = await startStack();
    const [person] = (await stack.people(platform)) as [Person];
    await stack.act(person, { act: "say", text: "hi" });
    const { json: renewed } = await stack.simulate("POST", `/accounts/${person.channel}/token`);
    const before = (await stack.screen(person)).length;
    const ids: string[] = [];
    for (const body of ["one", "two"]) {
      const message = { from: person.channel, to: person.address, content: { text: { body } } };
      ids.push((await stack.call("POST", "/v1/messages", message)).json.id);
    }
    const [paused] = await told(stack, "channel.paused", person.channel);
    assert.match(paused.reason, /refuses the channel's token: .*PATCH \/v1\/channels\/.*credentials/);
    const channel = async () => (await stack.call("GET", `/v1/channels/${person.channel}`)).json;
    assert.equal((await channel()).paused, true);
    assert.match((await channel()).paused_reason, /refuses the channel's token/);
    for (const id of ids) {
      const { json } = await stack.call("GET", `/v1/messages/${id}`);
      assert.ok(["accepted", "sending"].includes(json.status), json.status);
    }

    const credentials = { [fields[platform]]: renewed.token };
    const changed = await stack.call("PATCH", `/v1/channels/${person.channel}`, { credentials });
    assert.equal(changed.status, 200, changed.text);
    assert.deepEqual([changed.json.paused, changed.json.paused_reason], [false, undefined]);
    const shown = await stack.newOnScreen(person, before, 2);
    assert.deepEqual(
      shown.map(({ text }) => text),
      ["one", "two"],
    );
    const [resumed, ...more] = await told(stack, "channel.resumed", person.channel);
    assert.equal(resumed.reason, "It has other credentials.");
    assert.deepEqual(more, []);
    assert.equal((await told(stack, "channel.paused", person.channel)).length, 1);
  });
}

test("telegram: a token that is refused when updates are asked for pauses the channel, with nothing to send", async () => {
  await using stack = await startStack();
  const [person] = (await stack.people("telegram")) as [Person];
  await stack.act(person, { act: "say", text: "hi" });
  await eventually("the first update", async () => {
    const { json } = await stack.call("GET", "/v1/events?type=message.received");
    return json.data.length > 0 ? true : undefined;
  });
  const { json: renewed } = await stack.simulate("POST", `/accounts/${person.channel}/token`);
  // Ends the request under way, which the old token had begun.
  await stack.act(person, { act: "say", text: "anybody there?" });
  const [paused] = await told(stack, "channel.paused", person.channel);
  assert.match(paused.reason, /refuses the channel's token/);
  const credentials = { bot_token: renewed.token };
  assert.equal(
    (await stack.call("PATCH", `/v1/channels/${person.channel}`, { credentials })).json.paused,
    false,
  );
  await told(stack, "channel.resumed", person.channel);
});

test("a channel that was paused by request stays so with new credentials", async () => {
  await using stack = await startStack();
  const [{ channel }] = (await stack.people("telegram")) as [Person];
  await stack.call("PATCH", `/v1/channels/${channel}`, { paused: true });
  const { json: renewed } = await stack.simulate("POST", `/accounts/${channel}/token`);
  const change = { credentials: { bot_token: renewed.token } };
  const { json } = await stack.call("PATCH", `/v1/channels/${channel}`, change);
  assert.deepEqual([json.paused, json.paused_reason], [true, "paused by request"]);
});

test("a channel's throughput can be set up to its platform's most, and set back", async () => {
  await using stack = await startStack();
  const [whatsapp] = (await stack.people("whatsapp")) as [Person];
  const [telegram] = (await stack.people("telegram")) as [Person];
  const change = (channel: string, messages_per_second: unknown) =>
    stack.call("PATCH", `/v1/channels/${channel}`, { messages_per_second });
  assert.equal((await change(whatsapp.channel, 1000)).json.messages_per_second, 1000);
  assert.equal((await change(whatsapp.channel, 20)).json.messages_per_second, 20);
  assert.equal((await change(whatsapp.channel, null)).json.messages_per_second, undefined);
  for (const [channel, wish] of [
    [whatsapp.channel, 1001],
    [telegram.channel, 31],
    [telegram.channel, 0],
    [telegram.channel, 1.5],
  ] as const) {
    const refused = await change(channel, wish);
    assert.equal(refused.status, 422, String(wish));
    assert.equal(refused.json.errors[0].pointer, "/messages_per_second");
  }
});
