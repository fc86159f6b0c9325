import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { freePort, type Stack, send, spawnStack, startStack } from "../support/stack.ts";
import { HostilePlatform } from "./hostile-platform.ts";
import { type Canaries, spellings, tracesBelow, tracesIn } from "./traces.ts";

const unique = (name: string) => `${name}${randomBytes(12).toString("hex")}`;
const digits = (count: number) => Array.from(randomBytes(count), (byte) => String(byte % 9)).join("");

/** What opens something: found nowhere at all. */
const secrets = {
  "WhatsApp's token": unique("EAAwa"),
  "Messenger's token": unique("EAApage"),
  "Instagram's token": unique("EAAig"),
  "Telegram's token": `71${digits(8)}:AA${unique("H")}`,
  "the app's secret": unique("5ec"),
  "the app's former secret": unique("0ld"),
  "the secret of an app of its own": unique("own"),
  "the API key": unique("api-key-"),
  "the master key": randomBytes(32).toString("base64"),
} satisfies Canaries;
const proofOf = (token: string, secret: string) => createHmac("sha256", secret).update(token).digest("hex");
/** What calls carry to prove a secret. */
const proofs: Canaries = {
  "WhatsApp's proof": proofOf(secrets["WhatsApp's token"], secrets["the secret of an app of its own"]),
  "Messenger's proof": proofOf(secrets["Messenger's token"], secrets["the app's secret"]),
  "Instagram's proof": proofOf(secrets["Instagram's token"], secrets["the app's secret"]),
};
/** What is somebody's: in the database, and told by no log, error or metric. */
const personal = {
  // Where webhooks go is a setting and no secret: GET /v1/endpoints tells it.
  "the way of a URL": unique("urlsecret"),
  "a phone number": `4917${digits(9)}`,
  "another phone number": `3519${digits(8)}`,
  "a name": `Zoë ${unique("Quill")}`,
  "a text that was sent": `Grüße ${unique("sent")} 😀`,
  "a text that came": `Olá ${unique("came")} "quoted"`,
  "a text in a broken request": unique("broken"),
  "a caption": unique("caption"),
} satisfies Canaries;
/** What stands in the address of a request that comes to nothing, and nowhere else: no part of it is kept. */
const addressed = {
  "a leaked key that somebody means to revoke": `ak_${digits(12)}_${randomBytes(32).toString("hex")}_${randomBytes(4).toString("hex")}`,
  "the number of somebody who is to be erased": `4479${digits(9)}`,
  "a name for an id": unique("addressed"),
} satisfies Canaries;
const ids = {
  app: "9001",
  number: "9002",
  page: "9003",
  instagram: "9004",
  bot: secrets["Telegram's token"].split(":")[0]!,
};
const apiKey = { ANTIPHON_API_KEY: secrets["the API key"] };

/** All that may be heard of the gateway from outside, but for what it answers to those who ask rightly. */
class Ear {
  readonly stacks: Stack[] = [];
  /** What was asked for, and what came of it. */
  readonly answers: { asked: string; text: string }[] = [];

  get log(): string {
    return this.stacks.map(({ stdout, stderr }) => stdout + stderr).join("\n");
  }

  async refused(stack: Stack, ...[method, path, body, headers]: Parameters<Stack["call"]>) {
    const { status, text } = await stack.call(method, path, body, headers);
    assert.ok(status >= 400, `${method} ${path.slice(0, 20)} was taken: ${status}`);
    this.answers.push({
      asked: `${decodeURI(path)} ${JSON.stringify(body)} ${JSON.stringify(headers)}`,
      text,
    });
  }
}

/** A customer's endpoint that is out of order and answers with all that it was sent. */
async function echoingEndpoint() {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    heard.count++;
    response.writeHead(500).end(`${request.url} ${request.rawHeaders.join(" ")} ${Buffer.concat(chunks)}`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const heard = {
    count: 0,
    url: `http://127.0.0.1:${port}/hook?key=${personal["the way of a URL"]}`,
    close: () => server.close(),
  };
  return heard;
}

async function connect(stack: Stack): Promise<Record<string, string>> {
  const app_secret = `${secrets["the app's secret"]},${secrets["the app's former secret"]}`;
  const wishes = {
    whatsapp: {
      phone_number_id: ids.number,
      access_token: secrets["WhatsApp's token"],
      app_secret: secrets["the secret of an app of its own"],
    },
    messenger: { page_id: ids.page, access_token: secrets["Messenger's token"], app_id: ids.app, app_secret },
    instagram: {
      instagram_id: ids.instagram,
      page_id: ids.page,
      access_token: secrets["Instagram's token"],
      app_id: ids.app,
    },
    telegram: { bot_token: secrets["Telegram's token"] },
  };
  const channels: Record<string, string> = {};
  for (const [platform, credentials] of Object.entries(wishes)) {
    const { status, json, text } = await stack.call(
      "POST",
      "/v1/channels",
      { platform, credentials, simulated: true },
      {
        "idempotency-key": `${platform}-${personal["a phone number"]}`,
      },
    );
    assert.equal(status, 201, text);
    channels[platform] = json.id;
  }
  return channels;
}

function inboundOfWhatsapp(id: string) {
  const from = personal["a phone number"];
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: personal["another phone number"], phone_number_id: ids.number },
    contacts: [{ profile: { name: personal["a name"] }, wa_id: from }],
    messages: [
      { from, id, timestamp: "1795000000", type: "text", text: { body: personal["a text that came"] } },
    ],
    // What no rule reads is kept and told in the log by its place.
    novelties: [{ [personal["a text in a broken request"]]: personal["a caption"] }],
  };
  return JSON.stringify({
    object: "whatsapp_business_account",
    entry: [
      {
        id: "1",
        changes: [
          { field: "messages", value },
          { field: personal["a caption"], value: {} },
        ],
      },
    ],
  });
}

async function webhook(stack: Stack, channel: string, body: string, secret: string) {
  const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  return send(`${stack.url}/webhooks/whatsapp/${channel}`, "POST", body, {
    "x-hub-signature-256": signature,
  });
}

const to = (platform: string) => (platform === "whatsapp" ? `+${personal["a phone number"]}` : "4242");

/** A message a platform; WhatsApp's and Telegram's have no window that would keep them. */
async function sendAll(stack: Stack, channels: Record<string, string>) {
  const sent: string[] = [];
  for (const platform of ["whatsapp", "telegram", "messenger", "instagram"]) {
    const body = {
      from: channels[platform],
      to: to(platform),
      content: { text: { body: personal["a text that was sent"] } },
    };
    const { status, json, text } = await stack.call("POST", "/v1/messages", body, {
      "idempotency-key": unique("k"),
    });
    assert.equal(status, 202, text);
    sent.push(json.id);
  }
  return sent;
}

/** Secrets, numbers and texts where they do not belong. */
async function askWrongly(ear: Ear, stack: Stack, channels: Record<string, string>) {
  const token = secrets["WhatsApp's token"];
  const text = personal["a text in a broken request"];
  const message = (change: object) => ({
    from: channels.whatsapp,
    to: to("whatsapp"),
    content: { text: { body: text } },
    ...change,
  });
  const wrongly: [method: string, path: string, body?: unknown, headers?: Record<string, string>][] = [
    ["GET", `/v1/channels/${token}`],
    ["GET", `/v1/${token}`],
    ["GET", `/v1/messages?cursor=${token}`],
    ["GET", `/v1/messages?${token}=1`],
    ["GET", `/v1/messages/${personal["a phone number"]}`],
    ["GET", `/v1/channels/${personal["a phone number"]}`],
    ["POST", "/v1/messages", `{"content": {"text": {"body": "${text}`],
    ["POST", "/v1/messages", `"${token}"`],
    ["POST", "/v1/messages", message({ from: token })],
    ["POST", "/v1/messages", message({ to: text })],
    ["POST", "/v1/messages", message({ to: `${personal["a phone number"]}x` })],
    ["POST", "/v1/messages", message({ [token]: 1 })],
    ["POST", "/v1/messages", message({ adapt: text })],
    ["POST", "/v1/messages", message({ content: { [text]: { body: "x" } } })],
    [
      "POST",
      "/v1/messages",
      message({ content: { image: { link: `ftp://x/${personal["the way of a URL"]}` } } }),
    ],
    ["POST", "/v1/messages", message({ content: { text: { body: text.repeat(2_000) } } })],
    [
      "POST",
      "/v1/messages",
      message({}),
      { "idempotency-key": `${personal["a phone number"]}\u00e9${"x".repeat(300)}` },
    ],
    ["POST", "/v1/channels", { platform: token, credentials: {} }],
    ["POST", "/v1/channels", { platform: "whatsapp", credentials: { [token]: token } }],
    ["POST", "/v1/channels", { platform: "telegram", credentials: { bot_token: `${token} ` } }],
    [
      "PATCH",
      `/v1/channels/${channels.whatsapp}`,
      { credentials: { phone_number_id: personal["a phone number"] } },
    ],
    ["POST", "/v1/apps", { app_id: token }],
    ["POST", "/v1/apps", { app_id: "1", app_secret: `${token} ` }],
    ["POST", "/v1/endpoints", { url: `https://user:${personal["the way of a URL"]}@example.com/` }],
    ["POST", "/v1/endpoints", { url: `ftp://example.com/${personal["the way of a URL"]}` }],
    ["POST", "/v1/endpoints", { url: personal["the way of a URL"] }],
    ["POST", "/v1/endpoints", { url: "https://example.com/", events: [token] }],
    ["POST", "/v1/endpoints", { url: "https://example.com/", channels: [token] }],
    ["GET", `/v1/media/${token}`],
    ["DELETE", `/v1/keys/${secrets["the API key"]}`],
    ["DELETE", `/v1/channels/${token}`],
    ...Object.values(addressed).flatMap((id): [string, string, unknown?][] => [
      ["DELETE", `/v1/keys/${id}`],
      ["PATCH", `/v1/keys/${id}`, { name: "x" }],
      ["POST", `/v1/keys/${id}/rotate`],
      ["DELETE", `/v1/contacts/${id}`],
      ["DELETE", `/v1/contacts/+${id}`],
      ["GET", `/v1/contacts/${id}/export`],
      ["PATCH", `/v1/channels/${id}`, { name: "x" }],
      ["POST", `/v1/channels/${id}/check`],
      ["DELETE", `/v1/apps/${id}`],
      ["DELETE", `/v1/endpoints/${id}`],
      ["DELETE", `/v1/endpoints/${id}/replays/${id}`],
      ["POST", `/v1/deliveries/${id}/retry`],
      ["POST", `/v1/messages/${id}/cancel`],
      ["POST", `/v1/messages/${id}/resolve`, { outcome: "sent" }],
    ]),
    ["GET", "/v1/channels", undefined, { authorization: `Bearer ${token}` }],
    ["GET", "/v1/channels", undefined, { authorization: "", "x-api-key": `${secrets["the API key"]}x` }],
    ["POST", `/v25.0/${token}/messages`, { to: personal["a phone number"], text: { body: text } }],
    [
      "POST",
      `/v25.0/${ids.number}/messages`,
      { messaging_product: "whatsapp", to: text, type: text, text: { body: text } },
    ],
    ["POST", `/webhooks/whatsapp/${token}`, "{}"],
    [
      "GET",
      `/webhooks/whatsapp/${channels.whatsapp}?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=${token}`,
    ],
    [
      "POST",
      `/webhooks/whatsapp/${channels.whatsapp}`,
      inboundOfWhatsapp("forged"),
      { "x-hub-signature-256": token },
    ],
    ["POST", `/webhooks/telegram/${channels.telegram}`, "{}", { "x-telegram-bot-api-secret-token": token }],
  ];
  for (const [method, path, body, headers] of wrongly) await ear.refused(stack, method, path, body, headers);
}

test("planted tokens, secrets, numbers, names and texts are in no log, no error and no metric, and no secret is in the data folder", async (t) => {
  const platform = new HostilePlatform(ids);
  const endpoint = await echoingEndpoint();
  const keys = mkdtempSync(join(tmpdir(), "antiphon-keys-"));
  const keyFile = join(keys, "secret-key");
  writeFileSync(keyFile, `${secrets["the master key"]}\n`, { mode: 0o600 });
  t.after(() => {
    platform.close();
    endpoint.close();
    rmSync(keys, { recursive: true });
  });
  const env = {
    ...apiKey,
    ANTIPHON_SECRET_KEY_FILE: keyFile,
    ANTIPHON_ALLOW_PRIVATE_ENDPOINTS: "true",
    LOG_LEVEL: "debug",
  };
  const ear = new Ear();
  const place = {
    port: await freePort(),
    simulatorPort: await platform.listen(),
    dataDir: mkdtempSync(join(tmpdir(), "antiphon-canary-")),
  };
  t.after(() => rmSync(place.dataDir, { recursive: true, force: true }));
  const start = async () => {
    const stack = await startStack({ command: "serve", env, from: (ear.stacks.at(-1) ?? place) as Stack });
    ear.stacks.push(stack);
    t.after(() => stack.stop("SIGKILL"));
    return stack;
  };
  const made: Canaries = { ...proofs };

  let stack = await start();
  const channels = await connect(stack);
  const [app] = (await stack.call("GET", "/v1/apps")).json.data;
  made["the app's verify token"] = app.verify_token;
  const created = await stack.call(
    "POST",
    "/v1/endpoints",
    { url: endpoint.url },
    { "idempotency-key": "endpoint" },
  );
  assert.equal(created.status, 201, created.text);
  made["the endpoint's secret"] = created.json.secret.replace("whsec_", "");
  const ownSecret = secrets["the secret of an app of its own"];
  for (const id of ["in.1", "in.2"])
    assert.equal((await webhook(stack, channels.whatsapp!, inboundOfWhatsapp(id), ownSecret)).status, 200);
  const from = { id: 4242, is_bot: false, first_name: personal["a name"] };
  const message = {
    message_id: 1,
    date: 1_795_000_000,
    chat: { id: 4242, type: "private" },
    from,
    text: personal["a text that came"],
  };
  platform.updates.push(
    { update_id: 1, message },
    { update_id: 2, [personal["a caption"]]: { text: personal["a text that came"] } },
  );
  await eventually("what came", async () => {
    const { json } = await stack.call("GET", "/v1/events?type=message.received");
    return json.data.length >= 3 || undefined;
  });
  await sendAll(stack, channels);
  await eventually("good sends", () => platform.sent >= 2 || undefined);
  platform.mood = "echo";
  await sendAll(stack, channels);
  await eventually("errors that repeat all", () => platform.echoed >= 6 || undefined);
  for (const id of Object.values(channels)) await stack.call("POST", `/v1/channels/${id}/register`);
  for (const id of Object.values(channels)) await stack.call("POST", `/v1/channels/${id}/check`);
  await ear.refused(stack, "PATCH", `/v1/channels/${channels.telegram}`, {
    credentials: { bot_token: secrets["Telegram's token"] },
  });
  await askWrongly(ear, stack, channels);
  await eventually("deliveries to an endpoint that repeats them", () => endpoint.count >= 3 || undefined);
  platform.mood = "break off";
  await sendAll(stack, channels);
  const watched = async () => {
    for (const path of ["/metrics", "/readyz", "/healthz"])
      ear.answers.push({ asked: path, text: (await stack.call("GET", path)).text });
    const audit = await stack.call("GET", "/v1/audit?limit=200");
    assert.ok(audit.json.data.length > 50, "what was refused is told");
    assert.deepEqual(
      tracesIn(audit.text, { ...secrets, ...made, ...personal, ...addressed }),
      [],
      "in the audit log",
    );
  };
  await watched();
  await stack.stop("SIGKILL");
  const afterKill = tracesBelow(place.dataDir, { ...secrets, ...made, ...addressed });

  stack = await start();
  platform.mood = "good";
  const again = await stack.call(
    "POST",
    "/v1/endpoints",
    { url: endpoint.url },
    { "idempotency-key": "endpoint" },
  );
  assert.equal(again.text, created.text);
  await ear.refused(stack, "POST", "/v1/secrets/rotate");
  await sendAll(stack, channels);
  await watched();
  const whileRunning = tracesBelow(place.dataDir, { ...secrets, ...made, ...addressed });
  assert.equal(await stack.stop(), 0);

  writeFileSync(keyFile, `${randomBytes(32).toString("base64")}\n`);
  const wrong = await spawnStack({ command: "serve", env, from: stack });
  await wrong.ended;
  ear.stacks.push(wrong);
  const wrongEnv = {
    ...env,
    ANTIPHON_SECRET_KEY_FILE: "",
    ANTIPHON_SECRET_KEY: `${secrets["the master key"]}x`,
    ANTIPHON_API_KEY: `${secrets["the API key"]}\n`,
  };
  const mistaken = await spawnStack({ command: "serve", env: wrongEnv, from: stack });
  await mistaken.ended;
  ear.stacks.push(mistaken);

  const all = { ...secrets, ...made, ...personal, ...addressed };
  t.diagnostic(
    `${ear.answers.length} answers to wrong requests, ${platform.echoed} errors and ${endpoint.count} answers that repeat what they got, ${ear.log.split("\n").length} lines of log`,
  );
  assert.deepEqual(
    [afterKill, whileRunning, tracesBelow(place.dataDir, { ...secrets, ...made, ...addressed })],
    [[], [], []],
  );
  assert.deepEqual(tracesIn(ear.log, all), [], "in the log");
  // A refusal may name the value that is wrong to whoever has just sent it, and nothing of anybody else; a secret never.
  const told = ear.answers.flatMap(({ asked, text }) => {
    const own = tracesIn(asked.replaceAll('\\"', '"'), { ...personal, ...addressed });
    return tracesIn(text, all)
      .filter((name) => !own.includes(name))
      .map((name) => `${name} in ${text}`);
  });
  assert.deepEqual(told, [], "in an answer");
  assert.doesNotMatch(ear.log, /\[not listed\]/);

  // That it looks where something would be, and knows it when it sees it.
  assert.ok(ear.log.split("\n").length > 50);
  const texts = { sent: personal["a text that was sent"], came: personal["a text that came"] };
  const inData = tracesBelow(place.dataDir, texts).map((found) => found.split(" ")[0]);
  assert.deepEqual([...new Set(inData)].sort(), ["came", "sent"], "texts are kept in plain");
});

test("the search finds a canary in each spelling, between whatever stands beside it", () => {
  const canaries = { planted: 'ção "x" 😀 4915112345678' };
  const spelled = [
    ...spellings(canaries.planted),
    JSON.stringify({ text: canaries.planted }),
    JSON.stringify(JSON.stringify({ text: canaries.planted })).replaceAll("\\\\\\", "\\"),
    ...["", "a", "ab"].map((before) => Buffer.from(`${before}${canaries.planted}zz`).toString("base64")),
    Buffer.from(`--${canaries.planted}--`).toString("hex"),
  ];
  for (const text of spelled)
    assert.deepEqual(tracesIn(`{"level":"info","msg":"${text}"}`, canaries), ["planted"], text);
  assert.deepEqual(tracesIn("nothing of it", canaries), []);
});
