import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { entry, envelope, type MetaNumber, postSigned, whatsappNumber } from "../support/meta-webhook.ts";
import { type Answer, type Stack, send, startStack } from "../support/stack.ts";
import { Chance } from "./chance.ts";
import { mutated } from "./mutate.ts";
import { again, seed } from "./run.ts";
import { credentials, seeds } from "./seeds.ts";

const posts = 1_000;
const underWay = 8;

let stack: Stack;
let number: MetaNumber;
let endpoint: Endpoint;
/** The app of the page and the profile: one address for both. */
let app: { id: string; secret: string };
/** The fixtures' own ids, and whose channels they are here, so that events come of what is left whole. */
const ids = new Map<string, string>();

before(async () => {
  stack = await startStack({ env: { LOG_LEVEL: "info" } });
  number = await whatsappNumber(stack);
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
  const [{ id: appId }] = (await stack.call("GET", "/v1/apps")).json.data;
  for (const { platform, id, app_secret } of (await stack.simulate("GET", "/accounts")).json.data) {
    if (platform === "messenger") app = { id: appId, secret: app_secret };
    ids.set(platform, id);
  }
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

/** Who writes in the fixtures. */
const contacts = { whatsapp: "16505551234", messenger: "254105938465123", instagram: "907418492283041" };

const everySeed = Object.values(seeds).flat();

function ours(text: string): string {
  const { whatsapp, messenger, instagram } = credentials;
  const pairs = [
    [whatsapp.phone_number_id, ids.get("whatsapp")],
    [messenger.page_id, ids.get("messenger")],
    [instagram.instagram_id, ids.get("instagram")],
  ];
  return pairs.reduce((whole, [theirs, own]) => whole.replaceAll(theirs!, own!), text);
}

/** Bytes as they might come, UTF-8 or not, signed by whoever owns the address, at times wrongly. */
function changedPost(chance: Chance): { title: string; send: () => Promise<Answer>; expected: number[] } {
  const isApp = chance.once(2);
  const [path, secret] = isApp
    ? [`/webhooks/meta/${app.id}`, app.secret]
    : [`/webhooks/whatsapp/${number.channelId}`, number.appSecret];
  const text = ours(mutated(chance, chance.of(everySeed), chance.of(everySeed)));
  const bytes = Buffer.from(text);
  if (chance.once(10) && bytes.length > 0) bytes[chance.int(bytes.length)] = 0xff;
  const isForged = chance.once(10);
  const signed = createHmac("sha256", isForged ? "another" : secret)
    .update(bytes)
    .digest("hex");
  const headers = {
    "x-hub-signature-256": `sha256=${signed}`,
    "content-type": chance.of(["application/json", "application/json; charset=utf-8", "text/plain", "a/b"]),
  };
  return {
    title: `${path} ${JSON.stringify(headers)}\n${text}`,
    send: () => send(stack.url + path, "POST", bytes, headers),
    expected: isForged ? [401] : [200],
  };
}

test(`${posts} broken webhooks are all answered and taken or refused, and a good one behind them arrives`, async (t) => {
  t.diagnostic(`ANTIPHON_FUZZ_SEED=${seed}`);
  const chance = new Chance(seed);
  for (let index = 0; index < posts; index += underWay) {
    const batch = Array.from({ length: underWay }, () => changedPost(chance));
    const answers = await Promise.all(batch.map((one) => one.send()));
    for (const [place, { title, expected }] of batch.entries()) {
      const { status, text } = answers[place]!;
      assert.ok(expected.includes(status), again(`${status} ${text}`, index + place, title));
    }
  }
  const from = "15557770001";
  const good = {
    from,
    id: "wamid.GOOD",
    timestamp: "1795305550",
    type: "text",
    text: { body: "still here" },
  };
  const rita = [{ profile: { name: "Rita" }, wa_id: from }];
  const whole = envelope(entry(number, { contacts: rita, messages: [good] }));
  assert.equal((await postSigned(stack, number, whole)).status, 200);
  const event = await endpoint.next("the good one", ({ message }) => message?.text?.body === "still here");
  assert.equal(event.type, "message.received");
  const backlog = /^antiphon_(?:payloads_undigested|app_payloads_unrouted)(?:\{[^}]*\})? [^0]/m;
  await eventually("every payload read", async () => {
    const { text } = await stack.call("GET", "/metrics");
    for (const name of ["payloads_undigested", "app_payloads_unrouted"]) assert.ok(text.includes(name), text);
    return backlog.test(text) ? undefined : true;
  });
  assert.equal((await stack.call("GET", "/readyz")).status, 200);
  for (const [platform, contact] of Object.entries(contacts))
    await endpoint.next(
      `something whole of ${platform}`,
      ({ channel, message }) => channel.platform === platform && message?.from?.endsWith(contact),
    );
  assert.doesNotMatch(stack.stderr, /could not be (?:read|routed|digested)/);
});
