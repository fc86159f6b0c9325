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
/** Those of these texts that people's messages bring, in their order, once `count` of them are there. */
async function heardTexts(count: number, texts: string[]): Promise<Loose[]> {
  for (let posts = inbox.posts.length; ; posts++) {
    const told = (await inbox.first(posts)).map(event);
    const found = told.filter(({ message }) => !message?.is_echo && texts.includes(message?.text));
    if (found.length >= count) return found.map(({ message }) => message);
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

const calls = async () => (await rig.call("GET", "/simulator/calls?limit=1000")).body.data;
const fault = (order: object) =>
  rig.call("POST", "/simulator/faults", { platform: "messenger", count: 1, ...order });

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
      { label: "One", kind: "reply", place: "quick_reply" },
      { label: "A title of over 20 c", kind: "reply", place: "quick_reply" },
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

  it("shows cards, pictures and what a media template holds, and quotes what an answer is to", async () => {
    const elements = [
      { title: "Steak", subtitle: "With fries", buttons: [postback("Select", "dish:1")] },
      { title: "Cake", image_url: "https://example.com/a.jpg" },
    ];
    const payload = { template_type: "generic", elements };
    const cards = await sendOne({ attachment: { type: "template", payload }, quick_replies: quick("More") });
    const shown = await newest();
    assert.deepEqual(shown.cards, [
      { title: "Steak", text: "With fries", buttons: [{ label: "Select", kind: "reply" }] },
      { media: { type: "image", link: "https://example.com/a.jpg" }, title: "Cake", buttons: [] },
    ]);
    assert.deepEqual(shown.buttons, [{ label: "More", kind: "reply", place: "quick_reply" }]);
    const more = await hear({ act: "tap", message: cards, button: "More" });
    assert.deepEqual(more.message.quick_reply, { payload: "q:More" });
    const picked = await hear({ act: "tap", message: cards, button: { card: 0, button: 0 } });
    assert.deepEqual([picked.postback.title, picked.postback.payload], ["Select", "dish:1"]);
    const answer = await sendOne({ text: "Good choice" }, { reply_to: { mid: picked.postback.mid } });
    assert.deepEqual(await newest(), {
      id: answer,
      from: "business",
      text: "Good choice",
      quotes: picked.postback.mid,
    });
    const { message } = await hear({ act: "say", text: "that one", quotes: cards });
    assert.deepEqual(message.reply_to, { mid: cards, is_self_reply: false });
    const several = [1, 2].map((n) => ({ type: "image", payload: { url: `https://example.com/${n}.jpg` } }));
    await sendOne({ attachments: several });
    assert.deepEqual(
      (await newest()).cards.map((card: Loose) => card.media.link),
      ["https://example.com/1.jpg", "https://example.com/2.jpg"],
    );
  });

  it("takes files that were uploaded before, or that come with the message", async () => {
    const wish = {
      attachment: { type: "image", payload: { url: "https://example.com/a.jpg", is_reusable: true } },
    };
    const path = `/v25.0/me/message_attachments`;
    const { attachment_id } = (await rig.call("POST", path, { message: wish }, page.token)).body;
    const payload = {
      template_type: "media",
      elements: [{ media_type: "image", attachment_id, buttons: [postback("Buy")] }],
    };
    await sendOne({ attachment: { type: "template", payload } });
    assert.deepEqual((await newest()).media, { type: "image", id: attachment_id });
    assert.deepEqual((await newest()).buttons, [{ label: "Buy", kind: "reply" }]);
    const form = new FormData();
    form.set("messaging_type", "RESPONSE");
    form.set("recipient", JSON.stringify({ id: ana.address }));
    form.set("message", JSON.stringify({ attachment: { type: "file", payload: { is_reusable: true } } }));
    form.set("filedata", new Blob(["a report"], { type: "text/plain" }), "report.txt");
    const url = `${rig.url}/v25.0/me/messages?access_token=${page.token}`;
    const sent = await fetch(url, { method: "POST", body: form });
    assert.equal(sent.status, 200, await sent.text());
    const { media } = await newest();
    assert.equal(media.type, "document");
    assert.match(media.id, /^\d+$/);
  });

  it("tells of files, reading, reactions and edits, and that a person took nothing back", async () => {
    const sent = await hear({ act: "send", document: { filename: "a b.pdf", data: btoa("%PDF") } });
    const [{ type, payload }] = sent.message.attachments;
    const file = await fetch(payload.url);
    assert.deepEqual([type, file.status, await file.text()], ["file", 200, "%PDF"]);
    const sticker = await hear({ act: "send", sticker: {} });
    assert.equal(sticker.message.attachments[0].type, "sticker");
    const mid = await sendOne({ text: "seen?" });
    const { read } = await hear({ act: "read" });
    assert.deepEqual(read, { watermark: now });
    const { reaction } = await hear({ act: "react", message: mid, emoji: "👍" });
    assert.deepEqual(reaction, { mid, action: "react", reaction: "like", emoji: "👍" });
    const { message } = await hear({ act: "say", text: "tpyo" });
    const { message_edit } = await hear({ act: "edit", message: message.mid, text: "typo" });
    assert.deepEqual(message_edit, { mid: message.mid, text: "typo", num_edit: 1 });
    const gone = await rig.act(ana, { act: "delete", message: message.mid });
    assert.equal(gone.status, 409);
    assert.match(gone.body.detail, /tells a business nothing/);
  });

  it("shows the business's reactions, and takes typing and seen as sent", async () => {
    const { message } = await hear({ act: "say", text: "thanks" });
    const act = (sender_action: string, payload?: object) =>
      rig.call(
        "POST",
        "/v25.0/me/messages",
        { recipient: { id: ana.address }, sender_action, ...(payload ? { payload } : {}) },
        page.token,
      );
    for (const action of ["typing_on", "typing_off", "mark_seen"]) {
      assert.deepEqual((await act(action)).body, { recipient_id: ana.address });
    }
    await act("react", { message_id: message.mid, reaction: "love" });
    assert.deepEqual((await newest()).reactions, [{ from: "business", emoji: "❤️" }]);
    await act("unreact", { message_id: message.mid });
    assert.deepEqual((await newest()).reactions, []);
    assert.equal((await act("react", { message_id: message.mid, reaction: "hm" })).body.error.code, 100);
  });

  it("tells who somebody is, and what the page is", async () => {
    const get = async (path: string) => (await rig.call("GET", `/v25.0/${path}`, undefined, page.token)).body;
    assert.deepEqual(await get(`${ana.address}?fields=first_name,last_name`), {
      first_name: "Ana",
      last_name: "Souza",
      id: ana.address,
    });
    const shown = { name: "Simulated page 1", username: page.username, id: page.id };
    assert.deepEqual(await get(`${page.id}?fields=name,username`), shown);
    assert.deepEqual(await get("me?fields=name,username"), shown);
    assert.deepEqual(await get("me?fields=instagram_business_account"), { id: page.id });
    const profile = { get_started: { payload: "start" } };
    const set = await rig.call("POST", "/v25.0/me/messenger_profile", profile, page.token);
    assert.deepEqual(set.body, { result: "success" });
    assert.deepEqual(await get("me/messenger_profile?fields=get_started"), { data: [profile] });
  });

  it("is struck by every fault, with Meta's own errors", async () => {
    await fault({ kind: "rate_limit" });
    const limited = await send({ text: "x" });
    assert.deepEqual([limited.status, limited.body.error.code], [400, 613]);
    const refused = (await calls()).at(-1);
    assert.deepEqual(
      [refused.platform, refused.channel, refused.person, refused.accepted],
      ["messenger", page.id, ana.id, false],
    );
    await fault({ kind: "server_error" });
    const broken = await send({ text: "x" });
    assert.deepEqual([broken.status, broken.body.error.code], [500, 2]);
    await fault({ kind: "drop_answer" });
    await assert.rejects(send({ text: "accepted" }));
    const dropped = (await calls()).at(-1);
    assert.deepEqual([dropped.accepted, dropped.status], [true, null]);
    assert.equal((await newest()).text, "accepted");
    await fault({ kind: "duplicate_webhooks", times: 2 });
    await rig.act(ana, { act: "say", text: "twice" });
    const [first, second] = await heardTexts(2, ["twice"]);
    assert.equal(first.mid, second.mid);
    await fault({ kind: "reorder_webhooks", size: 2 });
    for (const text of ["one", "two"]) await rig.act(ana, { act: "say", text });
    const turned = await heardTexts(2, ["one", "two"]);
    assert.deepEqual(
      turned.map(({ text }) => text),
      ["two", "one"],
    );
  });

  it("posts again until it is taken, and never mints an id twice", async () => {
    const mids = new Set<string>();
    for (let start = 0; start < 3; start++) {
      mids.add(await sendOne({ text: "hi" }));
      await rig.restart();
    }
    assert.equal(mids.size, 3);
    // What the restarts interrupted is posted first, so that the next answer is for the next message.
    const echoes = () => inbox.posts.map(event).filter(({ message }) => mids.has(message?.mid));
    for (let posts = inbox.posts.length; echoes().length < 3; posts++) await inbox.first(posts);
    await rig.act(ana, { act: "say", text: "once" });
    await heardTexts(1, ["once"]);
    inbox.answers = [{ status: 500 }];
    await rig.act(ana, { act: "say", text: "again" });
    const [first, second] = await heardTexts(2, ["again"]);
    assert.equal(first.mid, second.mid);
  });
});
