import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { Inbox, type Loose, type Posted, Rig } from "./rig.ts";

const hour = 3_600_000;
let now = Date.UTC(2026, 10, 21, 12);
const rig = new Rig({ now: () => now });
let inbox: Inbox;
let account: Loose;
let ana: Loose;
let ben: Loose;

const interactive = (value: object) => ({ type: "interactive", interactive: value });
const send = (message: object, to: object = { to: ana.address }) =>
  rig.call(
    "POST",
    `/v25.0/${account.id}/messages`,
    { messaging_product: "whatsapp", ...to, ...message },
    account.token,
  );
const sendOne = async (message: object) => {
  const answer = await send(message);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.messages[0].id as string;
};
const value = (post: Posted | undefined): Loose => post?.body.entry[0].changes[0].value;
/** Acts as Ana and gives the message that the business hears of. */
async function hear(act: object, person = ana) {
  const from = inbox.posts.length;
  const done = await rig.act(person, act);
  assert.equal(done.status, 200, JSON.stringify(done.body));
  const posts = await inbox.first(from + 1);
  return value(posts[from]).messages?.[0] ?? value(posts[from]).statuses[0];
}

const buttons = (...titles: string[]) => ({
  type: "button",
  header: { type: "text", text: "Help" },
  body: { text: "How *can* we help?" },
  footer: { text: "Pick one" },
  action: { buttons: titles.map((title, index) => ({ type: "reply", reply: { id: `id-${index}`, title } })) },
});
const list = {
  type: "list",
  body: { text: "Menu" },
  action: {
    button: "View options",
    sections: [
      { title: "Mains", rows: [{ id: "r1", title: "Steak", description: "With fries" }] },
      { title: "Sweets", rows: [{ id: "r2", title: "Cake" }] },
    ],
  },
};
const card = (index: number, action: object) => ({
  card_index: index,
  type: "cta_url",
  header: { type: "image", image: { link: "https://example.com/a.jpg" } },
  body: { text: `Card ${index}` },
  action,
});
const quickReplies = (...ids: string[]) => ({
  buttons: ids.map((id) => ({ type: "quick_reply", quick_reply: { id, title: "Like" } })),
});

before(async () => {
  await rig.start();
  inbox = await new Inbox().open();
  account = await rig.account("whatsapp");
  [ana, ben] = await rig.people("whatsapp");
  const subscribed = await rig.call(
    "POST",
    `/v25.0/${account.waba_id}/subscribed_apps`,
    undefined,
    account.token,
  );
  assert.deepEqual(subscribed.body, { success: true });
  const configured = await rig.call(
    "POST",
    `/v25.0/${account.id}`,
    { webhook_configuration: { override_callback_uri: inbox.url, verify_token: "verify-me" } },
    account.token,
  );
  assert.deepEqual(configured.body, { success: true });
  await hear({ act: "say", text: "hello" });
});
beforeEach(async () => {
  // A minute and a bit: every pair budget is far from its burst.
  now += 120_000;
});
after(async () => {
  await inbox.close();
  await rig.remove();
});

describe("the simulated WhatsApp", () => {
  it("signs every webhook over the escaped bytes that it sends", async () => {
    const from = inbox.posts.length;
    await rig.act(ana, { act: "say", text: "Olá a/b 🎉" });
    const post = (await inbox.first(from + 1))[from];
    assert.ok(post);
    assert.match(post.raw, /Ol\\u00e1 a\\\/b \\ud83c\\udf89/);
    const expected = createHmac("sha256", account.app_secret).update(post.raw).digest("hex");
    assert.equal(post.headers["x-hub-signature-256"], `sha256=${expected}`);
    assert.equal(value(post).messages[0].text.body, "Olá a/b 🎉");
  });

  it("accepts a message, shows it, and tells sent and then delivered with what the sender asked to hear", async () => {
    const from = inbox.posts.length;
    const id = await sendOne({
      ...interactive(buttons("Support", "Sales")),
      biz_opaque_callback_data: "mine",
    });
    const posts = await inbox.first(from + 2);
    const statuses = posts.slice(from).map((post) => value(post).statuses[0]);
    assert.deepEqual(
      statuses.map((status) => [status.id, status.status, status.biz_opaque_callback_data]),
      [
        [id, "sent", "mine"],
        [id, "delivered", "mine"],
      ],
    );
    const seen = (await rig.screen(ana)).at(-1);
    assert.deepEqual(seen, {
      id,
      from: "business",
      header: "Help",
      text: "How *can* we help?",
      footer: "Pick one",
      buttons: [
        { label: "Support", kind: "reply" },
        { label: "Sales", kind: "reply" },
      ],
    });
  });

  it("turns a tap into a button reply that names the message", async () => {
    const id = await settled(interactive(buttons("Support", "Sales")));
    const message = await hear({ act: "tap", message: id, button: "Sales" });
    assert.equal(message.type, "interactive");
    assert.deepEqual(message.interactive, {
      type: "button_reply",
      button_reply: { id: "id-1", title: "Sales" },
    });
    assert.deepEqual(message.context, { from: "15550201001", id });
    assert.equal(message.from, "15550101001");
    assert.match(message.from_user_id, /^US\./);
  });

  it("turns a pick into a list reply, with the description only where there is one", async () => {
    const id = await settled(interactive(list));
    const first = await hear({ act: "choose", message: id, row: "Steak" });
    assert.deepEqual(first.interactive.list_reply, { id: "r1", title: "Steak", description: "With fries" });
    const second = await hear({ act: "choose", message: id, row: "Cake" });
    assert.deepEqual(second.interactive.list_reply, { id: "r2", title: "Cake" });
    const shown = (await rig.screen(ana)).find((message: { id: string }) => message.id === id);
    assert.deepEqual(shown.list.sections[1], { title: "Sweets", rows: [{ title: "Cake" }] });
    assert.deepEqual(shown.buttons, [{ label: "View options", kind: "list" }]);
  });

  it("sends nothing when a link is tapped", async () => {
    const action = { name: "cta_url", parameters: { display_text: "Visit", url: "https://example.com/x" } };
    const id = await settled(interactive({ type: "cta_url", body: { text: "Look" }, action }));
    const before = inbox.posts.length;
    const tapped = await rig.act(ana, { act: "tap", message: id, button: "Visit" });
    assert.deepEqual(tapped.body, { messages: [], opened: "https://example.com/x" });
    await hear({ act: "say", text: "still here" });
    assert.equal(inbox.posts.length, before + 1);
  });

  it("draws a carousel and takes a tap by card and button", async () => {
    const cards = [card(0, quickReplies("a", "b")), card(1, quickReplies("c", "d"))];
    cards[0]!.action = {
      buttons: [
        ...quickReplies("a").buttons,
        { type: "quick_reply", quick_reply: { id: "b", title: "Skip" } },
      ],
    };
    cards[1]!.action = {
      buttons: [
        ...quickReplies("c").buttons,
        { type: "quick_reply", quick_reply: { id: "d", title: "Skip" } },
      ],
    };
    const id = await settled(interactive({ type: "carousel", body: { text: "New" }, action: { cards } }));
    const message = await hear({ act: "tap", message: id, button: { card: 1, button: 0 } });
    assert.deepEqual(message.interactive.button_reply, { id: "c", title: "Like" });
    const unclear = await rig.act(ana, { act: "tap", message: id, button: "Like" });
    assert.equal(unclear.status, 409);
    assert.match(unclear.body.detail, /2 cards have a button "Like"/);
  });

  it("answers the newest open request with a shared place, never rounded, and none with a plain one", async () => {
    const request = {
      type: "location_request_message",
      body: { text: "Where?" },
      action: { name: "send_location" },
    };
    const older = await settled(interactive(request));
    const newer = await settled(interactive(request));
    const place = {
      latitude: 40.782910059774,
      longitude: -73.959075808525,
      name: "Museum",
      address: "5th Ave",
    };
    const first = await hear({ act: "share_location", ...place });
    assert.deepEqual([first.type, first.location, first.context.id], ["location", place, newer]);
    const plain = await hear({ act: "share_location", latitude: 1, longitude: 2, plain: true });
    assert.equal(plain.context, undefined);
    const second = await hear({ act: "share_location", latitude: 1.5, longitude: 2.25 });
    assert.deepEqual([second.context.id, second.location], [older, { latitude: 1.5, longitude: 2.25 }]);
    const unprompted = await hear({ act: "share_location", latitude: 3, longitude: 4 });
    assert.equal(unprompted.context, undefined);
    const refused = await rig.act(ana, { act: "tap", message: newer, button: "Send location" });
    assert.match(refused.body.detail, /share_location/);
  });

  it("turns submitted forms into nfm replies", async () => {
    const flow = { flow_message_version: "3", flow_id: "1", flow_cta: "Open", flow_token: "tok" };
    const id = await settled(
      interactive({ type: "flow", body: { text: "Form" }, action: { name: "flow", parameters: flow } }),
    );
    const reply = (await hear({ act: "submit", message: id, values: { size: "L" } })).interactive.nfm_reply;
    assert.deepEqual(
      [reply.name, JSON.parse(reply.response_json)],
      ["flow", { flow_token: "tok", size: "L" }],
    );
    const address = await settled(
      interactive({
        type: "address_message",
        body: { text: "Where to?" },
        action: { name: "address_message", parameters: { country: "IN" } },
      }),
    );
    const answer = (await hear({ act: "submit", message: address, values: { city: "Pune" } })).interactive
      .nfm_reply;
    assert.deepEqual(
      [answer.name, JSON.parse(answer.response_json)],
      ["address_message", { values: { city: "Pune" } }],
    );
  });

  it("tells reading, reactions, edits, deletions, files and contacts", async () => {
    const id = await settled({ type: "text", text: { body: "hi" } });
    const from = inbox.posts.length;
    await rig.act(ana, { act: "read" });
    await rig.act(ana, { act: "say", text: "mark" });
    while (!inbox.posts.slice(from).some((post) => value(post).messages))
      await inbox.first(inbox.posts.length + 1);
    const reads = inbox.posts.slice(from).flatMap((post) => value(post).statuses ?? []);
    assert.ok(reads.some((status) => status.id === id && status.status === "read"));
    const reaction = await hear({ act: "react", message: id, emoji: "👍" });
    assert.deepEqual(reaction.reaction, { message_id: id, emoji: "👍" });
    const said = (await hear({ act: "say", text: "frist" })).id;
    const edited = await hear({ act: "edit", message: said, text: "first" });
    assert.deepEqual(edited.edit, {
      original_message_id: said,
      message: { type: "text", text: { body: "first" } },
    });
    const revoked = await hear({ act: "delete", message: said });
    assert.deepEqual(revoked.revoke, { original_message_id: said });
    const sent = await hear({ act: "send", image: { caption: "me" } });
    assert.equal(sent.image.caption, "me");
    const info = await rig.call("GET", `/v25.0/${sent.image.id}`, undefined, account.token);
    assert.equal(info.body.sha256, sent.image.sha256);
    const file = await fetch(info.body.url, { headers: { authorization: `Bearer ${account.token}` } });
    assert.equal((await file.arrayBuffer()).byteLength, info.body.file_size);
    assert.equal((await fetch(info.body.url)).status, 401);
    const contact = await hear({ act: "send", contact: { name: "Zoe Q", phone: "+15550009999" } });
    assert.equal(contact.contacts[0].name.formatted_name, "Zoe Q");
  });

  it("accepts and then fails what a closed window, a block or nobody's number stops", async () => {
    const failed = async (message: object, to: object) => {
      const from = inbox.posts.length;
      const answer = await send(message, to);
      assert.equal(answer.status, 200);
      return value((await inbox.first(from + 1))[from]).statuses[0];
    };
    const text = { type: "text", text: { body: "hi" } };
    const never = await failed(text, { to: ben.address });
    assert.deepEqual([never.status, never.errors[0].code], ["failed", 131047]);
    await hear({ act: "say", text: "hey" }, ben);
    now += 24 * hour;
    assert.equal((await failed(text, { to: ben.address })).errors[0].code, 131047);
    await rig.act(ben, { act: "block" });
    assert.equal((await failed(text, { to: ben.address })).errors[0].code, 131026);
    assert.equal((await failed(text, { to: "+447700900999" })).errors[0].code, 131026);
    // Without the plus the business's own calling code goes before a number that is nobody's: somebody else's now.
    assert.equal((await failed(text, { to: "447700900999" })).errors[0].code, 131026);
    await rig.act(ben, { act: "unblock" });
    await hear({ act: "say", text: "back" });
  });

  it("takes a number without a plus as it stands, or as one of the business's own country", async () => {
    for (const to of [ana.address.slice(1), ana.address.slice(2)]) {
      const answer = await send({ type: "text", text: { body: "hi" } }, { to });
      assert.deepEqual(answer.body.contacts, [{ input: to, wa_id: ana.address.slice(1) }]);
      assert.equal((await rig.screen(ana)).at(-1).id, answer.body.messages[0].id);
    }
  });

  it("knows a person with a username only by their business-scoped id", async () => {
    const made = await rig.call("POST", "/simulator/people", {
      platform: "whatsapp",
      name: "Cy",
      username_only: true,
    });
    assert.equal(made.status, 201);
    const cy = made.body;
    const message = await hear({ act: "say", text: "hi" }, cy);
    const contact = value(inbox.posts.at(-1)).contacts[0];
    assert.deepEqual([message.from, contact.wa_id, message.from_user_id], [undefined, undefined, cy.address]);
    assert.equal(contact.user_id, cy.address);
    const from = inbox.posts.length;
    const sent = await send({ type: "text", text: { body: "hello" } }, { recipient: cy.address });
    assert.deepEqual(sent.body.contacts, [{ input: cy.address, user_id: cy.address }]);
    const status = value((await inbox.first(from + 1))[from]).statuses[0];
    assert.deepEqual([status.recipient_id, status.recipient_user_id], [undefined, cy.address]);
    // In `to`, Meta takes such an id for a phone number and drops the message without a word.
    const lost = await send({ type: "text", text: { body: "hello" } }, { to: cy.address });
    assert.equal(lost.status, 200);
    assert.equal((await rig.screen(cy)).length, 2);
  });

  it("refuses a callback that does not prove itself, and says what the number is", async () => {
    const set = (token: string) =>
      rig.call(
        "POST",
        `/v25.0/${account.id}`,
        { webhook_configuration: { override_callback_uri: inbox.url, verify_token: token } },
        account.token,
      );
    const refused = await set("wrong");
    assert.deepEqual([refused.status, refused.body.error.code], [400, 2200]);
    const shown = await rig.call(
      "GET",
      `/v25.0/${account.id}?fields=verified_name,throughput,webhook_configuration`,
      undefined,
      account.token,
    );
    assert.deepEqual(shown.body, {
      verified_name: "Simulated business 1",
      throughput: { level: "STANDARD" },
      webhook_configuration: { phone_number: inbox.url },
      id: account.id,
    });
  });

  it("marks as read only what was received", async () => {
    const said = (await rig.act(ana, { act: "say", text: "seen?" })).body.messages[0];
    const mark = (id: string) =>
      rig.call(
        "POST",
        `/v25.0/${account.id}/messages`,
        { messaging_product: "whatsapp", status: "read", message_id: id, typing_indicator: { type: "text" } },
        account.token,
      );
    assert.deepEqual((await mark(said)).body, { success: true });
    assert.equal((await mark("wamid.none")).body.error.code, 131009);
  });

  it("lets 45 messages to one person through at once, then one in six seconds", async () => {
    now += 10 * 60_000;
    const text = { type: "text", text: { body: "hi" } };
    for (let count = 0; count < 45; count++) await sendOne(text);
    const refused = await send(text);
    assert.deepEqual([refused.status, refused.body.error.code], [400, 131056]);
    now += 6000;
    await sendOne(text);
    assert.equal((await send(text)).body.error.code, 131056);
  });
});

/** How many of the two statuses of a message have arrived already. */
function pendingStatuses(id: string): number {
  return inbox.posts.flatMap((post) => value(post).statuses ?? []).filter((status) => status.id === id)
    .length;
}
/** Sends and waits until both statuses are in, so that the next post is what the test causes. */
async function settled(message: object): Promise<string> {
  const id = await sendOne(message);
  while (pendingStatuses(id) < 2) await inbox.first(inbox.posts.length + 1);
  return id;
}
