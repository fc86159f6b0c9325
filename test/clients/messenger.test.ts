import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { MessengerClient, type MessengerTypes } from "messaging-api-messenger";
import { Inbox, Rig } from "../../src/simulator/rig.ts";
import { type Loose, link } from "./sending.ts";

const rig = new Rig();

before(() => rig.start());
after(() => rig.remove());

interface Page {
  account: Loose;
  person: Loose;
  client: MessengerClient;
  /** The person's scoped id. */
  to: string;
}

/** A page of its own for each test, and a person who has written to it. */
async function newPage(wishes: object = {}): Promise<Page> {
  const account = (await rig.call("POST", "/simulator/accounts", { platform: "messenger", ...wishes })).body;
  const made = { platform: "messenger", channel: account.id };
  const person = (await rig.call("POST", "/simulator/people", made)).body;
  await rig.act(person, { act: "say", text: "hello" });
  return { account, person, client: clientOf(account), to: person.address };
}

/** The client as it is: its own options say where Graph is. */
function clientOf({ token, app_id, app_secret }: Loose): MessengerClient {
  return new MessengerClient({
    accessToken: token,
    appId: app_id,
    appSecret: app_secret,
    version: "25.0",
    origin: rig.url,
  });
}

const postback = { type: "postback", title: "One", payload: "ONE" } as const;
const site = { type: "web_url", title: "Site", url: link("x") } as const;
const call = { type: "phone_number", title: "Call", payload: "+15105551234" } as const;
const card = {
  title: "Steak",
  subtitle: "With fries",
  imageUrl: link("a.jpg"),
  defaultAction: { type: "web_url", url: link("steak") },
  buttons: [{ type: "postback", title: "Pick", payload: "STEAK" }],
} as const satisfies MessengerTypes.TemplateElement;
const quickReplies = [
  { contentType: "text", title: "Red", payload: "RED", imageUrl: link("red.png") },
  { contentType: "text", title: "Blue", payload: "BLUE" },
] as const;
const media = (type: string, name: string) => ({ media: { type, link: link(name) } });
const reply = (label: string) => ({ label, kind: "reply" });
const quick = (label: string) => ({ ...reply(label), place: "quick_reply" });

type Send = (client: MessengerClient, to: string) => Promise<MessengerTypes.SendMessageSuccessResponse>;

const shown: [what: string, send: Send, view: Loose][] = [
  ["a text", (c, to) => c.sendText(to, "hello äöü 🎉"), { text: "hello äöü 🎉" }],
  ["an answer", (c, to) => c.sendText(to, "hi", { messagingType: "RESPONSE" }), { text: "hi" }],
  [
    "what a person writes later than a day",
    (c, to) => c.sendText(to, "hi", { tag: "HUMAN_AGENT" } as never),
    { text: "hi" },
  ],
  ["a message of one's own", (c, to) => c.sendMessage(to, { text: "hi" }), { text: "hi" }],
  [
    "quick replies",
    (c, to) => c.sendText(to, "Which?", { quickReplies: [...quickReplies] }),
    { text: "Which?", buttons: [quick("Red"), quick("Blue")] },
  ],
  [
    "quick replies on a picture",
    (c, to) => c.sendImage(to, link("a.jpg"), { quickReplies: [...quickReplies] }),
    { ...media("image", "a.jpg"), buttons: [quick("Red"), quick("Blue")] },
  ],
  ["an image", (c, to) => c.sendImage(to, link("a.jpg")), media("image", "a.jpg")],
  ["an audio file", (c, to) => c.sendAudio(to, link("a.mp3")), media("audio", "a.mp3")],
  ["a video", (c, to) => c.sendVideo(to, link("a.mp4")), media("video", "a.mp4")],
  ["a file", (c, to) => c.sendFile(to, link("a.pdf")), media("document", "a.pdf")],
  [
    "an attachment",
    (c, to) => c.sendAttachment(to, { type: "image", payload: { url: link("a.jpg"), isReusable: true } }),
    media("image", "a.jpg"),
  ],
  [
    "a button template",
    (c, to) => c.sendButtonTemplate(to, "Which?", [postback, site, call]),
    {
      text: "Which?",
      buttons: [
        reply("One"),
        { label: "Site", kind: "url", url: link("x") },
        { label: "Call", kind: "url", url: "tel:+15105551234" },
      ],
    },
  ],
  [
    "a template of one's own",
    (c, to) => c.sendTemplate(to, { templateType: "button", text: "Which?", buttons: [postback] }),
    { text: "Which?", buttons: [reply("One")] },
  ],
  [
    "a generic template",
    (c, to) => c.sendGenericTemplate(to, [card], { imageAspectRatio: "square" }),
    { cards: [{ ...media("image", "a.jpg"), title: "Steak", text: "With fries", buttons: [reply("Pick")] }] },
  ],
  [
    "a media template",
    (c, to) => {
      const url = "https://www.facebook.com/photo/1";
      return c.sendMediaTemplate(to, [{ mediaType: "image", url, buttons: [postback] }]);
    },
    { media: { type: "image", link: "https://www.facebook.com/photo/1" }, buttons: [reply("One")] },
  ],
];

/** What Graph refuses, with its code; of 2020, when this client was written, some was still taken. */
const refused: [what: string, send: Send, code: number][] = [
  ["a text of 2,001 characters", (c, to) => c.sendText(to, "x".repeat(2001)), 100],
  [
    "a fourth button",
    (c, to) => c.sendButtonTemplate(to, "?", [postback, postback, postback, postback]),
    105,
  ],
  ["no button", (c, to) => c.sendButtonTemplate(to, "?", []), 100],
  [
    "a title of 21 characters",
    (c, to) => c.sendButtonTemplate(to, "?", [{ ...postback, title: "x".repeat(21) }]),
    100,
  ],
  ["a tag that ended in April 2026", (c, to) => c.sendText(to, "x", { tag: "CONFIRMED_EVENT_UPDATE" }), 100],
  ["somebody who is not known", (c) => c.sendText("7400000000999999", "x"), 100],
  ["an attachment that was never uploaded", (c, to) => c.sendImage(to, { attachmentId: "1" }), 100],
  [
    "a receipt, which the simulator does not imitate",
    (c, to) => {
      const summary = { totalCost: 1 };
      const receipt = {
        recipientName: "Ana",
        orderNumber: "1",
        currency: "USD",
        paymentMethod: "Visa",
        summary,
      };
      return c.sendReceiptTemplate(to, receipt as never);
    },
    100,
  ],
];

describe("messaging-api-messenger, unchanged, sends to the simulated Messenger", { timeout: 240_000 }, () => {
  for (const [what, send, view] of shown)
    it(what, async () => {
      const { client, person, to } = await newPage();
      const { recipientId, messageId } = await send(client, to);
      assert.equal(recipientId, to);
      assert.deepEqual((await rig.screen(person)).at(-1), { id: messageId, from: "business", ...view });
    });

  for (const [what, send, code] of refused)
    it(`${what}: refused with ${code}`, async () => {
      const { client, person, to } = await newPage();
      await assert.rejects(send(client, to), (error: Loose) => {
        assert.match(error.message, new RegExp(`^Messenger API - ${code} OAuthException \\(#${code}\\) `));
        assert.equal(error.response.data.error.code, code);
        return true;
      });
      assert.equal((await rig.screen(person)).length, 1);
    });
});

describe("messaging-api-messenger, unchanged", { timeout: 240_000 }, () => {
  it("sends bytes, and a file that was uploaded before by its id", async () => {
    const { client, person, to } = await newPage();
    const sent = await client.sendImage(to, Buffer.from("bytes of a picture"), {
      filename: "a.png",
    } as never);
    assert.equal((await rig.screen(person)).at(-1).id, sent.messageId);
    const byLink = await client.uploadImage(link("a.jpg"), { isReusable: true });
    const byBytes = await client.uploadVideo(Buffer.from("bytes of a film"), {
      filename: "a.mp4",
      isReusable: true,
    });
    await client.sendImage(to, { attachmentId: byLink.attachmentId });
    await client.sendVideo(to, { attachmentId: byBytes.attachmentId });
    const media = (await rig.screen(person)).slice(-2).map((message: Loose) => message.media);
    assert.deepEqual(
      media.map(({ type }: Loose) => type),
      ["image", "video"],
    );
    assert.deepEqual(media[1].id, byBytes.attachmentId);
  });

  it("tells that it types and that it has read", async () => {
    const { client, to } = await newPage();
    for (const act of [client.typingOn(to), client.typingOff(to), client.markSeen(to)])
      assert.deepEqual(await act, { recipientId: to });
  });

  it("asks who the page, the token and the person are", async () => {
    const { account, client, person, to } = await newPage({ name: "Grill" });
    assert.deepEqual(await client.getPageInfo(), { id: account.id, name: "Grill" });
    const token = await client.debugToken();
    assert.equal(token.isValid, true);
    assert.ok(token.scopes.includes("pages_messaging"));
    const profile = await client.getUserProfile(to);
    assert.deepEqual([profile.id, profile.name], [to, person.name]);
  });

  it("sets, reads and removes the page's profile", async () => {
    const { client } = await newPage();
    const menu = [
      { locale: "default", composerInputDisabled: false, callToActions: [{ ...postback }] },
    ] as never;
    assert.equal(await client.getPersistentMenu(), null);
    await client.setGetStarted("START");
    await client.setGreeting("Welcome");
    await client.setPersistentMenu(menu);
    assert.deepEqual(await client.getGetStarted(), { payload: "START" });
    assert.deepEqual(await client.getGreeting(), [{ locale: "default", text: "Welcome" }]);
    assert.deepEqual(await client.getPersistentMenu(), menu);
    assert.deepEqual(await client.deletePersistentMenu(), { result: "success" });
    assert.equal(await client.getPersistentMenu(), null);
  });

  it("subscribes its app, and hears taps with the payload that it sent", async () => {
    const { account, client, person, to } = await newPage();
    const inbox = await new Inbox().open();
    const subscribed = await client.createSubscription({
      callbackUrl: inbox.url,
      verifyToken: inbox.verifyToken,
      fields: ["messages", "messaging_postbacks"],
      accessToken: `${account.app_id}|${account.app_secret}`,
    });
    assert.deepEqual(subscribed, { success: true });
    const page = await client.getPageSubscription();
    assert.deepEqual([page.object, page.callbackUrl, page.active], ["page", inbox.url, true]);
    const fields = { subscribed_fields: "messages,messaging_postbacks" };
    await rig.call("POST", `/v25.0/${account.id}/subscribed_apps`, fields, account.token);
    const asked = await client.sendButtonTemplate(to, "Which?", [postback]);
    await rig.act(person, { act: "tap", message: asked.messageId, button: "One" });
    const [tap] = await inbox.first(1);
    const [{ postback: tapped, sender }] = tap!.body.entry[0].messaging;
    assert.deepEqual([tapped.payload, tapped.title, sender.id], ["ONE", "One", to]);
    const choice = await client.sendText(to, "Which?", { quickReplies: [...quickReplies] });
    await rig.act(person, { act: "tap", message: choice.messageId, button: "Blue" });
    const picked = (await inbox.first(2))[1]!.body.entry[0].messaging[0].message;
    assert.deepEqual([picked.text, picked.quick_reply], ["Blue", { payload: "BLUE" }]);
    await inbox.close();
  });

  it("is told when its token or its proof is wrong, and when it is to slow down", async () => {
    const { account, client, to } = await newPage();
    await assert.rejects(
      clientOf({ ...account, token: "wrong" }).sendText(to, "x"),
      /^AxiosError: Messenger API - 190 OAuthException /,
    );
    await assert.rejects(
      clientOf({ ...account, app_secret: "wrong" }).sendText(to, "x"),
      /Messenger API - 100 GraphMethodException Invalid appsecret_proof/,
    );
    await rig.call("POST", "/simulator/faults", { kind: "rate_limit", platform: "messenger", count: 1 });
    await assert.rejects(
      client.sendText(to, "x"),
      /^AxiosError: Messenger API - (?:4|32|613) OAuthException /,
    );
    await client.sendText(to, "x");
  });
});
