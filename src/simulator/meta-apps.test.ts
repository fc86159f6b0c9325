import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { Inbox, type Loose, Rig } from "./rig.ts";

const rig = new Rig();
let inbox: Inbox;
let page: Loose;
let number: Loose;
const appToken = () => `${page.app_id}|${page.app_secret}`;
const subscriptions = () => `/v25.0/${page.app_id}/subscriptions`;
const subscribe = (object: string, fields: string, more: object = {}) =>
  rig.call(
    "POST",
    subscriptions(),
    { object, fields, callback_url: inbox.url, verify_token: "verify-me", ...more },
    appToken(),
  );
const make = async (what: "accounts" | "people", wishes: object): Promise<Loose> =>
  (await rig.call("POST", `/simulator/${what}`, wishes)).body;
const say = (person: Loose, text: string) => rig.act(person, { act: "say", text });

before(async () => {
  await rig.start();
  inbox = await new Inbox().open();
  page = await rig.account("messenger");
  number = await rig.account("whatsapp");
});
after(async () => {
  await inbox.close();
  await rig.remove();
});

describe("simulated Meta apps", () => {
  it("are one for all first accounts of a folder, and others where they are wished for", async () => {
    const instagram = await rig.account("instagram");
    assert.deepEqual([instagram.app_id, number.app_id], [page.app_id, page.app_id]);
    assert.deepEqual([instagram.app_secret, number.app_secret], [page.app_secret, page.app_secret]);
    const other = await make("accounts", { platform: "messenger", app: "Other app" });
    const joined = await make("accounts", { platform: "whatsapp", app: "Other app" });
    const byId = await make("accounts", { platform: "instagram", app: other.app_id });
    assert.notEqual(other.app_id, page.app_id);
    assert.notEqual(other.app_secret, page.app_secret);
    assert.deepEqual([joined.app_id, byId.app_id], [other.app_id, other.app_id]);
    const fresh = await make("accounts", { platform: "messenger", app: "12345678" });
    assert.equal(fresh.app_id, "12345678");
  });

  it("subscribe to an object once its URL has answered the challenge, with the app's own token only", async () => {
    const refused: [Promise<Loose>, number, RegExp][] = [
      [subscribe("page", "messages", { verify_token: "wrong" }), 2200, /Callback verification failed/],
      [subscribe("page", "messages,message_seen"), 100, /Param fields\[1\] must be one of \{feed, /],
      [subscribe("instagram", "message_echoes"), 100, /Param fields\[0\] must be one of/],
      [subscribe("user", "messages"), 100, /Param object must be one of/],
      [subscribe("page", ""), 100, /fields is required/],
      [subscribe("page", "messages", { callback_url: "here" }), 100, /callback_url should represent/],
      [rig.call("GET", subscriptions(), undefined, page.token), 15, /app access_token/],
    ];
    for (const [asked, code, sentence] of refused) {
      const { status, body } = await asked;
      assert.deepEqual([status, body.error.code], [400, code], JSON.stringify(body));
      assert.match(body.error.message, sentence);
    }
    assert.deepEqual((await rig.call("GET", subscriptions(), undefined, appToken())).body, { data: [] });
    assert.deepEqual((await subscribe("page", "messages,messaging_postbacks")).body, { success: true });
    const { body } = await rig.call(
      "GET",
      `${subscriptions()}?access_token=${encodeURIComponent(appToken())}`,
    );
    assert.deepEqual(body.data, [
      {
        object: "page",
        callback_url: inbox.url,
        active: true,
        fields: [
          { name: "messages", version: "v25.0" },
          { name: "messaging_postbacks", version: "v25.0" },
        ],
      },
    ]);
    const less = await rig.call(
      "DELETE",
      `${subscriptions()}?object=page&fields=messages`,
      undefined,
      appToken(),
    );
    assert.deepEqual(less.body, { success: true });
    const left = (await rig.call("GET", subscriptions(), undefined, appToken())).body.data[0].fields;
    assert.deepEqual(left, [{ name: "messaging_postbacks", version: "v25.0" }]);
    await rig.call("DELETE", subscriptions(), undefined, appToken());
    assert.deepEqual((await rig.call("GET", subscriptions(), undefined, appToken())).body, { data: [] });
  });

  it("hear of a page only where the app and the page are both subscribed to the field", async () => {
    const [ana] = await rig.people("messenger");
    const path = `/v25.0/${page.id}/subscribed_apps`;
    await say(ana, "nobody listens");
    await subscribe("page", "messages,message_reads");
    await say(ana, "the page does not tell");
    const unknown = await rig.call("POST", `${path}?subscribed_fields=comments`, undefined, page.token);
    assert.match(unknown.body.error.message, /Param subscribed_fields\[0\] must be one of/);
    await rig.call("POST", `${path}?subscribed_fields=message_reads`, undefined, page.token);
    await say(ana, "not of messages");
    await rig.call("POST", path, { subscribed_fields: ["messages"] }, page.token);
    assert.deepEqual((await rig.call("GET", path, undefined, page.token)).body.data, [
      { link: "", name: "Simulated app 1", id: page.app_id, subscribed_fields: ["messages"] },
    ]);
    await say(ana, "now");
    await rig.call("DELETE", path, undefined, page.token);
    assert.deepEqual((await rig.call("GET", path, undefined, page.token)).body, { data: [] });
    await say(ana, "no longer");
    await rig.call("POST", path, { subscribed_fields: ["messages"] }, page.token);
    await say(ana, "again");
    const texts = (await inbox.first(2)).map((post) => post.body.entry[0].messaging[0].message.text);
    assert.deepEqual(texts, ["now", "again"]);
  });

  it("put the events of several pages into one POST, each under its own entry", async () => {
    const second = await make("accounts", { platform: "messenger", name: "Second page" });
    const cy = await make("people", { platform: "messenger", channel: second.id, name: "Cy" });
    const [ana] = await rig.people("messenger");
    const path = `/v25.0/${second.id}/subscribed_apps?subscribed_fields=messages`;
    await rig.call("POST", path, undefined, second.token);
    const from = inbox.posts.length;
    await rig.call("POST", "/simulator/faults", {
      kind: "batch_webhooks",
      platform: "messenger",
      size: 3,
      count: 1,
    });
    await say(ana, "a");
    await say(cy, "b");
    await say(ana, "c");
    const [post] = (await inbox.first(from + 1)).slice(from);
    const told = post?.body.entry.map((entry: Loose) => [entry.id, entry.messaging[0].message.text]);
    assert.deepEqual(told, [
      [page.id, "a"],
      [second.id, "b"],
      [page.id, "c"],
    ]);
    const expected = createHmac("sha256", page.app_secret)
      .update(post?.raw ?? "")
      .digest("hex");
    assert.equal(post?.headers["x-hub-signature-256"], `sha256=${expected}`);
  });

  it("hear of a WhatsApp number that has no override of its own", async () => {
    const [ana] = await rig.people("whatsapp");
    await rig.call("POST", `/v25.0/${number.waba_id}/subscribed_apps`, undefined, number.token);
    await subscribe("whatsapp_business_account", "messages");
    const from = inbox.posts.length;
    await say(ana, "hello");
    const [post] = (await inbox.first(from + 1)).slice(from);
    assert.equal(post?.body.entry[0].changes[0].value.metadata.phone_number_id, number.id);
    const path = `/v25.0/${number.id}`;
    const shown = () => rig.call("GET", `${path}?fields=webhook_configuration`, undefined, number.token);
    assert.deepEqual((await shown()).body.webhook_configuration, { application: inbox.url });
    const own = { override_callback_uri: `${inbox.url}/own`, verify_token: "verify-me" };
    await rig.call("POST", path, { webhook_configuration: own }, number.token);
    assert.deepEqual((await shown()).body.webhook_configuration, {
      application: inbox.url,
      phone_number: `${inbox.url}/own`,
    });
  });

  it("are told what a token may do", async () => {
    const ask = (token: string, asking = appToken()) =>
      rig.call("GET", `/v25.0/debug_token?input_token=${token}`, undefined, asking);
    const { data } = (await ask(page.token)).body;
    assert.deepEqual(
      [data.is_valid, data.type, data.app_id, data.profile_id],
      [true, "PAGE", page.app_id, page.id],
    );
    assert.ok(data.scopes.includes("pages_messaging") && data.scopes.includes("pages_manage_metadata"));
    const none = await ask("nonsense");
    assert.deepEqual([none.status, none.body.data.is_valid, none.body.data.scopes], [200, false, []]);
    assert.match((await ask(page.token, page.token)).body.error.message, /must provide an app access token/);
    const other = await make("accounts", { platform: "messenger", app: "A third app" });
    assert.match((await ask(other.token)).body.error.message, /did not match the Viewing App/);
    const mine = await rig.call("GET", "/v25.0/me/permissions", undefined, number.token);
    assert.deepEqual(mine.body.data[0], { permission: "whatsapp_business_management", status: "granted" });
    assert.equal((await ask(number.token, number.token)).body.data.type, "SYSTEM_USER");
  });

  it("may do nothing that their token lacks a permission for", async () => {
    const permissions = "pages_show_list";
    const poor = await make("accounts", { platform: "messenger", permissions });
    const cy = await make("people", { platform: "messenger", channel: poor.id, name: "Cy" });
    await say(cy, "hi");
    const body = { recipient: { id: cy.address }, message: { text: "hi" } };
    const sent = await rig.call("POST", `/v25.0/${poor.id}/messages`, body, poor.token);
    assert.deepEqual([sent.status, sent.body.error.code], [403, 10]);
    const path = `/v25.0/${poor.id}/subscribed_apps?subscribed_fields=messages`;
    assert.equal((await rig.call("POST", path, undefined, poor.token)).body.error.code, 10);
    const half = await make("accounts", { platform: "messenger", permissions: "pages_manage_metadata" });
    const fields = "feed,messages";
    const refused = await rig.call(
      "POST",
      `/v25.0/${half.id}/subscribed_apps?subscribed_fields=${fields}`,
      undefined,
      half.token,
    );
    assert.deepEqual([refused.status, refused.body.error.code], [403, 200]);
    assert.match(
      refused.body.error.message,
      /^\(#200\) To subscribe to the messages field, .*: pages_messaging\.$/,
    );
    const asked = await rig.call(
      "GET",
      `/v25.0/debug_token?input_token=${poor.token}`,
      undefined,
      appToken(),
    );
    assert.deepEqual(asked.body.data.scopes, ["pages_show_list"]);
  });

  it("keep their subscriptions over a restart, and hide their tokens in the log of calls", async () => {
    await rig.restart();
    const { body } = await rig.call("GET", subscriptions(), undefined, appToken());
    assert.deepEqual(
      body.data.map(({ object }: Loose) => object),
      ["page", "whatsapp_business_account"],
    );
    const log = JSON.stringify((await rig.call("GET", "/simulator/calls?limit=1000")).body);
    for (const secret of [page.app_secret, page.token, "verify-me"]) assert.ok(!log.includes(secret), secret);
  });
});
