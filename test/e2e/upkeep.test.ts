import assert from "node:assert/strict";
import { test } from "node:test";
import { request } from "undici";
import { eventually } from "../support/eventually.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

async function told(stack: Stack, type: string, channel: string) {
  return eventually(type, async () => {
    const { json } = await stack.call("GET", `/v1/events?type=${type}&channel=${channel}`);
    return json.data.length > 0 ? json.data : undefined;
  });
}

/** Who unsubscribes, by whose token. */
const nodes = { messenger: "id", instagram: "id", whatsapp: "waba_id" } as const;

for (const platform of ["messenger", "instagram", "whatsapp"] as const) {
  test(`${platform}: what Meta unsubscribed while the gateway was away is subscribed again, and the gap is told`, async () => {
    await using before = await startStack();
    const [person] = (await before.people(platform)) as [Person];
    await before.act(person, { act: "say", text: "hi" });
    const [last] = await told(before, "message.received", person.channel);
    const { json } = await before.simulate("GET", "/accounts");
    const account = json.data.find(({ id }: { id: string }) => id === person.channel);
    const url = `${before.simulatorUrl}/v25.0/${account[nodes[platform]]}/subscribed_apps`;
    const gone = await request(url, {
      method: "DELETE",
      headers: { authorization: `Bearer ${account.token}` },
    });
    assert.equal(gone.statusCode, 200, await gone.body.text());
    await before.stop();

    await using stack = await startStack({ from: before });
    const [lost] = await told(stack, "channel.unsubscribed", person.channel);
    const [found] = await told(stack, "channel.resubscribed", person.channel);
    assert.match(lost.reason, /unsubscribed|not subscribed/);
    assert.ok(Math.abs(Date.parse(lost.since) - Date.parse(last.timestamp)) < 600_000, lost.since);
    assert.equal(found.since, lost.since);
    assert.ok(found.until > lost.since);
    const { json: channel } = await stack.call("GET", `/v1/channels/${person.channel}`);
    assert.equal(channel.health.registration.state, "ok");
    assert.ok(channel.health.last_received <= channel.health.last_checked, JSON.stringify(channel.health));
    await stack.act(person, { act: "say", text: "again" });
    await eventually("what is said now", async () => {
      const received = await told(stack, "message.received", person.channel);
      return received.some(
        ({ message }: { message: { text?: { body: string } } }) => message.text?.body === "again",
      )
        ? true
        : undefined;
    });
  });
}

test("messenger: what the app is subscribed to no more is subscribed again, with what others asked for, and the gap is told", async () => {
  await using before = await startStack();
  const [person] = (await before.people("messenger")) as [Person];
  await before.act(person, { act: "say", text: "hi" });
  await told(before, "message.received", person.channel);
  const { json } = await before.simulate("GET", "/accounts");
  const { app_id, app_secret } = json.data.find(({ id }: { id: string }) => id === person.channel);
  const ofApp = async (stack: Stack, method: string, wish?: object) => {
    const headers = {
      authorization: `Bearer ${app_id}|${app_secret}`,
      ...(wish && { "content-type": "application/json" }),
    };
    const url = `${stack.simulatorUrl}/v25.0/${app_id}/subscriptions`;
    const { statusCode, body } = await request(url, {
      method,
      headers,
      ...(wish && { body: JSON.stringify(wish) }),
    });
    const answer = JSON.parse(await body.text());
    assert.equal(statusCode, 200, JSON.stringify(answer));
    return answer;
  };
  const fieldsOf = async (stack: Stack): Promise<string[]> => {
    const page = (await ofApp(stack, "GET")).data.find(({ object }: { object: string }) => object === "page");
    return page.fields.map(({ name }: { name: string }) => name);
  };
  const asked = await fieldsOf(before);
  await ofApp(before, "DELETE", { object: "page", fields: "messages" });
  const { callback_url } = (await ofApp(before, "GET")).data.find(
    ({ object }: { object: string }) => object === "page",
  );
  const { verify_token } = (await before.call("GET", `/v1/apps/${app_id}`)).json;
  const fields = [...asked.filter((name) => name !== "messages"), "feed"].join(",");
  await ofApp(before, "POST", { object: "page", callback_url, verify_token, fields });
  await before.stop();

  await using stack = await startStack({ from: before });
  const [lost] = await told(stack, "channel.unsubscribed", person.channel);
  assert.equal(lost.reason, "the app is not subscribed to messages any more");
  await told(stack, "channel.resubscribed", person.channel);
  assert.deepEqual((await fieldsOf(stack)).toSorted(), [...asked, "feed"].toSorted());
});
