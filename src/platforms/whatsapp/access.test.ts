import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { addressOf } from "../../../test/support/proof.ts";
import type { Call, InboundRequest, WebhookAddresses } from "../../core/platform.ts";
import { accountFields } from "../meta/account-fields.ts";
import { downloadCall } from "../meta/graph-access.ts";
import { authorize, checkCredentials, verify } from "./access.ts";
import { address } from "./address.ts";
import { download, identify, locate, permissions } from "./media.ts";
import { webhook } from "./webhook.ts";

const credentials = {
  phone_number_id: "106",
  access_token: "EAAtoken",
  app_secret: "old-secret, new-secret",
};
const access = { credentials, baseUrl: "https://graph.facebook.com" };
const rawBody = new TextEncoder().encode('{"text":"\\u00e4 \u{1f600}"}');

function posted(signature: string | string[] | undefined): InboundRequest {
  return { method: "POST", query: {}, headers: { "x-hub-signature-256": signature }, rawBody };
}
function sign(secret: string): string {
  return `sha256=${createHmac("sha256", secret).update(rawBody).digest("hex")}`;
}

test("a webhook signed with either app secret is genuine", () => {
  for (const secret of ["old-secret", "new-secret"]) {
    assert.deepEqual(verify(posted(sign(secret)), credentials, "vt"), { kind: "genuine" });
  }
});

test("a webhook without, with a doubled, a malformed or a foreign signature is forged", () => {
  const good = sign("old-secret");
  const bad = [
    undefined,
    "",
    good.slice(7),
    good.toUpperCase(),
    `${good}0`,
    `${good}, ${good}`,
    [good, good],
    sign("x"),
    sign(""),
  ];
  for (const signature of bad) {
    assert.equal(verify(posted(signature), credentials, "vt").kind, "forged", String(signature));
  }
  assert.equal(verify(posted(sign("")), { ...credentials, app_secret: "" }, "vt").kind, "forged");
});

test("a changed byte is forged", () => {
  const request = { ...posted(sign("old-secret")), rawBody: Uint8Array.from([...rawBody, 32]) };
  assert.equal(verify(request, credentials, "vt").kind, "forged");
});

test("the handshake is answered with its challenge, and only for the right token", () => {
  const handshake = (query: Record<string, string>): InboundRequest => ({
    method: "GET",
    query: { "hub.mode": "subscribe", "hub.verify_token": "vt", "hub.challenge": "1158201444", ...query },
    headers: {},
    rawBody: new Uint8Array(),
  });
  assert.deepEqual(verify(handshake({}), credentials, "vt"), { kind: "challenge", reply: "1158201444" });
  const wrong: Record<string, string>[] = [
    { "hub.mode": "unsubscribe" },
    { "hub.verify_token": "VT" },
    { "hub.verify_token": "" },
    { "hub.challenge": "" },
    { "hub.challenge": "x".repeat(257) },
  ];
  for (const query of wrong) assert.equal(verify(handshake(query), credentials, "vt").kind, "forged");
  assert.equal(verify(handshake({ "hub.verify_token": "" }), credentials, "").kind, "forged");
});

test("other methods are forged", () => {
  assert.equal(verify({ ...posted(sign("old-secret")), method: "PUT" }, credentials, "vt").kind, "forged");
});

test("a message's path gets version and number, and the token goes into the header alone", () => {
  const call = { method: "POST" as const, path: "/messages", body: { type: "text" }, part: "message" };
  const request = authorize(call, access);
  assert.deepEqual(
    { ...request, url: addressOf(request, "old-secret") },
    {
      method: "POST",
      url: "https://graph.facebook.com/v25.0/106/messages proven",
      headers: { authorization: "Bearer EAAtoken", "content-type": "application/json" },
      body: '{"type":"text"}',
    },
  );
  const newer = { ...access, credentials: { ...credentials, graph_version: "v26.0" } };
  assert.match(authorize(call, newer).url, /\/v26\.0\/106\/messages\?/);
});

test("a file is fetched from Meta's hosts and from the base URL's own origin, and from nowhere else", () => {
  const url = (target: string, baseUrl = access.baseUrl) =>
    authorize(downloadCall(target), { ...access, baseUrl }).url;
  for (const target of ["https://lookaside.fbsbx.com/a?b=1&c=%20", "https://scontent.xx.fbcdn.net/v/t1"]) {
    assert.equal(url(target), target);
  }
  const simulated = "http://127.0.0.1:8081/media/1";
  assert.equal(url(simulated, "http://127.0.0.1:8081"), simulated);
  const foreign = [
    simulated,
    "https://evil.example/fbsbx.com",
    "https://fbsbx.com.evil.example/",
    "https://evilfbsbx.com/",
    "http://lookaside.fbsbx.com/",
    "https://lookaside.fbsbx.com:8443/",
    "https://fbsbx.com@evil.example/",
    "not a url",
  ];
  for (const target of foreign) assert.throws(() => url(target), { code: "platform_refused" }, target);
});

test("the way to a file: its id, then the address that the answer names", () => {
  const located = addressOf(authorize(locate("1234"), access), "old-secret");
  assert.equal(located, "https://graph.facebook.com/v25.0/1234 proven");
  assert.equal(locate("../1?x#").path, "/1x");
  const body = JSON.stringify({ url: "https://lookaside.fbsbx.com/f", id: "1234" });
  const found = download({ status: 200, headers: {}, body });
  assert.ok("call" in found && authorize(found.call, access).url === "https://lookaside.fbsbx.com/f");
  const gone = JSON.stringify({ error: { code: 100, message: "Object does not exist" } });
  assert.ok("problem" in download({ status: 400, headers: {}, body: gone }));
  const half = JSON.stringify({ url: "https://lookaside.fbsbx.com/\ud83d" });
  assert.ok("call" in download({ status: 200, headers: {}, body: half }));
  assert.ok("problem" in download({ status: 200, headers: {}, body: "<html>" }));
});

const place = { url: "https://a.example/w", secret: "vt" };

test("pointing webhooks at a URL subscribes the app where the account is known, then points the number's webhook", () => {
  const override = {
    method: "POST",
    path: "/106",
    body: { webhook_configuration: { override_callback_uri: "https://a.example/w", verify_token: "vt" } },
    part: "webhook of the number",
  };
  assert.deepEqual(webhook.point(place, credentials), [override]);
  const calls = webhook.point(place, { ...credentials, waba_id: "77" });
  assert.deepEqual(
    calls.map(({ path }) => path),
    ["/77/subscribed_apps", "/106"],
  );
});

test("a number of an app has its webhooks through the app's one URL, and is asked under the app's name", () => {
  const ofApp = { ...credentials, app_id: "1517", waba_id: "77" };
  const sent = (call: Call) => {
    const request = authorize(call, { ...access, credentials: ofApp });
    return `${addressOf(request, "old-secret")} ${request.headers.authorization}`;
  };
  assert.deepEqual(webhook.point(place, ofApp).map(sent), [
    "https://graph.facebook.com/v25.0/1517/subscriptions proven Bearer 1517|old-secret",
    "https://graph.facebook.com/v25.0/77/subscribed_apps proven Bearer EAAtoken",
    "https://graph.facebook.com/v25.0/106 proven Bearer EAAtoken",
  ]);
  const asked = sent(permissions.call(ofApp)!);
  assert.equal(
    asked,
    "https://graph.facebook.com/v25.0/debug_token?input_token=EAAtoken proven Bearer 1517|old-secret",
  );
});

const [application, account, own] = ["https://app.example/", "https://waba.example/", "https://own.example/"];
const json = (body: object) => ({ status: 200, headers: {}, body: JSON.stringify(body) });
const ofNumber = (webhook_configuration: object) => json({ webhook_configuration, id: "106" });

test("of a number's webhooks the nearest is told, and its own is all that setting one replaces", () => {
  const read = (configuration: object) => webhook.read([ofNumber(configuration)], credentials);
  assert.deepEqual(read({ application }), { url: application, replaced: [], spared: [] });
  const ofAccount = { application, whatsapp_business_account: account };
  assert.deepEqual(read(ofAccount), { url: account, replaced: [], spared: [account] });
  const all = { ...ofAccount, phone_number: own };
  assert.deepEqual(read(all), { url: own, replaced: [own], spared: [account] });
  assert.deepEqual(read({}), { replaced: [], spared: [] });
});

test("setting an app's webhook replaces the app's callback and every override above it", () => {
  const ofApp = { ...credentials, app_id: "1517" };
  assert.deepEqual(
    webhook.inspect(ofApp).map(({ path }) => path),
    ["/106?fields=webhook_configuration", "/app/subscriptions"],
  );
  const data = [
    { object: "page", callback_url: "https://page.example/" },
    { object: "whatsapp_business_account", callback_url: application },
  ];
  const read = (configuration: object, callbacks: object) =>
    webhook.read([ofNumber(configuration), json(callbacks)], ofApp);
  const all = { whatsapp_business_account: account, phone_number: own };
  assert.deepEqual(read(all, { data }), { url: own, replaced: [own, account, application] });
  assert.deepEqual(read({}, { data }), { url: application, replaced: [application] });
  assert.deepEqual(read({}, { data: [] }), { replaced: [] });
  assert.ok("problem" in read({}, { error: { code: 190, message: "No" } }));
});

test("fields that the app is not subscribed to are told, those of messages as a gap, and others' fields are kept", () => {
  const ofApp = { ...credentials, app_id: "1517" };
  const read = (names: string[], configuration: object = {}) => {
    const fields = names.map((name) => ({ name, version: "v25.0" }));
    const data = [{ object: "whatsapp_business_account", callback_url: application, fields }];
    return webhook.read([ofNumber(configuration), json({ data })], ofApp) as WebhookAddresses;
  };
  const all = ["messages", ...accountFields];
  assert.deepEqual([read(all).fields, read(all).lacks], [all, undefined]);
  assert.deepEqual(read(["messages"]).lacks, { fields: [...accountFields], isGap: false });
  assert.deepEqual(read([...accountFields, "calls"]).lacks, { fields: ["messages"], isGap: true });
  assert.equal(read(["calls"], { phone_number: own }).lacks, undefined);
  const [subscribing] = webhook.point(place, ofApp, read(["calls", "messages"]));
  assert.equal(subscribing?.body?.fields, [...all, "calls"].join(","));
});

test("an account's override is left to whoever has it", () => {
  const ofAccount = { ...credentials, waba_id: "77" };
  const now = { url: own, replaced: [own], spared: [account] };
  assert.deepEqual(
    webhook.point(place, ofAccount, now).map(({ path }) => path),
    ["/106"],
  );
});

test("a token without an app asks about itself", () => {
  const request = authorize(permissions.call(credentials)!, access);
  const url = "https://graph.facebook.com/v25.0/debug_token?input_token=EAAtoken proven";
  assert.equal(addressOf(request, "old-secret"), url);
  assert.equal(request.headers.authorization, "Bearer EAAtoken");
  const scopes = ["whatsapp_business_messaging"];
  const body = JSON.stringify({ data: { is_valid: true, scopes } });
  assert.deepEqual(permissions.read({ status: 200, headers: {}, body }, credentials), {
    granted: scopes,
    missing: ["whatsapp_business_management"],
  });
});

test("the number tells its name, or a problem", () => {
  assert.equal(identify.call(credentials).path, "/106?fields=verified_name,display_phone_number");
  const read = (status: number, body: object) =>
    identify.read({ status, headers: {}, body: JSON.stringify(body) });
  assert.deepEqual(read(200, { verified_name: "Shop", display_phone_number: "+1 555" }), {
    name: "Shop",
    handle: "+1 555",
  });
  assert.deepEqual(read(200, { display_phone_number: "+1 555" }), { name: "+1 555", handle: "+1 555" });
  const refused = read(401, { error: { code: 190, message: "Expired" } });
  assert.ok("problem" in refused && refused.problem.code === "190");
});

test("credentials that are missing or malformed are told by their names", () => {
  assert.deepEqual(checkCredentials(credentials), []);
  const problems = checkCredentials({ phone_number_id: "+1 555", access_token: "a\nb", graph_version: "25" });
  assert.deepEqual(
    problems.map(({ pointer, rule }) => `${rule} ${pointer}`),
    [
      "format /credentials/phone_number_id",
      "format /credentials/access_token",
      "required /credentials/app_secret",
      "format /credentials/graph_version",
    ],
  );
});

test("every spelling of a number is one address; a business-scoped user id stays as it is", () => {
  for (const to of ["5511993986082", "+5511993986082", "+55 (11) 99398-6082", " 55.11.99398.6082 "]) {
    assert.deepEqual(address(to), { address: "+5511993986082", aliases: ["5511993986082"], chat: "private" });
  }
  for (const id of ["US.13491208655302741918", "US.ENT.118"]) {
    assert.deepEqual(address(id), { address: id, aliases: [id], chat: "private" });
  }
  for (const to of ["", "abc", "us.123", "0123456789", "12345", "1234567890123456", "US.", "+-"]) {
    const found = address(to);
    assert.ok("problem" in found && found.problem.pointer === "/to", to);
  }
});
