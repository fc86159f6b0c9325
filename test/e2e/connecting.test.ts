import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { PlatformName } from "../../src/core/platform.ts";
import { checkAnswer, registerAnswer } from "../../src/http/connection-answers.ts";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { type Stack, send, startStack } from "../support/stack.ts";

let stack: Stack;
let endpoint: Endpoint;
let rival: Server;
let rivalHost = "";
/** What the other program got. */
const taken: string[] = [];

before(async () => {
  stack = await startStack();
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
  rival = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "", "http://rival");
    request.setEncoding("utf8").on("data", (text) => taken.push(text));
    request.on("end", () => response.end(searchParams.get("hub.challenge") ?? ""));
  }).listen(0, "127.0.0.1");
  await once(rival, "listening");
  rivalHost = `127.0.0.1:${(rival.address() as AddressInfo).port}`;
});
after(async () => {
  rival.close();
  await endpoint[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

// biome-ignore lint/suspicious/noExplicitAny: what a test expects of an account is its own assertion
type Account = any;

interface Case {
  title: string;
  platform: PlatformName;
  /** Of a new account. An app of its own, so that no other test's channel goes with it. */
  wishes?(serial: number): object;
  credentials(account: Account): Record<string, string>;
  /** Has another program receive for the account, as its owner would have set it up. */
  occupy(account: Account): Promise<void>;
  handle(account: Account): string;
}

async function platformCall(path: string, body: object, token?: string): Promise<void> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await send(`${stack.simulatorUrl}${path}`, "POST", body, headers);
  assert.equal(answer.status, 200, answer.text);
}

const theirs = { verify_token: "theirs" };
const theirHook = () => `http://${rivalHost}/hook`;

/** The app's callback for `object`, and the subscription of one of its accounts. */
async function occupyApp(account: Account, object: string, node: string, query = "") {
  const fields = ["messages"];
  const wish = { object, callback_url: theirHook(), fields, ...theirs };
  await platformCall(
    `/v25.0/${account.app_id}/subscriptions`,
    wish,
    `${account.app_id}|${account.app_secret}`,
  );
  await platformCall(`/v25.0/${node}/subscribed_apps${query}`, {}, account.token);
}

const ofApp = ({ app_id, app_secret }: Account) => ({ app_id, app_secret });
const numberOf = ({ id, token, app_secret, waba_id }: Account) => ({
  phone_number_id: id,
  access_token: token,
  app_secret,
  waba_id,
});

const telegram: Case = {
  title: "telegram",
  platform: "telegram",
  credentials: ({ token }) => ({ bot_token: token }),
  occupy: ({ token }) => platformCall(`/bot${token}/setWebhook`, { url: theirHook() }),
  handle: ({ username }) => `@${username}`,
};
const whatsapp: Case = {
  title: "whatsapp by an override",
  platform: "whatsapp",
  credentials: numberOf,
  async occupy({ id, token, waba_id }) {
    await platformCall(`/v25.0/${waba_id}/subscribed_apps`, {}, token);
    const webhook_configuration = { override_callback_uri: theirHook(), ...theirs };
    await platformCall(`/v25.0/${id}`, { webhook_configuration }, token);
  },
  handle: ({ display_phone_number }) => display_phone_number,
};
const messenger: Case = {
  title: "messenger",
  platform: "messenger",
  wishes: (serial) => ({ app: `App ${serial}` }),
  credentials: (account) => ({ page_id: account.id, access_token: account.token, ...ofApp(account) }),
  occupy: (account) => occupyApp(account, "page", account.id, "?subscribed_fields=messages"),
  handle: ({ username }) => `m.me/${username}`,
};
const instagram: Case = {
  title: "instagram by its own login",
  platform: "instagram",
  wishes: (serial) => ({ app: `App ${serial}` }),
  credentials: (account) => ({ instagram_id: account.id, access_token: account.token, ...ofApp(account) }),
  occupy: (account) => occupyApp(account, "instagram", account.id, "?subscribed_fields=messages"),
  handle: ({ username }) => `@${username}`,
};
const instagramByPage: Case = {
  title: "instagram by a linked page",
  platform: "instagram",
  wishes: (serial) => ({ app: `App ${serial}`, page: `Page ${serial}` }),
  credentials: (account) => ({
    instagram_id: account.id,
    page_id: account.page_id,
    access_token: account.token,
    ...ofApp(account),
  }),
  occupy: (account) => occupyApp(account, "instagram", account.page_id, "?subscribed_fields=messages"),
  handle: ({ username }) => `@${username}`,
};
const cases: Case[] = [
  telegram,
  whatsapp,
  {
    ...whatsapp,
    title: "whatsapp by its app",
    wishes: (serial) => ({ app: `App ${serial}` }),
    credentials: (account) => ({ ...numberOf(account), ...ofApp(account) }),
    occupy: (account) => occupyApp(account, "whatsapp_business_account", account.waba_id),
  },
  messenger,
  instagram,
  instagramByPage,
];

let serial = 0;
async function newAccount(one: Case, more: object = {}): Promise<Account> {
  serial++;
  const wishes = { platform: one.platform, ...one.wishes?.(serial), ...more };
  const { status, json, text } = await stack.simulate("POST", "/accounts", wishes);
  assert.equal(status, 201, text);
  return json;
}

const connect = (one: Case, account: Account, more: object = {}) =>
  stack.call("POST", "/v1/channels", {
    platform: one.platform,
    simulated: true,
    credentials: one.credentials(account),
    ...more,
  });

/** Waits for a state that the platform has been asked about; gives the reason, empty where there is none. */
async function receiving(id: string, state: string): Promise<string> {
  return eventually(`receiving ${state}`, async () => {
    const { json } = await stack.call("GET", `/v1/channels/${id}`);
    return json.receiving.state === state && json.receiving.reason !== "not registered with its platform yet"
      ? (json.receiving.reason ?? "")
      : undefined;
  });
}

async function newPerson({ platform }: Case, account: Account) {
  return (await stack.simulate("POST", "/people", { platform, channel: account.id })).json;
}

for (const one of cases) {
  test(`${one.title}: what goes to another program stays there until it is taken over`, async () => {
    const account = await newAccount(one);
    await one.occupy(account);
    const made = await connect(one, account);
    assert.equal(made.status, 201, made.text);
    const { id } = made.json;
    const reason = await receiving(id, "waiting");
    assert.match(reason, /^webhook_conflict: /);
    assert.ok(reason.includes(`at host ${rivalHost}`), reason);
    assert.ok(reason.includes(`POST /v1/channels/${id}/register {"take_over":true}`), reason);

    const person = await newPerson(one, account);
    await stack.act(person, { act: "say", text: `to the others, ${one.title}` });
    await eventually(
      "what the other program gets",
      () => taken.some((text) => text.includes(`to the others, ${one.title}`)) || undefined,
    );

    const refused = await stack.call("POST", `/v1/channels/${id}/register`);
    assert.equal(refused.status, 409, refused.text);
    assert.equal(refused.json.code, "webhook_conflict");
    assert.equal(refused.json.host, rivalHost);
    assert.ok(refused.json.detail.includes(rivalHost));
    assert.match(refused.json.hint, /take_over/);

    const checked = await stack.call("POST", `/v1/channels/${id}/check`);
    assert.equal(checked.status, 200, checked.text);
    assert.deepEqual(checked.json.webhook, { state: "other", host: rivalHost });
    assert.equal(checked.json.advice.length, 1, checked.text);
    assert.match(checked.json.advice[0], /take_over/);

    const moved = await stack.call("POST", `/v1/channels/${id}/register`, { take_over: true });
    assert.equal(moved.status, 200, moved.text);
    registerAnswer.parse(moved.json);
    await receiving(id, "ok");
    await stack.act(person, { act: "say", text: `to us, ${one.title}` });
    const event = await endpoint.next(
      "what the person says",
      (told) => told.message?.text?.body === `to us, ${one.title}`,
    );
    assert.equal(event.channel.id, id);
    assert.ok(!taken.some((text) => text.includes(`to us, ${one.title}`)));
  });

  test(`${one.title}: connecting with take_over needs no second request`, async () => {
    const account = await newAccount(one);
    await one.occupy(account);
    const made = await connect(one, account, { take_over: true });
    assert.equal(made.status, 201, made.text);
    await receiving(made.json.id, "ok");
    const again = await stack.call("POST", `/v1/channels/${made.json.id}/register`);
    assert.equal(again.status, 200, again.text);
  });

  test(`${one.title}: a check tells name and number, and changes nothing but when it was looked at last`, async () => {
    const account = await newAccount(one, { name: "Ana's shop" });
    const { json: made } = await connect(one, account);
    await receiving(made.id, "ok");
    const before = await stack.call("GET", `/v1/channels/${made.id}`);
    const { json } = await stack.call("POST", `/v1/channels/${made.id}/check`);
    checkAnswer.parse(json);
    assert.deepEqual(json.credentials, { state: "ok" });
    assert.equal(json.identity.name, "Ana's shop");
    assert.equal(json.identity.handle, one.handle(account));
    // Whose its token is nobody tells: see proving-apps.
    if (one !== instagram) assert.deepEqual(json.advice, []);
    const after = await stack.call("GET", `/v1/channels/${made.id}`);
    const { last_checked, ...health } = after.json.health;
    assert.ok(last_checked >= (before.json.health.last_checked ?? made.created_at), String(last_checked));
    const { last_checked: _, ...healthBefore } = before.json.health;
    assert.deepEqual({ ...after.json, health }, { ...before.json, health: healthBefore });
  });

  test(`${one.title}: an account that was removed and is connected again is no conflict with itself`, async () => {
    const account = await newAccount(one);
    const first = await connect(one, account);
    await receiving(first.json.id, "ok");
    await stack.call("DELETE", `/v1/channels/${first.json.id}`);
    const second = await connect(one, account);
    assert.equal(await receiving(second.json.id, "ok"), "");
  });
}

const byApp = cases.find(({ title }) => title === "whatsapp by its app")!;

test("whatsapp: an app's callback of another program is not lost to a number that was ours by its override", async () => {
  const account = await newAccount(byApp);
  const first = await connect(whatsapp, account);
  await receiving(first.json.id, "ok");
  await stack.call("DELETE", `/v1/channels/${first.json.id}`);
  await byApp.occupy(account);
  const made = await connect(byApp, account);
  assert.equal(made.status, 201, made.text);
  const reason = await receiving(made.json.id, "waiting");
  assert.match(reason, /^webhook_conflict: .*more than this channel/);
  const refused = await stack.call("POST", `/v1/channels/${made.json.id}/register`);
  assert.deepEqual([refused.status, refused.json.host], [409, rivalHost], refused.text);
  const take = await stack.call("POST", `/v1/channels/${made.json.id}/register`, { take_over: true });
  assert.equal(take.status, 200, take.text);
});

test("whatsapp: a number with an override of its own leaves its account's override to another program", async () => {
  const account = await newAccount(whatsapp);
  const made = await connect(whatsapp, account);
  await receiving(made.json.id, "ok");
  const path = `/v25.0/${account.waba_id}/subscribed_apps`;
  await platformCall(path, { override_callback_uri: theirHook(), ...theirs }, account.token);
  const again = await stack.call("POST", `/v1/channels/${made.json.id}/register`);
  assert.equal(again.status, 200, again.text);
  const headers = { authorization: `Bearer ${account.token}` };
  const { json } = await send(`${stack.simulatorUrl}${path}`, "GET", undefined, headers);
  assert.equal(json.data[0].override_callback_uri, theirHook());
});

const lacking: [Case, string, string, (account: Account) => Promise<Account>][] = [
  [messenger, "pages_messaging", "pages_manage_metadata", async (page) => page],
  [whatsapp, "whatsapp_business_management", "whatsapp_business_messaging", async (number) => number],
  // A linked account has its Page's token.
  [
    instagramByPage,
    "instagram_basic,pages_messaging,pages_manage_metadata",
    "instagram_manage_messages",
    async ({ id }) => (await stack.simulate("POST", "/accounts", { platform: "instagram", page: id })).json,
  ],
];
for (const [one, permissions, missing, accountOf] of lacking)
  test(`${one.title}: a check names the permission that the token lacks`, async () => {
    const owner = one === instagramByPage ? messenger : one;
    const account = await accountOf(await newAccount(owner, { permissions }));
    const made = await connect(one, account);
    assert.equal(made.status, 201, made.text);
    const { json } = await stack.call("POST", `/v1/channels/${made.json.id}/check`);
    assert.equal(json.permissions.state, "missing", JSON.stringify(json));
    assert.deepEqual(json.permissions.missing, [missing]);
    assert.ok(json.advice[0].includes(missing), json.advice[0]);
  });

for (const one of cases)
  test(`${one.title}: a revoked token is told by a check, and a new one takes its place`, async () => {
    const account = await newAccount(one);
    const { json: made } = await connect(one, account);
    await receiving(made.id, "ok");
    const { json: renewed } = await stack.simulate("POST", `/accounts/${account.id}/token`);
    const check = async () => (await stack.call("POST", `/v1/channels/${made.id}/check`)).json;
    const revoked = await check();
    checkAnswer.parse(revoked);
    assert.equal(revoked.credentials.state, "refused", JSON.stringify(revoked));
    assert.ok(revoked.credentials.problem.message);
    assert.deepEqual(revoked.webhook, { state: "not_told" });
    assert.match(revoked.advice.join(" "), /token/);
    for (const { token } of [account, renewed]) assert.ok(!JSON.stringify(revoked).includes(token));

    const name = Object.entries(one.credentials(account)).find(([, value]) => value === account.token)![0];
    const credentials = { [name]: renewed.token };
    const changed = await stack.call("PATCH", `/v1/channels/${made.id}`, { credentials });
    assert.equal(changed.status, 200, changed.text);
    await receiving(made.id, "ok");
    assert.deepEqual((await check()).credentials, { state: "ok" });
  });

test("an app secret that somebody could guess is refused before the platform is asked", async () => {
  for (const one of [whatsapp, messenger, instagram]) {
    const account = await newAccount(one);
    for (const app_secret of ["s", "fifteen-letters", `${account.app_secret}, short`]) {
      const { status, json } = await connect(one, { ...account, app_secret });
      const pointers = json.errors?.map(({ pointer }: { pointer: string }) => pointer);
      assert.deepEqual([status, pointers], [422, ["/credentials/app_secret"]], `${one.title}: ${app_secret}`);
    }
  }
});

test("messenger: an app secret that is wrong by now is told with the way to put it right", async () => {
  const account = await newAccount(messenger);
  const made = await connect(messenger, account);
  assert.equal(made.status, 201, made.text);
  await receiving(made.json.id, "ok");
  const wrong = { app_secrets: ["0123456789abcdef0123456789abcdef"] };
  assert.equal((await stack.call("PATCH", `/v1/apps/${made.json.app}`, wrong)).status, 200);
  const check = async () => (await stack.call("POST", `/v1/channels/${made.json.id}/check`)).json;
  const way = `PATCH /v1/apps/${made.json.app} with {"app_secrets": […]}`;
  const { advice } = await check();
  assert.ok(
    advice.some((sentence: string) => sentence.includes(way)),
    advice.join(" "),
  );
  const change = { app_secrets: [account.app_secret] };
  assert.equal((await stack.call("PATCH", `/v1/apps/${made.json.app}`, change)).status, 200);
  await receiving(made.json.id, "ok");
  assert.deepEqual((await check()).advice, []);
});

test("instagram by its own login: what its token may do is told by nobody", async () => {
  const one = instagram;
  const made = await connect(one, await newAccount(one));
  const { json } = await stack.call("POST", `/v1/channels/${made.json.id}/check`);
  assert.deepEqual(json.permissions, { state: "not_told", granted: [], missing: [] });
});

test("other credentials take the old ones' place only for the same account, and only when the platform takes them", async () => {
  const [account, other] = [await newAccount(whatsapp), await newAccount(whatsapp)];
  const { json: made } = await connect(whatsapp, account);
  await receiving(made.id, "ok");
  const change = (credentials: object) => stack.call("PATCH", `/v1/channels/${made.id}`, { credentials });

  const refused = await change({ access_token: "EAAwrongtoken1234567890" });
  assert.equal(refused.status, 422, refused.text);
  assert.equal(refused.json.code, "platform_refused");
  const foreign = await change({ phone_number_id: other.id, access_token: other.token });
  assert.equal(foreign.status, 409, foreign.text);
  assert.ok(foreign.json.detail.includes(account.id));
  const app = await change({ app_id: "123" });
  assert.equal(app.status, 422, app.text);
  assert.equal(app.json.errors[0].pointer, "/credentials/app_id");
  const misspelt = await change({ acess_token: account.token });
  assert.equal(misspelt.json.errors?.[0].pointer, "/credentials/acess_token", misspelt.text);
  const checked = await stack.call("POST", `/v1/channels/${made.id}/check`);
  assert.deepEqual(checked.json.credentials, { state: "ok" });

  const taken = await change({ access_token: account.token, waba_id: "" });
  assert.equal(taken.status, 200, taken.text);
  assert.deepEqual([...taken.json.credentials].sort(), ["access_token", "app_secret", "phone_number_id"]);
  await receiving(made.id, "ok");
});

test("telegram: of two programs that poll one bot the newcomer yields, unless it takes over", async () => {
  const account = await newAccount(telegram);
  const stop = new AbortController();
  const refusals: string[] = [];
  const polling = pollLikeOthers(account.token, refusals, stop.signal);
  const made = await connect(telegram, account);
  const refused = await stack.call("POST", `/v1/channels/${made.json.id}/register`);
  assert.equal(refused.status, 409, refused.text);
  assert.equal(refused.json.code, "webhook_conflict");
  assert.equal(refused.json.host, undefined);
  assert.match(refused.json.detail, /another program, which polls it too/);
  assert.match(await receiving(made.json.id, "waiting"), /^webhook_conflict: .*polls it too/);

  const before = refusals.length;
  const moved = await stack.call("POST", `/v1/channels/${made.json.id}/register`, { take_over: true });
  assert.equal(moved.status, 200, moved.text);
  assert.deepEqual(moved.json, { polling: true, state: "none" });
  await eventually("the end of the other's request", () => refusals.length > before || undefined);
  stop.abort();
  await polling;
  await receiving(made.json.id, "ok");
});

/** Another program that goes on polling after each refusal, as most do. */
async function pollLikeOthers(token: string, refusals: string[], signal: AbortSignal): Promise<void> {
  const url = `${stack.simulatorUrl}/bot${token}/getUpdates`;
  while (!signal.aborted) {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ timeout: 1 });
    const answer = await fetch(url, { method: "POST", headers, body });
    const { ok, description } = (await answer.json()) as { ok: boolean; description: string };
    if (!ok) refusals.push(description);
  }
}
