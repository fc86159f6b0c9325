import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type MetaAccount, metaAccount, pageEntry, postToApp } from "../support/meta-app.ts";
import {
  entry,
  envelope,
  type MetaNumber,
  postSigned,
  signature,
  whatsappNumber,
} from "../support/meta-webhook.ts";
import { type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let number: MetaNumber;
let page: MetaAccount;
let profile: MetaAccount;
let bot: string;
before(async () => {
  stack = await startStack({ env: { LOG_LEVEL: "warn" } });
  number = await whatsappNumber(stack);
  page = await metaAccount(stack, "messenger");
  profile = await metaAccount(stack, "instagram");
  const channels = (await stack.call("GET", "/v1/channels")).json.data;
  bot = channels.find((one: { platform: string }) => one.platform === "telegram").id;
});
after(() => stack[Symbol.asyncDispose]());

const meta = "x-hub-signature-256";
const telegram = "x-telegram-bot-api-secret-token";
const person = "7400000000000001";
const marker = "never to be told";
const text = (id: string, body: string) => ({
  contacts: [{ profile: { name: "Rita" }, wa_id: "15557650001" }],
  messages: [
    {
      from: "15557650001",
      id,
      timestamp: String(Math.floor(Date.now() / 1000)),
      type: "text",
      text: { body },
    },
  ],
});

/** Every address that takes webhooks, with a body that would be told if it were genuine, and what signs it. */
function doors(): { path: string; body: string; header: string; secret?: string }[] {
  const paged = (account: MetaAccount, object: string) => ({
    path: `/webhooks/meta/${account.app}`,
    body: JSON.stringify({
      object,
      entry: [pageEntry(account, person, { message: { mid: "m_forged", text: marker } })],
    }),
    header: meta,
    secret: account.appSecret,
  });
  return [
    {
      path: `/webhooks/whatsapp/${number.channelId}`,
      body: envelope(entry(number, text("wamid.FORGED", marker))),
      header: meta,
      secret: number.appSecret,
    },
    paged(page, "page"),
    paged(profile, "instagram"),
    { ...paged(page, "page"), path: `/webhooks/messenger/${page.channelId}` },
    { ...paged(profile, "instagram"), path: `/webhooks/instagram/${profile.channelId}` },
    {
      path: `/webhooks/telegram/${bot}`,
      body: JSON.stringify({
        update_id: 1,
        message: { message_id: 1, date: 1, chat: { id: 5, type: "private" }, text: marker },
      }),
      header: telegram,
    },
  ];
}

/** Header lines as they are written, several of one name too. */
function post(path: string, body: string, headers: [string, string][]): Promise<number> {
  return new Promise((resolve, reject) => {
    const lines = ["content-type", "application/json", "host", "localhost", ...headers.flat()];
    const sending = httpRequest(`${stack.url}${path}`, { method: "POST", headers: lines }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sending.once("error", reject);
    sending.end(body);
  });
}

/** What forgers try, given what a genuine one would carry. */
function attempts(header: string, good: string): [string, string][][] {
  const hex = good.slice("sha256=".length);
  const values = [
    "",
    " ",
    "sha256=",
    "sha256",
    "=",
    hex,
    good.toUpperCase(),
    `SHA256=${hex}`,
    `sha1=${hex.slice(0, 40)}`,
    `sha512=${hex}${hex}`,
    good.slice(0, -1),
    `${good}0`,
    `${good} ${good}`,
    `${good},${good}`,
    `${good};${good}`,
    `sha256=${"0".repeat(64)}`,
    `sha256=${"g".repeat(64)}`,
    `sha256=${hex.slice(0, 62)}é`,
    `sha256= ${hex}`,
    `sha256=0x${hex}`,
    "null",
    "undefined",
    "[object Object]",
    "x".repeat(8_000),
    "\u00ff".repeat(64),
  ];
  const bad = `sha256=${"0".repeat(64)}`;
  return [
    [],
    ...values.map((value): [string, string][] => [[header, value]]),
    [
      [header, good],
      [header, good],
    ],
    [
      [header, good],
      [header, bad],
    ],
    [
      [header, bad],
      [header, good],
    ],
    [["x-hub-signature", good]],
    [["x_hub_signature_256", good]],
    [["authorization", `Bearer ${stack.key}`]],
  ];
}

test("a forged, missing, doubled or malformed signature is a 401 at every door, and nothing of it is told", async (t) => {
  let count = 0;
  for (const { path, body, header, secret } of doors()) {
    // Signed over one byte more: as near as a forger without the secret comes.
    const near = signature(secret ?? "guess", `${body} `);
    const forms = attempts(header, secret ? signature(secret, body) : near).filter(
      (headers) =>
        !(
          secret &&
          headers.length === 1 &&
          headers[0]![1].trim() === signature(secret, body) &&
          headers[0]![0] === header
        ),
    );
    for (const headers of [...forms, [[header, near]] as [string, string][]]) {
      const status = await post(path, body, headers);
      assert.equal(status, 401, `${path} ${JSON.stringify(headers).slice(0, 200)}`);
      count++;
    }
  }
  const { json } = await stack.call("GET", "/v1/events?limit=200");
  assert.ok(!JSON.stringify(json).includes(marker));
  assert.doesNotMatch(stack.stderr, /"level":"error"|TypeError|RangeError/);
  t.diagnostic(`${count} refused at ${doors().length} doors, none with an error in the log`);
});

test("a webhook that comes again and again, at once and later, is one event", async (t) => {
  const replays = 60;
  const body = envelope(entry(number, text("wamid.REPLAYED", "hello once")));
  const parts = [pageEntry(page, person, { message: { mid: "m_replayed", text: "page once" } })];
  const both = () => [postSigned(stack, number, body), postToApp(stack, page, ...parts)];
  const answers = await Promise.all(Array.from({ length: replays }, both).flat());
  assert.ok(answers.every(({ status }) => status === 200));
  const told = async () => {
    const { json } = await stack.call("GET", "/v1/events?type=message.received&limit=200");
    return json.data.map((event: { message: { text?: { body: string } } }) => event.message.text?.body);
  };
  const settled = () =>
    eventually("all read", async () => {
      const { text: metrics } = await stack.call("GET", "/metrics");
      return /^antiphon_(?:payloads_undigested|app_payloads_unrouted) [^0]/m.test(metrics) ? undefined : true;
    });
  await settled();
  for (const again of both()) assert.equal((await again).status, 200);
  await settled();
  const texts = await told();
  t.diagnostic(
    `${2 * replays + 2} posts, ${texts.filter((one: string) => / once$/.test(one)).length} events`,
  );
  for (const once of ["hello once", "page once"])
    assert.equal(texts.filter((one: string) => one === once).length, 1, once);
});
