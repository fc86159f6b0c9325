import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
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
  platform: "telegram" | "whatsapp";
  credentials(account: Account): Record<string, string>;
  /** Has another program receive for the account, as its owner would have set it up. */
  occupy(account: Account): Promise<void>;
  handle(account: Account): string;
}

async function platformCall(path: string, body: object, token?: string): Promise<void> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await send(`${stack.simulatorUrl}${path}`, "POST", body, headers as Record<string, string>);
  assert.equal(answer.status, 200, answer.text);
}

const cases: Case[] = [
  {
    platform: "telegram",
    credentials: ({ token }) => ({ bot_token: token }),
    occupy: ({ token }) => platformCall(`/bot${token}/setWebhook`, { url: `http://${rivalHost}/hook` }),
    handle: ({ username }) => `@${username}`,
  },
  {
    platform: "whatsapp",
    credentials: ({ id, token, app_secret, waba_id }) => ({
      phone_number_id: id,
      access_token: token,
      app_secret,
      waba_id,
    }),
    async occupy({ id, token, waba_id }) {
      await platformCall(`/v25.0/${waba_id}/subscribed_apps`, {}, token);
      const webhook_configuration = {
        override_callback_uri: `http://${rivalHost}/hook`,
        verify_token: "theirs",
      };
      await platformCall(`/v25.0/${id}`, { webhook_configuration }, token);
    },
    handle: ({ display_phone_number }) => display_phone_number,
  },
];

async function newAccount({ platform }: Case, wishes: object = {}): Promise<Account> {
  return (await stack.simulate("POST", "/accounts", { platform, ...wishes })).json;
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
  test(`${one.platform}: what goes to another program stays there until it is taken over`, async () => {
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
    await stack.act(person, { act: "say", text: `to the other ${one.platform} program` });
    await eventually(
      "what the other program gets",
      () => taken.some((text) => text.includes(`to the other ${one.platform} program`)) || undefined,
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
    await receiving(id, "ok");
    await stack.act(person, { act: "say", text: `to us on ${one.platform}` });
    const event = await endpoint.next(
      "what the person says",
      (told) => told.message?.text?.body === `to us on ${one.platform}`,
    );
    assert.equal(event.channel.id, id);
    assert.ok(!taken.some((text) => text.includes("to us")));
  });

  test(`${one.platform}: connecting with take_over needs no second request`, async () => {
    const account = await newAccount(one);
    await one.occupy(account);
    const made = await connect(one, account, { take_over: true });
    assert.equal(made.status, 201, made.text);
    await receiving(made.json.id, "ok");
    const again = await stack.call("POST", `/v1/channels/${made.json.id}/register`);
    assert.equal(again.status, 200, again.text);
  });

  test(`${one.platform}: a check tells name and number, and changes nothing`, async () => {
    const account = await newAccount(one, { name: "Ana's shop" });
    const { json: made } = await connect(one, account);
    await receiving(made.id, "ok");
    const before = await stack.call("GET", `/v1/channels/${made.id}`);
    const { json } = await stack.call("POST", `/v1/channels/${made.id}/check`);
    assert.deepEqual(json.credentials, { state: "ok" });
    assert.equal(json.identity.name, "Ana's shop");
    assert.equal(json.identity.handle, one.handle(account));
    assert.deepEqual(json.advice, []);
    const after = await stack.call("GET", `/v1/channels/${made.id}`);
    assert.deepEqual(after.json, before.json);
  });

  test(`${one.platform}: an account that was removed and is connected again is no conflict with itself`, async () => {
    const account = await newAccount(one);
    const first = await connect(one, account);
    await receiving(first.json.id, "ok");
    await stack.call("DELETE", `/v1/channels/${first.json.id}`);
    const second = await connect(one, account);
    assert.equal(await receiving(second.json.id, "ok"), "");
  });
}

test("other credentials take the old ones' place only for the same account, and only when the platform takes them", async () => {
  const whatsapp = cases[1]!;
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
  const account = await newAccount(cases[0]!);
  const stop = new AbortController();
  const refusals: string[] = [];
  const polling = pollLikeOthers(account.token, refusals, stop.signal);
  const made = await connect(cases[0]!, account);
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
