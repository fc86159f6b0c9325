import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { Inbox, type Loose, type Posted, Rig } from "./rig.ts";

const hour = 3_600_000;
let now = Date.UTC(2026, 10, 21, 12);
const rig = new Rig({ now: () => now });
let inbox: Inbox;
let account: Loose;
let ana: Loose;

const fields = ["messages", "messaging_postbacks", "messaging_seen", "message_reactions", "message_edit"];
const send = (message: object, more: object = {}, person = ana) =>
  rig.call(
    "POST",
    `/v25.0/${account.id}/messages`,
    { recipient: { id: person.address }, message, ...more },
    account.token,
  );
const sendOne = async (message: object, more: object = {}) => {
  const answer = await send(message, more);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.message_id as string;
};
const event = (post: Posted | undefined): Loose => post?.body.entry[0].messaging[0];
const isReport = (one: Loose) => one.message?.is_echo || one.read;
/** Does something and gives the events that the business then hears of; echoes and reads only if asked for. */
async function heard(
  count: number,
  deed: () => Promise<Loose>,
  isIt = (one: Loose) => !isReport(one),
): Promise<Loose[]> {
  const from = inbox.posts.length;
  const done = await deed();
  assert.equal(done.status, 200, JSON.stringify(done.body));
  for (let posts = from + 1; ; posts++) {
    const events = (await inbox.first(posts)).slice(from).map(event);
    const found = events.filter(isIt);
    if (found.length >= count) return found;
  }
}
const hear = async (act: object) => (await heard(1, () => rig.act(ana, act)))[0];
const newest = async () => (await rig.screen(ana)).at(-1);

before(async () => {
  await rig.start();
  inbox = await new Inbox().open();
  account = await rig.account("instagram");
  [ana] = await rig.people("instagram");
  const wish = { object: "instagram", callback_url: inbox.url, verify_token: "verify-me", fields };
  const appToken = `${account.app_id}|${account.app_secret}`;
  await rig.call("POST", `/v25.0/${account.app_id}/subscriptions`, wish, appToken);
  const path = `/v25.0/${account.id}/subscribed_apps?subscribed_fields=${fields.join(",")}`;
  assert.deepEqual((await rig.call("POST", path, undefined, account.token)).body, { success: true });
  await hear({ act: "say", text: "hello" });
});
beforeEach(() => {
  now += 60_000;
});
after(async () => {
  await inbox.close();
  await rig.remove();
});

describe("the simulated Instagram", () => {
  it("tells who it is: the id of its webhooks is user_id, not id", async () => {
    const { body } = await rig.call(
      "GET",
      "/v25.0/me?fields=user_id,username,name",
      undefined,
      account.token,
    );
    assert.deepEqual([body.user_id, body.username], [account.id, account.username]);
    assert.notEqual(body.id, account.id);
  });

  it("tells of its own messages under the field of messages", async () => {
    const from = inbox.posts.length;
    const mid = await sendOne({ text: "Olá" });
    const [post] = (await inbox.first(from + 1)).slice(from);
    assert.deepEqual(
      [post?.body.object, post?.body.entry[0].id, event(post).sender.id],
      ["instagram", account.id, account.id],
    );
    assert.deepEqual(event(post).message, { mid, is_echo: true, text: "Olá" });
    assert.match(mid, /^aWdf/);
  });

  it("takes quick replies, taps on cards and answers that quote", async () => {
    const quick = [{ content_type: "text", title: "Yes", payload: "yes" }];
    const asked = await sendOne({ text: "Sure?", quick_replies: quick });
    const tapped = await hear({ act: "tap", message: asked, button: "Yes" });
    assert.deepEqual([tapped.message.text, tapped.message.quick_reply], ["Yes", { payload: "yes" }]);
    const elements = ["Steak", "Cake"].map((title) => ({
      title,
      subtitle: "Good",
      image_url: "https://example.com/a.jpg",
      buttons: [{ type: "postback", title: "Select", payload: `dish:${title}` }],
    }));
    const cards = await sendOne({
      attachment: { type: "template", payload: { template_type: "generic", elements } },
    });
    assert.deepEqual((await newest()).cards[1], {
      media: { type: "image", link: "https://example.com/a.jpg" },
      title: "Cake",
      text: "Good",
      buttons: [{ label: "Select", kind: "reply" }],
    });
    const ambiguous = await rig.act(ana, { act: "tap", message: cards, button: "Select" });
    assert.match(ambiguous.body.detail, /2 buttons are called "Select"/);
    const picked = await hear({ act: "tap", message: cards, button: { card: 1, button: 0 } });
    assert.deepEqual([picked.postback.title, picked.postback.payload], ["Select", "dish:Cake"]);
    const quoting = await hear({ act: "say", text: "that one", quotes: cards });
    assert.deepEqual(quoting.message.reply_to, { mid: cards });
  });

  it("tells of reading by message, of reactions, edits and of what is taken back", async () => {
    await rig.act(ana, { act: "read" });
    const ids = [await sendOne({ text: "one" }), await sendOne({ text: "two" })];
    const isOurs = (one: Loose) => ids.includes(one.read?.mid);
    const reads = await heard(2, () => rig.act(ana, { act: "read" }), isOurs);
    assert.deepEqual(
      reads.map(({ read }) => read.mid),
      ids,
    );
    const loved = await hear({ act: "react", message: ids[1], emoji: "❤️" });
    assert.deepEqual(loved.reaction, { mid: ids[1], action: "react", reaction: "love", emoji: "❤️" });
    const taken = await hear({ act: "react", message: ids[1], emoji: "" });
    assert.deepEqual(taken.reaction, { mid: ids[1], action: "unreact" });
    const { message } = await hear({ act: "say", text: "tpyo" });
    const edited = await hear({ act: "edit", message: message.mid, text: "typo" });
    assert.deepEqual(edited.message_edit, { mid: message.mid, text: "typo", num_edit: 1 });
    const gone = await hear({ act: "delete", message: message.mid });
    assert.deepEqual(gone.message, { mid: message.mid, is_deleted: true });
    assert.ok((await rig.screen(ana)).every((one: Loose) => one.id !== message.mid));
  });

  it("serves what a person sent under a URL that needs no token", async () => {
    const [photo, words] = await heard(2, () =>
      rig.act(ana, { act: "send", image: { caption: "Look", data: btoa("a picture") } }),
    );
    const [{ type, payload }] = photo.message.attachments;
    assert.deepEqual([type, words.message.text], ["image", "Look"]);
    const file = await fetch(payload.url);
    assert.deepEqual([file.status, await file.text()], [200, "a picture"]);
    const forged = await fetch(payload.url.replace(/.$/, "x"));
    assert.equal(forged.status, 404);
  });

  it("closes the window after 24 hours with a 403 of its own", async () => {
    now += 24 * hour + 60_000;
    const late = await send({ text: "late" });
    const { code, error_subcode, type, message } = late.body.error;
    assert.deepEqual([late.status, code, error_subcode, type], [403, 10, 2534022, "IGApiException"]);
    assert.equal(message, "This message is sent outside of allowed window.");
    assert.equal(
      (await send({ text: "late" }, { messaging_type: "MESSAGE_TAG", tag: "HUMAN_AGENT" })).status,
      200,
    );
    now += 6 * 24 * hour;
    const tooLate = await send({ text: "late" }, { messaging_type: "MESSAGE_TAG", tag: "HUMAN_AGENT" });
    assert.equal(tooLate.body.error.error_subcode, 2534022);
    await hear({ act: "say", text: "back" });
  });

  it("is reached through a Page where it is linked to one", async () => {
    const made = await rig.call("POST", "/simulator/accounts", {
      platform: "instagram",
      page: "Corner shop",
    });
    const { id, token, page_id, app_id } = made.body;
    assert.equal(app_id, account.app_id);
    const cy = (
      await rig.call("POST", "/simulator/people", { platform: "instagram", channel: id, name: "Cy" })
    ).body;
    const message = { recipient: { id: cy.address }, message: { text: "hi" } };
    const subscribed = await rig.call(
      "POST",
      `/v25.0/${page_id}/subscribed_apps?subscribed_fields=messages`,
      undefined,
      token,
    );
    assert.deepEqual(subscribed.body, { success: true });
    const from = inbox.posts.length;
    await rig.act(cy, { act: "say", text: "hello" });
    assert.equal((await inbox.first(from + 1))[from]?.body.entry[0].id, id);
    const sent = await rig.call("POST", `/v25.0/${page_id}/messages`, message, token);
    assert.match(sent.body.message_id, /^aWdf/);
    assert.equal((await rig.call("POST", "/v25.0/me/messages", message, token)).status, 200);
    assert.deepEqual(
      (await rig.screen(cy)).map((one: Loose) => one.text),
      ["hello", "hi", "hi"],
    );
    const wrong = await rig.call("POST", `/v25.0/${id}/messages`, message, token);
    assert.match(wrong.body.error.message, /^\(#3\) Application does not have the capability/);
    const described = await rig.call(
      "GET",
      `/v25.0/${page_id}?fields=name,instagram_business_account`,
      undefined,
      token,
    );
    assert.deepEqual(described.body, {
      name: "Corner shop",
      instagram_business_account: { id },
      id: page_id,
    });
    const again = await rig.call("POST", "/simulator/accounts", { platform: "instagram", page: page_id });
    assert.equal(again.status, 409);
  });
});
