import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { Inbox, type Loose, type Posted, Rig } from "./rig.ts";

const hour = 3_600_000;
let now = Date.UTC(2026, 10, 21, 12);
const rig = new Rig({ now: () => now });
let inbox: Inbox;
let page: Loose;
let ana: Loose;
let ben: Loose;

const fields = [
  "messages",
  "messaging_postbacks",
  "message_echoes",
  "message_deliveries",
  "message_reads",
  "message_reactions",
  "message_edits",
];
const appToken = () => `${page.app_id}|${page.app_secret}`;
const subscribeApp = (more: object = {}) =>
  rig.call(
    "POST",
    `/v25.0/${page.app_id}/subscriptions`,
    { object: "page", callback_url: inbox.url, verify_token: "verify-me", fields, ...more },
    appToken(),
  );
const send = (message: object, more: object = {}) =>
  rig.call(
    "POST",
    `/v25.0/${page.id}/messages`,
    { recipient: { id: ana.address }, messaging_type: "RESPONSE", message, ...more },
    page.token,
  );
const sendOne = async (message: object, more: object = {}) => {
  const answer = await send(message, more);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.message_id as string;
};
const event = (post: Posted | undefined): Loose => post?.body.entry[0].messaging[0];
const isOwn = (one: Loose) => !one.message?.is_echo && !one.delivery;
/** Acts and gives the event that the business hears of, leaving out what it hears of its own messages. */
async function hear(act: object, person = ana): Promise<Loose> {
  const from = inbox.posts.length;
  const done = await rig.act(person, act);
  assert.equal(done.status, 200, JSON.stringify(done.body));
  for (let count = from + 1; ; count++) {
    const found = (await inbox.first(count)).slice(from).map(event).find(isOwn);
    if (found) return found;
  }
}
const newest = async () => (await rig.screen(ana)).at(-1);

const template = (buttons: object[], text = "How can we help?") => ({
  attachment: { type: "template", payload: { template_type: "button", text, buttons } },
});
const postback = (title: string, payload = `p:${title}`) => ({ type: "postback", title, payload });
const quick = (...titles: string[]) =>
  titles.map((title) => ({ content_type: "text", title, payload: `q:${title}` }));

before(async () => {
  await rig.start();
  inbox = await new Inbox().open();
  page = await rig.account("messenger");
  [ana, ben] = await rig.people("messenger");
  assert.deepEqual((await subscribeApp()).body, { success: true });
  const path = `/v25.0/${page.id}/subscribed_apps?subscribed_fields=${fields.join(",")}`;
  assert.deepEqual((await rig.call("POST", path, undefined, page.token)).body, { success: true });
  await hear({ act: "say", text: "hello" });
});
beforeEach(() => {
  now += 60_000;
});
after(async () => {
  await inbox.close();
  await rig.remove();
});

describe("the simulated Messenger", () => {
  it("signs every webhook with the app's secret over the escaped bytes that it sends", async () => {
    const from = inbox.posts.length;
    await rig.act(ana, { act: "say", text: "Olá a/b 🎉" });
    const post = (await inbox.first(from + 1))[from];
    assert.ok(post);
    assert.match(post.raw, /Ol\\u00e1 a\\\/b \\ud83c\\udf89/);
    const expected = createHmac("sha256", page.app_secret).update(post.raw).digest("hex");
    assert.equal(post.headers["x-hub-signature-256"], `sha256=${expected}`);
    const [entry] = post.body.entry;
    assert.deepEqual([post.body.object, entry.id, entry.time], ["page", page.id, now]);
    const { sender, recipient, timestamp, message } = event(post);
    assert.deepEqual([sender.id, recipient.id, timestamp], [ana.address, page.id, now]);
    assert.match(message.mid, /^m_[\w-]+$/);
    assert.equal(message.text, "Olá a/b 🎉");
  });

  it("accepts a message, shows it, and tells of its echo and its delivery", async () => {
    const from = inbox.posts.length;
    const answer = await send({ text: "Good morning", metadata: "mine" });
    assert.equal(answer.body.recipient_id, ana.address);
    const mid = answer.body.message_id;
    const [echo, delivered] = (await inbox.first(from + 2)).slice(from).map(event);
    assert.deepEqual([echo.sender.id, echo.recipient.id], [page.id, ana.address]);
    assert.deepEqual(echo.message, {
      mid,
      is_echo: true,
      metadata: "mine",
      app_id: Number(page.app_id),
      text: "Good morning",
    });
    assert.deepEqual(delivered.delivery, { mids: [mid], watermark: now });
    assert.deepEqual(await newest(), { id: mid, from: "business", text: "Good morning" });
  });

  it("lets a postback be tapped again and again, each time with an id of its own", async () => {
    const id = await sendOne(
      template([postback("Support"), { type: "web_url", title: "Site", url: "https://example.com/" }]),
    );
    assert.deepEqual((await newest()).buttons, [
      { label: "Support", kind: "reply" },
      { label: "Site", kind: "url", url: "https://example.com/" },
    ]);
    const first = await hear({ act: "tap", message: id, button: "Support" });
    assert.deepEqual([first.postback.title, first.postback.payload], ["Support", "p:Support"]);
    assert.deepEqual((await newest()).text, "Support");
    const second = await hear({ act: "tap", message: id, button: "Support" });
    assert.notEqual(second.postback.mid, first.postback.mid);
    const opened = await rig.act(ana, { act: "tap", message: id, button: "Site" });
    assert.deepEqual(opened.body, { messages: [], opened: "https://example.com/" });
  });

  it("shows quick replies under the newest message only", async () => {
    const id = await sendOne({
      text: "Which?",
      quick_replies: quick("One", "A title of over 20 characters"),
    });
    assert.deepEqual((await newest()).buttons, [
      { label: "One", kind: "reply" },
      { label: "A title of over 20 c", kind: "reply" },
    ]);
    const { message } = await hear({ act: "tap", message: id, button: "One" });
    assert.deepEqual([message.text, message.quick_reply], ["One", { payload: "q:One" }]);
    const gone = await rig.act(ana, { act: "tap", message: id, button: "One" });
    assert.equal(gone.status, 409);
    assert.match(gone.body.detail, /It was a quick reply, and those are gone/);
    assert.ok((await rig.screen(ana)).every((one: Loose) => one.buttons?.[0]?.label !== "One"));
  });

  it("takes sends to people who write to the page, each by the id that the page knows them by", async () => {
    const stranger = await send({ text: "hi" }, { recipient: { id: "123456789" } });
    assert.deepEqual(
      [stranger.status, stranger.body.error.code, stranger.body.error.error_subcode],
      [400, 100, 2018001],
    );
    const silent = await send({ text: "hi" }, { recipient: { id: ben.address } });
    assert.deepEqual([silent.status, silent.body.error.error_subcode], [400, 2018278]);
    now += 25 * hour;
    assert.equal((await send({ text: "late" })).body.error.error_subcode, 2018278);
    const human = await send({ text: "late" }, { messaging_type: "MESSAGE_TAG", tag: "HUMAN_AGENT" });
    assert.equal(human.status, 200);
    await hear({ act: "say", text: "here again" });
    await sendOne({ text: "welcome back" });
  });
});
