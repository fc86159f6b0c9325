import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { appAnswer, appsAnswer } from "../../src/http/connection-answers.ts";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { signature } from "../support/meta-webhook.ts";
import { type Answer, type Stack, send, startStack } from "../support/stack.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a test expects of an answer is its own assertion
type Json = any;

let stack: Stack;
let endpoint: Endpoint;
/** The app of the simulator's first accounts, as the gateway shows it. */
let app: Json;
let secret: string;
/** Two pages, an Instagram account and a number of the one app, by what the tests call them. */
const accounts: Record<string, Json> = {};
const channels: Record<string, Json> = {};
/** A page of another app. */
let stranger: Json;

before(async () => {
  stack = await startStack();
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
  const known = (await stack.simulate("GET", "/accounts")).json.data;
  accounts.page1 = known.find(({ platform }: Json) => platform === "messenger");
  accounts.instagram = known.find(({ platform }: Json) => platform === "instagram");
  accounts.page2 = await newAccount("messenger");
  accounts.number = await newAccount("whatsapp");
  secret = accounts.page1.app_secret;
  const listed = (await stack.call("GET", "/v1/channels")).json.data;
  for (const name of ["page1", "instagram"])
    channels[name] = listed.find(({ natural_id }: Json) => natural_id === accounts[name].id);
  const appId = accounts.page1.app_id;
  // The app is known by now: its secret need not be told again.
  channels.page2 = await connected("messenger", {
    page_id: accounts.page2.id,
    access_token: accounts.page2.token,
    app_id: appId,
  });
  channels.number = await connected("whatsapp", {
    phone_number_id: accounts.number.id,
    access_token: accounts.number.token,
    waba_id: accounts.number.waba_id,
    app_id: appId,
    app_secret: secret,
  });
  const theirs = await newAccount("messenger", { app: "Another app" });
  assert.notEqual(theirs.app_id, appId);
  stranger = await connected("messenger", {
    page_id: theirs.id,
    access_token: theirs.token,
    app_id: theirs.app_id,
    app_secret: theirs.app_secret,
  });
  app = (await stack.call("GET", `/v1/apps/${appId}`)).json;
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

async function newAccount(platform: string, wish: object = {}): Promise<Json> {
  return (await stack.simulate("POST", "/accounts", { platform, ...wish })).json;
}

async function connected(platform: string, credentials: object): Promise<Json> {
  const wish = { platform, simulated: true, credentials };
  const { status, json, text } = await stack.call("POST", "/v1/channels", wish);
  assert.equal(status, 201, text);
  return eventually(`${platform} ${json.natural_id} to receive`, async () => {
    const channel = (await stack.call("GET", `/v1/channels/${json.id}`)).json;
    return channel.receiving.state === "ok" ? channel : undefined;
  });
}

const post = (body: string, by = secret, to = app.id): Promise<Answer> =>
  send(`${stack.url}/webhooks/meta/${to}`, "POST", body, { "x-hub-signature-256": signature(by, body) });

let count = 0;
const next = () => `${Date.now()}.${++count}`;

/** What a person writes to a page or an account, as Meta posts it. */
function said(account: Json, text: string): object {
  const [sender, recipient] = [{ id: "7400000000000777" }, { id: account.id }];
  const message = { mid: `m_${next()}`, text };
  return {
    id: account.id,
    time: Date.now(),
    messaging: [{ sender, recipient, timestamp: Date.now(), message }],
  };
}

function saidToNumber(account: Json, text: string): object {
  const metadata = { display_phone_number: "15550783881", phone_number_id: account.id };
  const timestamp = String(Math.floor(Date.now() / 1000));
  const message = {
    from: "15557770002",
    id: `wamid.${next()}`,
    timestamp,
    type: "text",
    text: { body: text },
  };
  return { field: "messages", value: { messaging_product: "whatsapp", metadata, messages: [message] } };
}

const envelope = (object: string, ...entry: object[]) => JSON.stringify({ object, entry });

/** Texts that reached a channel, in the order of their events. */
function heard(channel: Json): string[] {
  return endpoint.delivered
    .map(({ event }) => event)
    .filter((event) => event.type === "message.received" && event.channel.id === channel.id)
    .map((event) => event.message.text?.body);
}

test("the app is known with its first channel, and shows what Meta's dashboard asks for and no secret", async () => {
  const listed = await stack.call("GET", "/v1/apps");
  assert.equal(listed.json.data.length, 2);
  assert.deepEqual(
    [...app.channels].sort(),
    Object.values(channels)
      .map(({ id }) => id)
      .sort(),
  );
  assert.deepEqual([app.provider, app.app_id, app.secrets], ["meta", accounts.page1.app_id, 1]);
  assert.match(app.verify_token, /^[\w-]{43}$/);
  assert.equal(channels.page2.app, app.id);
  assert.ok(!listed.text.includes(secret));
  assert.ok(!JSON.stringify((await stack.call("GET", "/v1/channels")).json).includes(secret));
  const handshake = (token: string) =>
    send(
      `${stack.url}/webhooks/meta/${app.id}?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=1158201444`,
      "GET",
      undefined,
      {},
    );
  assert.equal((await handshake(app.verify_token)).text, "1158201444");
  assert.equal((await handshake("guessed")).status, 401);
  const body = envelope("page");
  assert.deepEqual([(await post(body)).status, (await post(body, secret, app.app_id)).status], [200, 404]);
});

test("what people of the simulator write comes through the app's one address to the right channel", async () => {
  for (const [name, platform] of [
    ["page1", "messenger"],
    ["page2", "messenger"],
    ["instagram", "instagram"],
    ["number", "whatsapp"],
  ] as const) {
    const person = (
      await stack.simulate("POST", "/people", { platform, channel: accounts[name].id, name: "Rita" })
    ).json;
    await stack.act(person, { act: "say", text: `hello ${name}` });
    await endpoint.next(`the hello to ${name}`, (event) => event.message?.text?.body === `hello ${name}`);
    assert.ok(heard(channels[name]).includes(`hello ${name}`), name);
  }
});

test("events of two pages, an Instagram account and a number, mixed in one POST each, arrive in order where they belong", async () => {
  const { page1, page2, instagram, number } = accounts;
  const answers = await Promise.all([
    post(
      envelope(
        "page",
        said(page1, "a1"),
        said(page2, "b1"),
        said(page1, "a2"),
        said(page2, "b2"),
        said(page1, "a3"),
      ),
    ),
    post(envelope("instagram", said(instagram, "c1"), said(instagram, "c2"))),
    post(
      envelope("whatsapp_business_account", {
        id: number.waba_id,
        changes: [saidToNumber(number, "d1"), saidToNumber(number, "d2")],
      }),
    ),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
  );
  const expected = {
    page1: ["a1", "a2", "a3"],
    page2: ["b1", "b2"],
    instagram: ["c1", "c2"],
    number: ["d1", "d2"],
  };
  for (const [name, texts] of Object.entries(expected)) {
    await eventually(`all of ${name}`, () =>
      heard(channels[name]).length > texts.length ? true : undefined,
    );
    assert.deepEqual(heard(channels[name]).slice(-texts.length), texts);
  }
});

test("an unknown target is kept and counted, one of another app is refused, and their neighbours arrive", async () => {
  const before = (await stack.call("GET", `/v1/apps/${app.id}`)).json.unrouted;
  const entries = [
    said({ id: "999" }, "for nobody"),
    said({ id: stranger.natural_id }, "for another app's page"),
    said(accounts.page1, "for page 1"),
  ];
  assert.equal((await post(envelope("page", ...entries))).status, 200);
  const override = (await stack.call("GET", "/v1/channels")).json.data.find(
    ({ platform, app }: Json) => platform === "whatsapp" && app === undefined,
  );
  const change = saidToNumber({ id: override.natural_id }, "for a number of its own");
  assert.equal(
    (await post(envelope("whatsapp_business_account", { id: "1", changes: [change] }))).status,
    200,
  );
  await endpoint.next("the neighbour", (event) => event.message?.text?.body === "for page 1");
  const { unrouted } = await eventually("the count", async () => {
    const { json } = await stack.call("GET", `/v1/apps/${app.id}`);
    return json.unrouted.refused === before.refused + 2 ? json : undefined;
  });
  assert.deepEqual(unrouted, { unknown: before.unknown + 1, refused: before.refused + 2 });
  assert.ok(!heard(stranger).includes("for another app's page"));
  assert.ok(!heard(override).includes("for a number of its own"));
  const metrics = (await stack.call("GET", "/metrics")).text;
  assert.match(metrics, new RegExp(`antiphon_unrouted_parts{kind="unknown"} ${unrouted.unknown}\n`));
  assert.match(metrics, new RegExp(`antiphon_unrouted_parts{kind="refused"} ${unrouted.refused}\n`));
  assert.match(metrics, /antiphon_webhooks_total{platform="meta",verdict="genuine"} [1-9]/);
});

test("a wrong secret is 401 and stores nothing; while a secret changes, old and new are taken", async () => {
  const attempt = (text: string, by: string) => post(envelope("page", said(accounts.page2, text)), by);
  const wrong = await attempt("forged", "not-the-secret");
  assert.deepEqual([wrong.status, wrong.json.code], [401, "bad_signature"]);
  assert.equal((await send(`${stack.url}/webhooks/meta/${app.id}`, "POST", "{}", {})).status, 401);
  assert.equal((await post("{}", secret, "no-such-app")).status, 404);

  const rotate = (...secrets: string[]) =>
    stack.call("PATCH", `/v1/apps/${app.app_id}`, { app_secrets: secrets });
  assert.equal((await attempt("too early", "another-secret-of-the-app")).status, 401);
  assert.equal((await rotate("another-secret-of-the-app", secret)).json.secrets, 2);
  assert.equal((await attempt("by the old", secret)).status, 200);
  assert.equal((await attempt("by the new", "another-secret-of-the-app")).status, 200);
  assert.equal((await rotate("another-secret-of-the-app")).json.secrets, 1);
  assert.equal((await attempt("too late", secret)).status, 401);
  assert.equal((await attempt("by the new alone", "another-secret-of-the-app")).status, 200);
  await rotate(secret);
  await endpoint.next("the last", (event) => event.message?.text?.body === "by the new alone");
  assert.deepEqual(heard(channels.page2).slice(-3), ["by the old", "by the new", "by the new alone"]);

  const conflict = await stack.call("POST", "/v1/channels", {
    platform: "messenger",
    simulated: true,
    credentials: { page_id: "1", access_token: "t", app_id: app.app_id, app_secret: "another" },
  });
  assert.deepEqual([conflict.status, conflict.json.code, conflict.json.app], [409, "conflict", app.id]);
  assert.match(conflict.json.hint, /PATCH \/v1\/apps\//);
});

test("an app is made, renamed and removed; not while it serves channels", async () => {
  const made = await stack.call("POST", "/v1/apps", {
    app_id: "900000000000009",
    app_secret: "s3cret-of-app-number-nine",
  });
  assert.deepEqual([made.status, made.json.name, made.json.channels], [201, "Meta app 900000000000009", []]);
  assert.ok(!made.text.includes("s3cret-of-app-number-nine"));
  appAnswer.parse(made.json);
  appsAnswer.parse((await stack.call("GET", "/v1/apps")).json);
  const twin = await stack.call("POST", "/v1/apps", {
    app_id: "900000000000009",
    app_secret: "another-secret-of-nine",
  });
  assert.equal(twin.json.code, "conflict");
  const renamed = await stack.call("PATCH", "/v1/apps/900000000000009", { name: "Nine" });
  assert.deepEqual([renamed.json.id, renamed.json.name], [made.json.id, "Nine"]);
  const served = await stack.call("DELETE", `/v1/apps/${app.id}`);
  assert.deepEqual([served.status, served.json.channels.length], [409, 4]);
  assert.equal((await stack.call("DELETE", "/v1/apps/900000000000009")).status, 204);
  assert.equal((await stack.call("GET", "/v1/apps/900000000000009")).status, 404);
  for (const [body, pointer] of [
    [{}, "/app_id"],
    [{ app_id: "nine", app_secret: "s3cret-of-app-number-nine" }, "/app_id"],
    [{ app_id: "9" }, "/app_secret"],
    [{ app_id: "9", app_secrets: [] }, "/app_secrets"],
    [{ app_id: "9", app_secret: "two-secrets-that,are-parted-by-a-comma" }, "/app_secret"],
    [{ app_id: "9", app_secret: "fifteen-letters" }, "/app_secret"],
    [{ app_id: "9", app_secrets: ["s3cret-of-app-number-nine", ""] }, "/app_secrets/1"],
  ] as const) {
    const { status, json } = await stack.call("POST", "/v1/apps", body);
    assert.deepEqual([status, json.errors[0].pointer], [422, pointer], JSON.stringify(body));
  }
});

test("what an app posted just before a kill arrives, also after the next start", async () => {
  const bodies = Array.from({ length: 20 }, (_, index) =>
    envelope("page", said(accounts.page1, `kill ${index}`)),
  );
  for (const body of bodies) assert.equal((await post(body)).status, 200);
  await stack.stop("SIGKILL");
  stack = await startStack({ from: stack });
  const wanted = bodies.map((_, index) => `kill ${index}`);
  const received = () => heard(channels.page1).filter((text) => text.startsWith("kill "));
  await eventually("all twenty", () => (received().length >= wanted.length ? true : undefined));
  assert.deepEqual([...new Set(received())], wanted);
});

test("Messenger's watermarks reach all that was sent until then, and tell each message once", async () => {
  const person = (await stack.simulate("GET", "/people")).json.data.find(
    ({ platform, channel }: Json) => platform === "messenger" && channel === accounts.page1.id,
  );
  await stack.act(person, { act: "say", text: "hello again" });
  await endpoint.next("the window", (event) => event.message?.text?.body === "hello again");
  const ids: string[] = [];
  for (const body of ["one", "two", "three"]) {
    const wish = { from: accounts.page1.id, to: person.address, content: { text: { body } } };
    ids.push((await stack.call("POST", "/v1/messages", wish)).json.id);
  }
  const told = (type: string) =>
    endpoint.delivered
      .map(({ event }) => event)
      .filter((event) => event.type === type && ids.includes(event.message.id))
      .map((event) => event.message.id);
  await eventually("three deliveries", () => (told("message.delivered").length >= 3 ? true : undefined));
  assert.deepEqual(told("message.read"), []);
  await stack.act(person, { act: "read" });
  await eventually("three reads", () => (told("message.read").length >= 3 ? true : undefined));
  await stack.act(person, { act: "say", text: "and goodbye" });
  await endpoint.next("what comes after", (event) => event.message?.text?.body === "and goodbye");
  for (const type of ["message.sent", "message.delivered", "message.read"])
    assert.deepEqual(told(type), ids, type);
});

test("what is said while another app answers is told as standby", async () => {
  const { messaging, ...entry } = said(accounts.page2, "to the other app") as Json;
  assert.equal((await post(envelope("page", { ...entry, standby: messaging }))).status, 200);
  const event = await endpoint.next("standby", ({ type }) => type === "message.standby");
  assert.equal(event.channel.id, channels.page2.id);
  assert.equal(event.message.text.body, "to the other app");
  assert.equal(event.conversation.window.state, "open");
});

test("what a person unsends on Instagram is told, and is nowhere in the gateway's database", async () => {
  const person = (await stack.simulate("GET", "/people")).json.data.find(
    ({ platform, channel }: Json) => platform === "instagram" && channel === accounts.instagram.id,
  );
  const holds = (text: string) =>
    readdirSync(stack.dataDir)
      .filter((name) => name.startsWith("antiphon.db"))
      .some((name) => readFileSync(join(stack.dataDir, name)).includes(text));
  await stack.act(person, { act: "say", text: "CANARY-of-the-unsent" });
  const said = await endpoint.next(
    "the message",
    (event) => event.message?.text?.body === "CANARY-of-the-unsent",
  );
  assert.ok(holds("CANARY-of-the-unsent"));
  const [shown] = (await stack.screen(person)).filter(({ text }) => text === "CANARY-of-the-unsent");
  await stack.act(person, { act: "delete", message: shown.id });
  const told = await endpoint.next("the deletion", (event) => event.type === "message.deleted");
  assert.equal(told.message.id, said.message.id);
  assert.equal((await stack.call("GET", `/v1/messages/${said.message.id}`)).json.status, "deleted");
  assert.equal((await stack.call("GET", `/v1/events/${said.id}`)).json.message.type, "deleted");
  assert.ok(!holds("CANARY-of-the-unsent"));
});
