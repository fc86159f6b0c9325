import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { buttons } from "../support/seeds.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let endpoint: Endpoint;
let ana: Person;
// biome-ignore lint/suspicious/noExplicitAny: what a test expects of an account is its own assertion
let accounts: any[];

before(async () => {
  stack = await startStack();
  ana = (await stack.people("whatsapp"))[0]!;
  accounts = (await stack.simulate("GET", "/accounts")).json.data;
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

// biome-ignore lint/suspicious/noExplicitAny: see accounts
function credentialsOf(account: any): Record<string, string> {
  const { id, token, app_id, app_secret, waba_id } = account;
  const meta = { access_token: token, app_secret };
  switch (account.platform) {
    case "whatsapp":
      return { ...meta, phone_number_id: id, waba_id };
    case "instagram":
      return { ...meta, instagram_id: id, app_id };
    case "messenger":
      return { ...meta, page_id: id, app_id };
    default:
      return { bot_token: token };
  }
}

// biome-ignore lint/suspicious/noExplicitAny: see accounts
const connect = (account: any, credentials: object = {}) =>
  stack.call("POST", "/v1/channels", {
    platform: account.platform,
    simulated: true,
    credentials: { ...credentialsOf(account), ...credentials },
  });

const send = (body: string, from = ana.channel, to = ana.address) =>
  stack.call("POST", "/v1/messages", { from, to, content: { text: { body } } });

const ask = (from: string, to: string) =>
  stack.call("POST", "/v1/messages", {
    from,
    to,
    content: { interactive: buttons([{ id: "YES", title: "Yes" }], "Shall we?") },
  });

const onScreen = async (person: Person) =>
  (await stack.screen(person))
    .filter((message) => message.from === "business")
    .map((message) => message.text);

test("channels are told with the names of their credentials and no secret", async () => {
  const { json, text } = await stack.call("GET", "/v1/channels");
  const channel = json.data.find((one: { natural_id: string }) => one.natural_id === ana.channel);
  assert.deepEqual([...channel.credentials].sort(), [
    "access_token",
    "app_secret",
    "phone_number_id",
    "waba_id",
  ]);
  assert.equal(channel.platform, "whatsapp");
  assert.equal(channel.paused, false);
  assert.deepEqual(channel.receiving, { state: "ok" });
  assert.match(channel.id, /^[0-9a-f-]{36}$/);
  for (const { token, app_secret } of accounts)
    for (const secret of [token, app_secret].filter(Boolean)) assert.ok(!text.includes(secret));
  const byId = await stack.call("GET", `/v1/channels/${channel.id}`);
  const byNaturalId = await stack.call("GET", `/v1/channels/${ana.channel}`);
  assert.deepEqual(byId.json, channel);
  assert.deepEqual(byNaturalId.json, channel);
});

test("while a channel is paused sending waits and receiving goes on, and resuming sends in order", async () => {
  const paused = await stack.call("PATCH", `/v1/channels/${ana.channel}`, { paused: true });
  assert.equal(paused.status, 200, paused.text);
  assert.equal(paused.json.paused, true);
  assert.ok(paused.json.paused_reason);
  await endpoint.next("the pause", (event) => event.type === "channel.paused");

  const texts = ["first", "second", "third", "fourth"].map((word) => `held ${word}`);
  const ids: string[] = [];
  for (const text of texts) {
    const answer = await send(text);
    assert.equal(answer.status, 202);
    ids.push(answer.json.id);
  }
  await stack.act(ana, { act: "say", text: "are you there?" });
  await endpoint.next("what Ana wrote", (event) => event.message?.text?.body === "are you there?");
  assert.ok(!(await onScreen(ana)).some((text) => texts.includes(text)));
  for (const id of ids) assert.equal((await stack.call("GET", `/v1/messages/${id}`)).json.status, "accepted");

  const resumed = await stack.call("PATCH", `/v1/channels/${ana.channel}`, { paused: false });
  assert.equal(resumed.json.paused, false);
  assert.equal(resumed.json.paused_reason, undefined);
  await endpoint.next("the resumption", (event) => event.type === "channel.resumed");
  const shown = await eventually("all four", async () => {
    const held = (await onScreen(ana)).filter((text) => texts.includes(text));
    return held.length === texts.length ? held : undefined;
  });
  assert.deepEqual(shown, texts);
});

test("a pause outlives a restart", async () => {
  await stack.call("PATCH", `/v1/channels/${ana.channel}`, { paused: true });
  const { json } = await send("after the restart");
  assert.equal(await stack.stop(), 0);
  stack = await startStack({ from: stack });
  assert.equal((await stack.call("GET", `/v1/channels/${ana.channel}`)).json.paused, true);
  assert.equal((await stack.call("GET", `/v1/messages/${json.id}`)).json.status, "accepted");
  await stack.call("PATCH", `/v1/channels/${ana.channel}`, { paused: false });
  await eventually(
    "the message",
    async () => (await onScreen(ana)).includes("after the restart") || undefined,
  );
});

test("a pause that was there already is no event", async () => {
  const count = async (type: string) =>
    (await stack.call("GET", `/v1/events?type=${type}&limit=200`)).json.data.length;
  const before = await count("channel.resumed");
  await stack.call("PATCH", `/v1/channels/${ana.channel}`, { paused: false, name: "Front desk" });
  assert.equal((await stack.call("GET", `/v1/channels/${ana.channel}`)).json.name, "Front desk");
  assert.equal(await count("channel.resumed"), before);
});

test("credentials that the platform refuses make no channel and are not repeated", async () => {
  const { json: account } = await stack.simulate("POST", "/accounts", { platform: "whatsapp" });
  const refused = await connect(account, { access_token: "EAAwrongtoken1234567890" });
  assert.equal(refused.status, 422, refused.text);
  assert.equal(refused.json.code, "platform_refused");
  assert.ok(!refused.text.includes("EAAwrongtoken1234567890"));
  const { json } = await stack.call("GET", "/v1/channels");
  assert.ok(!json.data.some((one: { natural_id: string }) => one.natural_id === account.id));
});

test("missing credentials, an unknown platform and an unknown field are told by pointer", async () => {
  const empty = await stack.call("POST", "/v1/channels", { platform: "whatsapp", credentials: {} });
  assert.equal(empty.status, 422);
  assert.ok(empty.json.errors.length >= 3, empty.text);
  assert.ok(
    empty.json.errors.every((error: { pointer: string }) => error.pointer.startsWith("/credentials/")),
  );
  const platform = await stack.call("POST", "/v1/channels", { platform: "constructor", credentials: {} });
  assert.equal(platform.status, 422);
  assert.equal(platform.json.errors[0].pointer, "/platform");
  const field = await stack.call("PATCH", `/v1/channels/${ana.channel}`, { pause: true });
  assert.equal(field.status, 422);
  assert.equal(field.json.errors[0].pointer, "/pause");
});

test("a number that is connected already is a conflict that names the channel", async () => {
  const account = accounts.find((one) => one.id === ana.channel);
  const twin = await connect(account);
  assert.equal(twin.status, 409, twin.text);
  assert.equal(twin.json.code, "conflict");
  const { json } = await stack.call("GET", `/v1/channels/${ana.channel}`);
  assert.equal(twin.json.channel, json.id);
});

test("a platform that does not answer is a 502 and makes no channel", async () => {
  await using alone = await startStack({ command: "serve" });
  const answer = await alone.call("POST", "/v1/channels", {
    platform: "whatsapp",
    simulated: true,
    credentials: credentialsOf(accounts.find((one) => one.id === ana.channel)),
  });
  assert.equal(answer.status, 502, answer.text);
  assert.equal(answer.json.code, "platform_unreachable");
  assert.deepEqual((await alone.call("GET", "/v1/channels")).json.data, []);
});

for (const platform of ["whatsapp", "instagram", "messenger", "telegram"] as const)
  test(`a second ${platform} account is connected, sends and receives, is removed, and connected anew with its old buttons`, async () => {
    const { json: account, text } = await stack.simulate("POST", "/accounts", { platform });
    const made = await connect(account);
    assert.equal(made.status, 201, `${text} ${made.text}`);
    const { id } = made.json;
    assert.equal(made.json.natural_id, account.id);
    assert.equal(made.json.simulated, true);
    await endpoint.next(
      "the connection",
      (event) => event.type === "channel.connected" && event.channel.id === id,
    );
    await eventually("its webhooks", async () => {
      const { json } = await stack.call("GET", `/v1/channels/${id}`);
      return json.receiving.state === "ok" || undefined;
    });
    const { json: person } = await stack.simulate("POST", "/people", { platform, channel: account.id });
    await stack.act(person, { act: "say", text: `hello, new ${platform}` });
    const event = await endpoint.next(
      "the person's message",
      (one) => one.message?.text?.body === `hello, new ${platform}`,
    );
    assert.equal(event.channel.id, id);
    const sent = await send("welcome", account.id, person.address);
    await eventually("the welcome", async () => (await onScreen(person)).includes("welcome") || undefined);

    const asked = await ask(account.id, person.address);
    const isAsked = async () => (await stack.screen(person)).find(({ text }) => text === "Shall we?");
    await eventually("the question", isAsked);

    assert.equal((await stack.call("DELETE", `/v1/channels/${id}`)).status, 204);
    await endpoint.next("the removal", (one) => one.type === "channel.removed" && one.channel.id === id);
    assert.equal((await stack.call("GET", `/v1/channels/${id}`)).status, 404);
    assert.equal((await stack.call("DELETE", `/v1/channels/${id}`)).status, 404);
    assert.equal((await send("late", account.id, person.address)).status, 404);
    const kept = await stack.call("GET", `/v1/messages/${sent.json.id}`);
    assert.equal(kept.status, 200, "its messages stay readable");
    const again = await connect(account);
    assert.equal(again.status, 201, again.text);
    assert.notEqual(again.json.id, id);
    await eventually("its webhooks again", async () => {
      const { json } = await stack.call("GET", `/v1/channels/${again.json.id}`);
      return json.receiving.state === "ok" || undefined;
    });
    await stack.act(person, { act: "tap", button: "Yes" });
    const answer = await endpoint.next(
      "the answer",
      (one) => one.message?.interactive?.button_reply !== undefined && one.channel.id === again.json.id,
    );
    assert.deepEqual(answer.message.interactive.button_reply, { id: "YES", title: "Yes" });
    if (platform !== "whatsapp") assert.equal(answer.message.context.id, asked.json.id);
  });

test("a channel's options hold for all its messages, and a message's own win", async () => {
  const bruno = (await stack.people("telegram"))[0]!;
  const rows = ["Soup", "Rice"].map((title) => ({ id: title, title }));
  const action = { button: "Menu", sections: [{ rows }] };
  const list = { interactive: { type: "list", body: { text: "Lunch?" }, action } };
  const drawn = async (options?: object) => {
    const wish = { from: bruno.channel, to: bruno.address, content: list, options };
    const { json } = await stack.call("POST", "/v1/messages/preview", wish);
    return json.calls.at(-1).path;
  };
  const change = (options: unknown) => stack.call("PATCH", `/v1/channels/${bruno.channel}`, { options });
  assert.equal(await drawn(), "/bot/sendPoll");
  const changed = await change({ telegram: { list: "keyboard" } });
  assert.deepEqual(changed.json.options, { telegram: { list: "keyboard" } });
  assert.equal(await drawn(), "/bot/sendMessage");
  assert.equal(await drawn({ telegram: { list: "poll" } }), "/bot/sendPoll");
  const refused = await change({ telegram: { list: "wheel" }, labels: { select: "x".repeat(21) } });
  assert.equal(refused.status, 422);
  assert.deepEqual(
    refused.json.errors.map(({ pointer, rule }: { pointer: string; rule: string }) => [pointer, rule]),
    [
      ["/options/telegram/list", "one_of"],
      ["/options/labels/select", "max_length"],
    ],
  );
  assert.deepEqual((await change({})).json.options, {});
  assert.equal(await drawn(), "/bot/sendPoll");
});

test("numbers out of their range, and records that would go before their content, are refused in words that fit", async () => {
  const [channel] = (await stack.call("GET", "/v1/channels")).json.data;
  const change = (retention: object) => stack.call("PATCH", `/v1/channels/${channel.id}`, { retention });
  const negative = await change({ content_days: -1 });
  assert.equal(negative.status, 422);
  assert.deepEqual(negative.json.errors, [
    {
      pointer: "/retention/content_days",
      rule: "minimum",
      limit: 0,
      message: "retention.content_days must be at least 0.",
      hint: "Use a greater number.",
    },
  ]);
  for (const wish of [
    { content_days: 30, records_days: 5 },
    { records_days: 5 },
    { content_days: 0, records_days: 90 },
  ]) {
    const { status, json } = await change(wish);
    assert.equal(status, 422, JSON.stringify(wish));
    assert.equal(json.errors[0].pointer, "/retention/records_days");
    assert.match(json.errors[0].message, /records are kept at least as long as content/);
  }
  for (const wish of [{ content_days: 5, records_days: 5 }, { content_days: 60 }, { records_days: 0 }])
    assert.equal((await change(wish)).status, 200, JSON.stringify(wish));
});
