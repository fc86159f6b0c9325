import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlatformName } from "../../src/core/platform.ts";
import { eventually } from "../support/eventually.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

async function told(stack: Stack, type: string, channel: string) {
  return eventually(type, async () => {
    const { json } = await stack.call("GET", `/v1/events?type=${type}&channel=${channel}`);
    return json.data.length > 0 ? json.data : undefined;
  });
}

async function say(stack: Stack, person: Person, body: string): Promise<string> {
  const message = { from: person.channel, to: person.address, content: { text: { body } } };
  return (await stack.call("POST", "/v1/messages", message)).json.id;
}

/** Meta posts what concerns a WhatsApp Business Account to the URL of an app, which a simulated number has none of. */
async function giveApp(stack: Stack): Promise<void> {
  const accounts = (await stack.simulate("GET", "/accounts")).json.data;
  const account = accounts.find(({ platform }: { platform: string }) => platform === "whatsapp");
  const { id, token: access_token, app_id, app_secret, waba_id } = account;
  await stack.call("DELETE", `/v1/channels/${id}`);
  const credentials = { phone_number_id: id, access_token, app_id, app_secret, waba_id };
  const wish = { platform: "whatsapp", simulated: true, take_over: true, credentials };
  const connected = await stack.call("POST", "/v1/channels", wish);
  assert.equal(connected.status, 201, connected.text);
  await eventually("it receives", async () => {
    const { json } = await stack.call("GET", `/v1/channels/${id}`);
    return json.receiving.state === "ok" || undefined;
  });
}

const channelOf = async (stack: Stack, { channel }: Person) =>
  (await stack.call("GET", `/v1/channels/${channel}`)).json;
const shownTexts = async (stack: Stack, person: Person, before: number, count: number) =>
  (await stack.newOnScreen(person, before, count)).map(({ text }) => text);

/** Both people of an account have written, so that they may be answered. */
async function scene(stack: Stack, platform: PlatformName) {
  if (platform === "whatsapp") await giveApp(stack);
  const [one, two] = (await stack.people(platform)) as [Person, Person];
  for (const person of [one, two]) await stack.act(person, { act: "say", text: "hi" });
  const before = (await stack.screen(one)).length;
  const judge = (wish: object) => stack.simulate("POST", `/accounts/${one.channel}/standing`, wish);
  return { one, two, before, judge };
}

for (const platform of ["whatsapp", "messenger"] as const) {
  test(`${platform}: a webhook says that the account is restricted, messages wait, and when it is lifted they leave in order`, async () => {
    await using stack = await startStack();
    const { one, two, before, judge } = await scene(stack, platform);
    await judge({ standing: "disabled" });
    const [paused] = await told(stack, "channel.paused", one.channel);
    assert.match(paused.reason, /restricts the account: .*(WhatsApp Manager|Page Quality)/);
    const texts = ["first", "second", "third", "fourth"];
    const ids: string[] = [];
    for (const text of texts) ids.push(await say(stack, one, text));
    await say(stack, two, "to another");
    const { paused: isPaused, paused_reason, health } = await channelOf(stack, one);
    assert.equal(isPaused, true);
    assert.match(paused_reason, /restricts the account/);
    assert.equal(health.account.state, "restricted");
    assert.ok(Date.parse(health.account.since) <= Date.now(), health.account.since);

    await judge({ standing: "good" });
    assert.deepEqual(await shownTexts(stack, one, before, 4), texts);
    assert.deepEqual(await shownTexts(stack, two, before, 1), ["to another"]);
    const [resumed, ...more] = await told(stack, "channel.resumed", one.channel);
    assert.match(resumed.reason, /reinstated|blocks the Page no more/);
    assert.deepEqual(more, []);
    assert.equal((await told(stack, "channel.paused", one.channel)).length, 1);
    assert.equal((await channelOf(stack, one)).health.account.state, "ok");
    for (const id of ids)
      await eventually(`${id} sent`, async () => {
        const { json } = await stack.call("GET", `/v1/messages/${id}`);
        return ["sent", "delivered"].includes(json.status) || undefined;
      });
  });
}

for (const platform of ["whatsapp", "messenger", "instagram"] as const) {
  test(`${platform}: a refusal alone pauses the channel, and what waits survives a restart and a person's word`, async () => {
    await using before = await startStack();
    const { one, before: shown, judge } = await scene(before, platform);
    await judge({ standing: "restricted", told: false });
    const ids = [await say(before, one, "first"), await say(before, one, "second")];
    const [paused] = await told(before, "channel.paused", one.channel);
    assert.match(paused.reason, /\{"paused": false\}/);
    await before.stop();

    await using stack = await startStack({ from: before });
    const { json: held } = await stack.call("GET", `/v1/messages/${ids[0]}`);
    assert.ok(["accepted", "sending"].includes(held.status), held.status);
    assert.equal((await channelOf(stack, one)).health.account.state, "restricted");
    await stack.simulate("POST", `/accounts/${one.channel}/standing`, { standing: "good", told: false });
    await stack.call("PATCH", `/v1/channels/${one.channel}`, { paused: false });
    assert.deepEqual(await shownTexts(stack, one, shown, 2), ["first", "second"]);
    assert.equal((await channelOf(stack, one)).health.account.state, "ok");
  });
}

test("whatsapp: an account that may begin no conversation goes on answering, and that is shown", async () => {
  await using stack = await startStack();
  const { one, before, judge } = await scene(stack, "whatsapp");
  await judge({ standing: "limited", expires_in_seconds: 3600 });
  const [warned] = await told(stack, "channel.account_warned", one.channel);
  assert.match(warned.reason, /RESTRICTED_BIZ_INITIATED_MESSAGING/);
  await say(stack, one, "an answer");
  assert.deepEqual(await shownTexts(stack, one, before, 1), ["an answer"]);
  const { paused, health } = await channelOf(stack, one);
  assert.deepEqual([paused, health.account.state], [false, "limited"]);
  assert.ok(Date.parse(health.account.until) > Date.now());
});
