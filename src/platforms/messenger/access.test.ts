import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { addressOf } from "../../../test/support/proof.ts";
import type { Call, HttpResponse } from "../../core/platform.ts";
import { messenger } from "./index.ts";

const { authorize, checkCredentials, address, identify, permissions, webhook, media, verify } = messenger;
const credentials = {
  page_id: "682498302938465",
  access_token: "EAApage",
  app_id: "1517",
  app_secret: "new-secret,old-secret",
};
const access = { credentials, baseUrl: "https://graph.facebook.com" };
const answer = (status: number, body: unknown): HttpResponse => ({
  status,
  headers: {},
  body: JSON.stringify(body),
});
const asSent = (call: Call) => {
  const request = authorize(call, access);
  return [addressOf(request, "new-secret"), request.headers.authorization];
};

test("a message leaves from the Page's node, and the token stands in the header alone", () => {
  const call = { method: "POST" as const, path: "/messages", body: { recipient: { id: "1" } }, part: "text" };
  const request = authorize(call, access);
  assert.deepEqual(
    { ...request, url: addressOf(request, "new-secret") },
    {
      method: "POST",
      url: "https://graph.facebook.com/v25.0/682498302938465/messages proven",
      headers: { authorization: "Bearer EAApage", "content-type": "application/json" },
      body: '{"recipient":{"id":"1"}}',
    },
  );
  const newer = { ...access, credentials: { ...credentials, graph_version: "v26.0" } };
  assert.match(authorize(call, newer).url, /\/v26\.0\/682498302938465\/messages\?/);
});

test("the app's own calls carry the app's token, with the newest of its secrets", () => {
  assert.deepEqual(asSent(webhook.inspect(credentials)[0]!), [
    "https://graph.facebook.com/v25.0/1517/subscriptions proven",
    "Bearer 1517|new-secret",
  ]);
});

test("the token is asked about under the app's name, and no stored call holds it", () => {
  const call = permissions.call(credentials)!;
  assert.ok(!JSON.stringify(call).includes("EAApage"));
  assert.deepEqual(asSent(call), [
    "https://graph.facebook.com/v25.0/debug_token?input_token=EAApage proven",
    "Bearer 1517|new-secret",
  ]);
});

test("a token's permissions are told, and which of the needed ones it lacks", () => {
  const scopes = ["pages_show_list", "pages_messaging"];
  assert.deepEqual(permissions.read(answer(200, { data: { is_valid: true, scopes } }), credentials), {
    granted: scopes,
    missing: ["pages_manage_metadata"],
  });
  const ended = {
    data: { is_valid: false, error: { code: 190, message: "Session has expired" }, scopes: [] },
  };
  const problems = [
    answer(200, ended),
    answer(400, { error: { code: 100, message: "No" } }),
    answer(200, {}),
  ].map((response) => permissions.read(response, credentials));
  assert.deepEqual(
    problems.map((one) => "problem" in one && one.problem.code),
    ["190", "100", "http_200"],
  );
});

test("webhooks are set for the app and then for the Page, and never ask for feedback buttons", () => {
  const url = "https://a.example/webhooks/meta/1";
  const [app, page, ...more] = webhook.point({ url, secret: "vt" }, credentials);
  assert.deepEqual(more, []);
  assert.deepEqual(
    [app?.path, app?.body?.object, app?.body?.callback_url, app?.body?.verify_token],
    ["/app/subscriptions", "page", url, "vt"],
  );
  const [path, fields] = page!.path.split("?subscribed_fields=");
  assert.equal(path, "/682498302938465/subscribed_apps");
  assert.equal(fields, app?.body?.fields);
  for (const field of ["messages", "messaging_postbacks", "message_echoes", "message_reads", "standby"]) {
    assert.ok(fields?.split(",").includes(field), field);
  }
  assert.ok(!fields?.includes("feedback"));
});

test("where the app's webhooks go is told for Pages alone", () => {
  const read = (status: number, body: object) => webhook.read([answer(status, body)], credentials);
  const data = [
    { object: "instagram", callback_url: "https://b.example/", active: true },
    { object: "page", callback_url: "https://a.example/", active: true },
  ];
  assert.deepEqual(read(200, { data }), { url: "https://a.example/", replaced: ["https://a.example/"] });
  assert.deepEqual(read(200, { data: data.slice(0, 1) }), { replaced: [] });
  assert.ok("problem" in read(400, { error: { code: 190, message: "No" } }));
  assert.ok("problem" in read(200, {}));
});

test("the Page tells its name and its address, or a problem", () => {
  assert.equal(identify.call(credentials).path, "/682498302938465?fields=name,username");
  assert.deepEqual(identify.read(answer(200, { name: "Shop", username: "shop", id: "1" }), credentials), {
    name: "Shop",
    handle: "m.me/shop",
  });
  assert.deepEqual(identify.read(answer(200, { name: "Shop" }), credentials), { name: "Shop" });
  const refused = identify.read(answer(400, { error: { code: 190, message: "Expired" } }), credentials);
  assert.ok("problem" in refused && refused.problem.code === "190");
});

test("a file is fetched without the token, from Meta's hosts and the base URL's own origin alone", () => {
  const sent = (url: string, baseUrl = access.baseUrl) =>
    authorize(media.locate(url), { ...access, baseUrl });
  const file = "https://scontent.xx.fbcdn.net/v/t1?oh=a&oe=%20";
  assert.deepEqual(sent(file), { method: "GET", url: file, headers: {} });
  assert.equal(sent("https://scontent.cdninstagram.com/a").url, "https://scontent.cdninstagram.com/a");
  assert.equal(sent("http://127.0.0.1:8081/f", "http://127.0.0.1:8081").url, "http://127.0.0.1:8081/f");
  for (const url of [
    "https://evil.example/",
    "http://scontent.xx.fbcdn.net/a",
    "http://169.254.169.254/",
    "x",
  ]) {
    assert.throws(() => sent(url), { code: "platform_refused" }, url);
  }
});

test("a webhook is genuine by either secret of the app", () => {
  const rawBody = new TextEncoder().encode('{"object":"page"}');
  const kindOf = (secret: string) => {
    const signature = `sha256=${createHmac("sha256", secret).update(rawBody).digest("hex")}`;
    const request = { method: "POST", query: {}, headers: { "x-hub-signature-256": signature }, rawBody };
    return verify(request, credentials, "vt").kind;
  };
  assert.deepEqual(["new-secret", "old-secret", "other", ""].map(kindOf), [
    "genuine",
    "genuine",
    "forged",
    "forged",
  ]);
});

test("credentials that are missing or malformed are told by their names", () => {
  assert.deepEqual(checkCredentials(credentials), []);
  const wrong = { page_id: "my page", access_token: "a\nb", app_secret: "ä", graph_version: "25" };
  assert.deepEqual(
    checkCredentials(wrong).map(({ pointer, rule }) => `${rule} ${pointer}`),
    [
      "format /credentials/page_id",
      "format /credentials/access_token",
      "required /credentials/app_id",
      "format /credentials/app_secret",
      "format /credentials/graph_version",
    ],
  );
});

test("a contact is named by digits, and by nothing else", () => {
  assert.deepEqual(address(" 254105938465123 "), {
    address: "254105938465123",
    aliases: ["254105938465123"],
    chat: "private",
  });
  assert.ok(!("problem" in address(messenger.sampleAddress)));
  for (const to of ["", "+254", "anna", "254 105", "1".repeat(33), "m_1"]) {
    const found = address(to);
    assert.ok("problem" in found && found.problem.pointer === "/to", to);
  }
});
