import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf } from "../../../test/support/proof.ts";
import type { Call, Credentials, HttpResponse } from "../../core/platform.ts";
import { instagram } from "./index.ts";

const { app, authorize, checkCredentials, identify, permissions, webhook, naturalId, defaultBaseUrl } =
  instagram;

/** Instagram Login: no Page. */
const own = {
  instagram_id: "17841405822304914",
  access_token: "IGAAtoken",
  app_id: "1517",
  app_secret: "secret, instagram-secret",
};
/** Facebook Login: through the Page that the account is linked to. */
const linked = { ...own, page_id: "682498302938465", access_token: "EAApage" };
const answer = (body: unknown): HttpResponse => ({ status: 200, headers: {}, body: JSON.stringify(body) });
const send: Call = { method: "POST", path: "/messages", body: {}, part: "text" };
const sent = (call: Call, credentials: Credentials, baseUrl = defaultBaseUrl(credentials)) => {
  const request = authorize(call, { credentials, baseUrl });
  return [addressOf(request, "secret"), request.headers.authorization];
};

test("an account of Instagram Login sends by its own node on Instagram's host, where no proof of a secret is known", () => {
  assert.deepEqual(sent(send, own), [
    "https://graph.instagram.com/v25.0/17841405822304914/messages",
    "Bearer IGAAtoken",
  ]);
});

test("an account that is linked to a Page sends by the Page's node on Facebook's host", () => {
  assert.deepEqual(sent(send, linked), [
    "https://graph.facebook.com/v25.0/682498302938465/messages proven",
    "Bearer EAApage",
  ]);
});

test("the app's own calls go to Facebook's host, or to a simulator's with all the others", () => {
  const inspect = webhook.inspect(own)[0]!;
  const token = "Bearer 1517|secret";
  assert.deepEqual(sent(inspect, own), ["https://graph.facebook.com/v25.0/1517/subscriptions proven", token]);
  assert.deepEqual(sent(inspect, linked), [
    "https://graph.facebook.com/v25.0/1517/subscriptions proven",
    token,
  ]);
  assert.deepEqual(sent(inspect, own, "http://127.0.0.1:8081"), [
    "http://127.0.0.1:8081/v25.0/1517/subscriptions proven",
    token,
  ]);
});

test("either way the channel is the account, whose id stands in the webhooks", () => {
  assert.equal(naturalId(own), "17841405822304914");
  assert.equal(naturalId(linked), "17841405822304914");
});

test("the account tells its name; a token of another account tells which one it is", () => {
  assert.equal(identify.call(own).path, "/me?fields=user_id,username,name");
  const linkedPath = "/682498302938465?fields=instagram_business_account{id,username,name}";
  assert.equal(identify.call(linked).path, linkedPath);
  const told = { id: "999", user_id: "17841405822304914", username: "shop", name: "The Shop" };
  assert.deepEqual(identify.read(answer(told), own), { name: "The Shop", handle: "@shop" });
  const page = (account: object) => answer({ id: "682498302938465", instagram_business_account: account });
  const shop = { id: "17841405822304914", username: "shop" };
  assert.deepEqual(identify.read(page(shop), linked), { name: "@shop", handle: "@shop" });
  const other = identify.read(answer({ ...told, user_id: "17841400000000000" }), own);
  assert.ok("problem" in other && other.problem.hint?.includes("17841400000000000"));
});

test("a Page proves its link to the account: one of another account, or of none, is told", () => {
  const another = answer({ id: "682498302938465", instagram_business_account: { id: "17841400000000000" } });
  const told = identify.read(another, linked);
  assert.ok("problem" in told && told.problem.message.includes("linked to the Instagram account 178414000"));
  const none = identify.read(answer({ id: "682498302938465" }), linked);
  assert.ok("problem" in none && none.problem.message.includes("shows no linked Instagram account"));
});

test("which app a token is of is asked for a linked account alone, with the token itself", () => {
  assert.equal(app.ofToken.call(own), null);
  const asked = app.ofToken.call(linked)!;
  assert.deepEqual(sent(asked, linked), ["https://graph.facebook.com/v25.0/app", "Bearer EAApage"]);
  assert.deepEqual(app.ofToken.read(answer({ id: "1517", name: "Shop" })), { id: "1517", name: "Shop" });
  assert.ok("problem" in app.ofToken.read(answer({ success: true })));
});

test("an account of Instagram Login is subscribed itself, a linked one through its Page", () => {
  const subscribed = (credentials: Credentials) => {
    const [app, account] = webhook.point({ url: "https://a.example/w", secret: "vt" }, credentials);
    const [path, fields] = account!.path.split("?subscribed_fields=");
    return { object: app?.body?.object, path, fields: fields?.split(",") ?? [] };
  };
  const direct = subscribed(own);
  assert.deepEqual([direct.object, direct.path], ["instagram", "/17841405822304914/subscribed_apps"]);
  assert.ok(direct.fields.includes("messaging_seen") && !direct.fields.includes("message_echoes"));
  const paged = subscribed(linked);
  assert.deepEqual([paged.object, paged.path], ["instagram", "/682498302938465/subscribed_apps"]);
  // The Page may be a channel of its own: what it is subscribed to must not be lost.
  assert.ok(paged.fields.includes("messaging_postbacks") && !paged.fields.includes("messaging_seen"));
});

test("permissions can be asked for a linked account alone", () => {
  assert.equal(permissions.call(own), null);
  const scopes = ["instagram_basic", "pages_manage_metadata", "pages_messaging"];
  assert.deepEqual(permissions.read(answer({ data: { is_valid: true, scopes } }), linked), {
    granted: scopes,
    missing: ["instagram_manage_messages"],
  });
});

test("a Page is not needed, all else is", () => {
  assert.deepEqual(checkCredentials(own), []);
  assert.deepEqual(checkCredentials(linked), []);
  const missing = checkCredentials({ page_id: "1" }).map(({ pointer, rule }) => `${rule} ${pointer}`);
  assert.deepEqual(missing, [
    "required /credentials/instagram_id",
    "required /credentials/access_token",
    "required /credentials/app_id",
    "required /credentials/app_secret",
  ]);
});
