import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { PlatformName } from "../../src/core/platform.ts";
import { eventually } from "../support/eventually.ts";
import { type Stack, send, startStack } from "../support/stack.ts";

let stack: Stack;
before(async () => {
  stack = await startStack();
});
after(() => stack[Symbol.asyncDispose]());

// biome-ignore lint/suspicious/noExplicitAny: what a test expects of an account is its own assertion
type Account = any;

interface Case {
  title: string;
  platform: PlatformName;
  wishes?: object;
  credentials(account: Account): Record<string, string>;
}

const ofApp = ({ app_id, app_secret }: Account) => ({ app_id, app_secret });
const messenger: Case = {
  title: "messenger",
  platform: "messenger",
  credentials: (account) => ({ page_id: account.id, access_token: account.token, ...ofApp(account) }),
};
const linked: Case = {
  title: "instagram by a linked page",
  platform: "instagram",
  credentials: (account) => ({
    instagram_id: account.id,
    page_id: account.page_id,
    access_token: account.token,
    ...ofApp(account),
  }),
};
const whatsapp: Case = {
  title: "whatsapp by its app",
  platform: "whatsapp",
  credentials: (account) => ({
    phone_number_id: account.id,
    access_token: account.token,
    waba_id: account.waba_id,
    ...ofApp(account),
  }),
};
const cases = [messenger, linked, whatsapp];
const wrongSecret = "0123456789abcdef0123456789abcdef";

let serial = 0;
async function newAccount(one: Case): Promise<Account> {
  serial++;
  const page = one === linked ? { page: `Page ${serial}` } : {};
  const wish = { platform: one.platform, app: `App ${serial}`, ...page };
  const { status, json, text } = await stack.simulate("POST", "/accounts", wish);
  assert.equal(status, 201, text);
  return json;
}

const connect = (one: Case, credentials: object) =>
  stack.call("POST", "/v1/channels", { platform: one.platform, simulated: true, credentials });

async function known(): Promise<string> {
  const channels = (await stack.call("GET", "/v1/channels")).json.data;
  const apps = (await stack.call("GET", "/v1/apps")).json.data;
  return JSON.stringify([channels, apps].map((rows) => rows.map(({ id }: Account) => id)));
}

for (const one of cases) {
  test(`${one.title}: a token of another app is refused, and which app's it is is told`, async () => {
    const [first, other] = [await newAccount(one), await newAccount(one)];
    assert.equal((await connect(one, one.credentials(first))).status, 201);
    const before = await known();
    const { app_id, app_secret } = first;
    const own = { ...one.credentials(other), app_id, app_secret };
    const refused = await connect(one, own);
    assert.equal(refused.status, 422, refused.text);
    assert.equal(refused.json.code, "platform_refused");
    assert.equal(refused.json.app_id, other.app_id);
    assert.match(
      refused.json.detail,
      new RegExp(`made for app ${other.app_id} .*not for app ${first.app_id}`),
    );
    assert.match(refused.json.hint, new RegExp(`Give ${other.app_id} as app_id`));
    assert.equal(await known(), before);
  });

  test(`${one.title}: a new app's wrong secret is refused before anything is kept, and the right one is taken then`, async () => {
    const account = await newAccount(one);
    const before = await known();
    const refused = await connect(one, { ...one.credentials(account), app_secret: wrongSecret });
    assert.equal(refused.status, 422, refused.text);
    assert.equal(refused.json.code, "platform_refused");
    assert.match(refused.json.detail, new RegExp(`^The app secret is not that of app ${account.app_id}`));
    assert.ok(!refused.text.includes(wrongSecret));
    assert.equal(await known(), before);
    const made = await connect(one, one.credentials(account));
    assert.equal(made.status, 201, made.text);
  });
}

test("instagram by its own login: a new app's wrong secret is refused too", async () => {
  const account = await newAccount({ ...messenger, platform: "instagram" });
  const { id, token, app_id, app_secret } = account;
  const login: Case = { ...messenger, platform: "instagram" };
  const credentials = { instagram_id: id, access_token: token, app_id };
  const refused = await connect(login, { ...credentials, app_secret: wrongSecret });
  assert.match(refused.json.detail ?? "", /^The app secret is not that of app/, refused.text);
  assert.equal((await connect(login, { ...credentials, app_secret })).status, 201);
});

test("whatsapp by an override: a secret that is not its token's app's is refused", async () => {
  const account = await newAccount(whatsapp);
  const { app_id: _, ...credentials } = whatsapp.credentials(account);
  const refused = await connect(whatsapp, { ...credentials, app_secret: wrongSecret });
  assert.equal(refused.status, 422, refused.text);
  assert.match(refused.json.detail, new RegExp(`^The app secret is not that of app ${account.app_id}`));
  const made = await connect(whatsapp, credentials);
  assert.equal(made.status, 201, made.text);
  const change = { credentials: { app_secret: wrongSecret } };
  const changed = await stack.call("PATCH", `/v1/channels/${made.json.id}`, change);
  assert.equal(changed.status, 422, changed.text);
});

test("an app that was made known with a wrong secret says how to put it right", async () => {
  const account = await newAccount(messenger);
  const { app_id } = account;
  const app = await stack.call("POST", "/v1/apps", { app_id, app_secret: wrongSecret });
  assert.equal(app.status, 201, app.text);
  const { app_secret, ...credentials } = messenger.credentials(account);
  const refused = await connect(messenger, credentials);
  assert.equal(refused.status, 422, refused.text);
  assert.ok(refused.json.hint.includes(`PATCH /v1/apps/${app.json.id}`), refused.text);
  await stack.call("PATCH", `/v1/apps/${app.json.id}`, { app_secrets: [app_secret] });
  assert.equal((await connect(messenger, credentials)).status, 201);
});

test("instagram: a Page that is not the account's is refused, and whose it is is told", async () => {
  const [account, other] = [await newAccount(linked), await newAccount(linked)];
  const own = linked.credentials(account);
  const foreign = { ...linked.credentials(other), instagram_id: account.id };
  const refused = await connect(linked, foreign);
  assert.equal(refused.status, 422, refused.text);
  assert.match(refused.json.detail, new RegExp(`linked to the Instagram account ${other.id}, not to`));
  const page = await newAccount(messenger);
  const none = await connect(linked, {
    ...own,
    page_id: page.id,
    access_token: page.token,
    ...ofApp(page),
  });
  assert.equal(none.status, 422, none.text);
  assert.match(none.json.detail, /shows no linked Instagram account/);
  assert.equal((await connect(linked, own)).status, 201);
});

test("webhooks refused for their signature are told by a check, until the next genuine one or another secret", async () => {
  const check = async (id: string) => (await stack.call("POST", `/v1/channels/${id}/check`)).json;
  const { app_id: _, ...byOverride } = whatsapp.credentials(await newAccount(whatsapp));
  const page = messenger.credentials(await newAccount(messenger));
  const places: [Case, object, (channel: Account) => [string, string, object]][] = [
    [
      whatsapp,
      byOverride,
      ({ id }) => [
        `whatsapp/${id}`,
        `/v1/channels/${id}`,
        { credentials: { access_token: byOverride.access_token } },
      ],
    ],
    [messenger, page, ({ app }) => [`meta/${app}`, `/v1/apps/${app}`, { app_secrets: [page.app_secret] }]],
  ];
  for (const [one, credentials, place] of places) {
    const made = await connect(one, credentials);
    assert.equal(made.status, 201, made.text);
    const [path, owner, change] = place(made.json);
    assert.equal((await check(made.json.id)).refused_webhooks, undefined);
    const forged = { "x-hub-signature-256": `sha256=${"0".repeat(64)}` };
    for (const body of ["{}", "[]"])
      assert.equal((await send(`${stack.url}/webhooks/${path}`, "POST", body, forged)).status, 401);
    const told = await check(made.json.id);
    assert.equal(told.refused_webhooks.count, 2);
    assert.ok(Date.now() - Date.parse(told.refused_webhooks.last_at) < 600_000);
    const said = told.advice.find((sentence: string) => sentence.includes("refused for their signature"));
    assert.ok(said?.includes(`PATCH ${owner} with`), told.advice.join(" "));
    assert.equal((await stack.call("PATCH", owner, change)).status, 200);
    assert.equal((await check(made.json.id)).refused_webhooks, undefined);
  }
});

test("a check tells that the token is the app's; of Instagram Login it says what to look at while nothing arrives", async () => {
  const page = await connect(messenger, messenger.credentials(await newAccount(messenger)));
  const checked = await stack.call("POST", `/v1/channels/${page.json.id}/check`);
  assert.deepEqual(checked.json.app, { state: "ok" });

  const login: Case = { ...messenger, platform: "instagram" };
  const account = await newAccount(login);
  const credentials = { instagram_id: account.id, access_token: account.token, ...ofApp(account) };
  const { json: made } = await connect(login, credentials);
  assert.equal((await stack.call("POST", `/v1/channels/${made.id}/register`)).status, 200);
  const check = async () => (await stack.call("POST", `/v1/channels/${made.id}/check`)).json;
  const silent = await check();
  assert.deepEqual(silent.app, { state: "not_told" });
  assert.equal(silent.advice.length, 1);
  assert.ok(silent.advice[0].includes(`dashboard of app ${account.app_id}`), silent.advice[0]);
  const wish = { platform: "instagram", channel: account.id };
  const person = (await stack.simulate("POST", "/people", wish)).json;
  await stack.act(person, { act: "say", text: "hello" });
  await eventually("no more advice", async () => (await check()).advice.length === 0 || undefined);
});

test("an app's secrets are each given once, and are no longer than any", async () => {
  const secret = "0123456789abcdef";
  const refused = async (app_secrets: string[]) =>
    (await stack.call("POST", "/v1/apps", { app_id: "77001", app_secrets })).json.errors?.[0];
  assert.equal((await refused([secret, secret])).rule, "unique");
  assert.equal((await refused([secret.repeat(17)])).pointer, "/app_secrets/0");
  const made = await stack.call("POST", "/v1/apps", { app_id: "77001", app_secret: secret });
  const again = { app_secrets: [secret, secret] };
  const changed = await stack.call("PATCH", `/v1/apps/${made.json.id}`, again);
  assert.deepEqual([changed.status, changed.json.errors?.[0].rule], [422, "unique"]);
});

test("an app that requires its secret with every call takes all of ours: connecting, registering, sending", async () => {
  const wish = { platform: "whatsapp", app: "Strict", requires_proof: true };
  const number = (await stack.simulate("POST", "/accounts", wish)).json;
  const page = (await stack.simulate("POST", "/accounts", { platform: "messenger", app: "Strict" })).json;
  const profile = { platform: "instagram", app: "Strict", page: page.id };
  const instagram = (await stack.simulate("POST", "/accounts", profile)).json;
  const bare = await send(
    `${stack.simulatorUrl}/v25.0/${page.id}?access_token=${page.token}`,
    "GET",
    undefined,
    {},
  );
  assert.match(bare.text, /require an appsecret_proof argument/, "it does require it");
  const accounts = [
    [whatsapp, number],
    [messenger, page],
    [linked, instagram],
  ] as const;
  for (const [one, account] of accounts) {
    const body = { platform: one.platform, credentials: one.credentials(account), simulated: true };
    const { status, json, text } = await stack.call("POST", "/v1/channels", body);
    assert.equal(status, 201, text);
    const { json: person } = await stack.simulate("POST", "/people", {
      channel: account.id,
      name: "Pia",
      platform: one.platform,
    });
    await stack.act(person, { act: "say", text: "Hello!" });
    const sent = await stack.call("POST", "/v1/messages", {
      from: json.id,
      to: person.address,
      content: { text: { body: one.title } },
    });
    assert.equal(sent.status, 202, sent.text);
    await eventually(`a message ${one.title}`, async () => {
      const shown = await stack.screen(person);
      return shown.some((view: { text?: string }) => JSON.stringify(view).includes(one.title)) || undefined;
    });
    const check = await stack.call("POST", `/v1/channels/${json.id}/check`);
    assert.equal(check.json.credentials.state, "ok", check.text);
  }
});
