import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { normalizeWebhook, verifySignature } from "@kapso/whatsapp-cloud-api/server";
import { Image, Reaction, Text } from "whatsapp-api-js/messages";
import { Rig } from "../../src/simulator/rig.ts";
import { eventually } from "../support/eventually.ts";
import { Hook, rawBody } from "./hook.ts";
import { kapso, sendings as kapsoSendings, sentBy } from "./kapso.ts";
import { type Desk, type Loose, link, type Sending } from "./sending.ts";
import { sentOf, whatsappApiJs, sendings as whatsappApiJsSendings } from "./whatsapp-api-js.ts";

const rig = new Rig();
const verifyToken = "verify-me";
const unescaped = 'äöü ß 中文 🎉 a/b \\ "quoted"';

before(() => rig.start());
after(() => rig.remove());

interface Line extends Desk {
  account: Loose;
  person: Loose;
}

/** A number of its own for each test, and a person who has written to it. */
async function newLine(wishes: object = {}): Promise<Line> {
  const account = (await rig.call("POST", "/simulator/accounts", { platform: "whatsapp" })).body;
  const made = { platform: "whatsapp", channel: account.id, ...wishes };
  const person = (await rig.call("POST", "/simulator/people", made)).body;
  await rig.act(person, { act: "say", text: "hello" });
  return {
    url: rig.url,
    token: account.token,
    phoneNumberId: account.id,
    to: person.address,
    account,
    person,
  };
}

async function lastSeen({ person }: Line): Promise<Loose> {
  return (await rig.screen(person)).at(-1);
}

/** Points the number's webhooks at `url`, which has to answer the handshake. */
async function subscribe({ account }: Line, url: string): Promise<void> {
  const post = (path: string, body?: object) => rig.call("POST", `/v25.0/${path}`, body, account.token);
  assert.equal((await post(`${account.waba_id}/subscribed_apps`)).status, 200);
  const webhook = { override_callback_uri: url, verify_token: verifyToken };
  const { status, body } = await post(account.id, { webhook_configuration: webhook });
  assert.equal(status, 200, JSON.stringify(body));
}

/** The handler that whatsapp-api-js brings for Node's own server; `codes` collects what it answers. */
function hookOf(client: ReturnType<typeof whatsappApiJs>, codes: number[]): Promise<Hook> {
  return Hook.open(async (request, response) => {
    if (request.method === "GET") return response.end(client.handle_get(request));
    response.statusCode = await client.handle_post(request);
    codes.push(response.statusCode);
    return response.end();
  });
}

const clients: [name: string, sendings: Sending[]][] = [
  ["whatsapp-api-js", whatsappApiJsSendings],
  ["@kapso/whatsapp-cloud-api", kapsoSendings],
];

for (const [name, sendings] of clients)
  describe(`${name} sends to the simulated WhatsApp`, { timeout: 240_000 }, () => {
    for (const { what, send, outcome } of sendings)
      it("refused" in outcome ? `${what}: refused` : what, async () => {
        const line = await newLine();
        const sent = await send(line);
        if ("refused" in outcome) {
          assert.equal("code" in sent && sent.code, outcome.refused.simulator, JSON.stringify(sent));
          assert.equal((await rig.screen(line.person)).length, 1);
          return;
        }
        assert.ok("id" in sent, JSON.stringify(sent));
        assert.deepEqual(await lastSeen(line), { id: sent.id, from: "business", ...outcome.shows });
      });
  });

describe("whatsapp-api-js, unchanged", { timeout: 240_000 }, () => {
  it("quotes, reacts, takes a reaction back and marks as read", async () => {
    const line = await newLine();
    const client = whatsappApiJs(line);
    const [hello] = await rig.screen(line.person);
    const quoted = sentOf(await client.sendMessage(line.phoneNumberId, line.to, new Text("hi"), hello.id));
    assert.ok("id" in quoted);
    assert.equal((await lastSeen(line)).quotes, hello.id);
    const react = (emoji = "") =>
      client.sendMessage(line.phoneNumberId, line.to, new Reaction(hello.id, emoji));
    await react("👍");
    assert.deepEqual((await rig.screen(line.person))[0].reactions, [{ from: "business", emoji: "👍" }]);
    await react();
    assert.deepEqual((await rig.screen(line.person))[0].reactions, []);
    const read = await client.markAsRead(line.phoneNumberId, hello.id, "text");
    assert.deepEqual(read, { success: true });
  });

  it("writes to a person who is known by a business-scoped id alone", async () => {
    const line = await newLine({ username_only: true });
    const client = whatsappApiJs(line);
    const sent = sentOf(await client.sendMessage(line.phoneNumberId, { bsuid: line.to }, new Text("by id")));
    assert.ok("id" in sent, JSON.stringify(sent));
    assert.equal((await lastSeen(line)).text, "by id");
  });

  it("uploads a file, sends it by its id, fetches it again and deletes it", async () => {
    const line = await newLine();
    const client = whatsappApiJs(line);
    const form = new FormData();
    form.set("file", new Blob(["bytes of a picture"], { type: "image/png" }), "picture.png");
    const uploaded = (await client.uploadMedia(line.phoneNumberId, form)) as Loose;
    const sent = sentOf(
      await client.sendMessage(line.phoneNumberId, line.to, new Image(uploaded.id, true, "Mine")),
    );
    assert.ok("id" in sent, JSON.stringify(sent));
    assert.equal((await lastSeen(line)).media.id, uploaded.id);
    const found = (await client.retrieveMedia(uploaded.id, line.phoneNumberId)) as Loose;
    assert.equal(found.mime_type, "image/png");
    assert.equal(await (await client.fetchMedia(found.url)).text(), "bytes of a picture");
    assert.deepEqual(await client.deleteMedia(uploaded.id), { success: true });
    assert.equal(((await client.retrieveMedia(uploaded.id)) as Loose).error.code, 100);
  });

  it("takes every webhook by its own signature check, and answers from its handler", async () => {
    const line = await newLine();
    const client = whatsappApiJs(line, {
      appSecret: line.account.app_secret,
      webhookVerifyToken: verifyToken,
    });
    const messages: Loose[] = [];
    const statuses: Loose[] = [];
    client.on.message = async ({ message, name, reply }) => {
      messages.push({ ...message, name });
      if (message.type === "text") await reply(new Text(`you said ${message.text.body}`), true, "order 7");
    };
    client.on.status = ({ id, status, biz_opaque_callback_data }) => {
      statuses.push([id, status, biz_opaque_callback_data]);
    };
    const codes: number[] = [];
    await using hook = await hookOf(client, codes);
    await subscribe(line, hook.url);
    await rig.act(line.person, { act: "say", text: unescaped });
    const answer = await eventually("the answer", async () => {
      const last = await lastSeen(line);
      return last.from === "business" ? last : undefined;
    });
    assert.equal(answer.text, `you said ${unescaped}`);
    assert.deepEqual([messages[0].text.body, messages[0].name], [unescaped, line.person.name]);
    const reports = await eventually("sent and delivered", () =>
      statuses.length >= 2 ? statuses : undefined,
    );
    assert.deepEqual(reports, [
      [answer.id, "sent", "order 7"],
      [answer.id, "delivered", "order 7"],
    ]);
    const asked = whatsappApiJsSendings.find(({ what }) => what === "a list")!;
    const list = await asked.send(line);
    assert.ok("id" in list);
    await rig.act(line.person, { act: "choose", message: list.id, row: "Coffee" });
    await eventually("the pick", () => messages[1]);
    assert.deepEqual(messages[1].interactive.list_reply, { id: "coffee", title: "Coffee" });
    assert.equal(messages[1].context.id, list.id);
    assert.deepEqual([...new Set(codes)], [200]);
  });

  it("refuses what is signed with another secret", async () => {
    const line = await newLine();
    const client = whatsappApiJs(line, { appSecret: "another", webhookVerifyToken: verifyToken });
    client.on.message = () => assert.fail("an unsigned message was believed");
    const codes: number[] = [];
    await using hook = await hookOf(client, codes);
    await subscribe(line, hook.url);
    await rig.act(line.person, { act: "say", text: unescaped });
    assert.equal(await eventually("a refusal", () => codes[0]), 401);
  });
});

describe("@kapso/whatsapp-cloud-api, unchanged", { timeout: 240_000 }, () => {
  it("quotes, reacts, takes a reaction back and marks as read", async () => {
    const line = await newLine();
    const { messages } = kapso(line);
    const to = { phoneNumberId: line.phoneNumberId, to: line.to };
    const [hello] = await rig.screen(line.person);
    await messages.sendText({ ...to, body: "hi", contextMessageId: hello.id });
    assert.equal((await lastSeen(line)).quotes, hello.id);
    await messages.sendReaction({ ...to, reaction: { messageId: hello.id, emoji: "👍" } });
    assert.deepEqual((await rig.screen(line.person))[0].reactions, [{ from: "business", emoji: "👍" }]);
    await messages.sendReaction({ ...to, reaction: { messageId: hello.id, emoji: "" } });
    assert.deepEqual((await rig.screen(line.person))[0].reactions, []);
    const read = await messages.markRead({
      phoneNumberId: line.phoneNumberId,
      messageId: hello.id,
      typingIndicator: { type: "text" },
    });
    assert.deepEqual(read, { success: true });
  });

  it("writes to a person who is known by a business-scoped id alone", async () => {
    const line = await newLine({ username_only: true });
    const { phoneNumberId, to: recipient } = line;
    await kapso(line).messages.sendText({ phoneNumberId, recipient, body: "by id" });
    assert.equal((await lastSeen(line)).text, "by id");
  });

  it("uploads a file, sends it by its id, downloads it and deletes it", async () => {
    const line = await newLine();
    const { media, messages } = kapso(line);
    const { phoneNumberId, to } = line;
    const bytes = new TextEncoder().encode("bytes of a picture");
    const { id } = await media.upload({
      phoneNumberId,
      type: "image/png",
      file: new Blob([bytes]),
      fileName: "picture.png",
    });
    await messages.sendImage({ phoneNumberId, to, image: { id, caption: "Mine" } });
    assert.equal((await lastSeen(line)).media.id, id);
    const downloaded = await media.download({ mediaId: id, auth: "always" });
    assert.deepEqual(new Uint8Array(downloaded as ArrayBuffer), bytes);
    assert.deepEqual(await media.delete({ mediaId: id }), { success: true });
    await assert.rejects(media.get({ mediaId: id }), { code: 100 });
  });

  it("checks the signature of what is posted and reads it", async () => {
    const line = await newLine();
    const read: Loose[] = [];
    await using hook = await Hook.open(async (request, response) => {
      const { searchParams } = new URL(request.url ?? "/", "http://localhost");
      if (request.method === "GET") return response.end(searchParams.get("hub.challenge"));
      const raw = await rawBody(request);
      const signatureHeader = String(request.headers["x-hub-signature-256"]);
      assert.equal(verifySignature({ appSecret: "another", rawBody: raw, signatureHeader }), false);
      const isGenuine = verifySignature({
        appSecret: line.account.app_secret,
        rawBody: raw,
        signatureHeader,
      });
      read.push({ isGenuine, ...normalizeWebhook(JSON.parse(raw.toString())) });
      return response.end();
    });
    await subscribe(line, hook.url);
    await rig.act(line.person, { act: "say", text: unescaped });
    const said = await eventually("the text", () => read[0]);
    assert.equal(said.isGenuine, true);
    assert.equal(said.phoneNumberId, line.phoneNumberId);
    assert.equal(said.contacts[0].profile.name, line.person.name);
    assert.equal(said.messages[0].text.body, unescaped);
    assert.equal(said.messages[0].kapso.direction, "inbound");
    const { messages } = kapso(line);
    const to = { phoneNumberId: line.phoneNumberId, to: line.to };
    await messages.sendInteractiveButtons({
      ...to,
      bodyText: "?",
      buttons: [{ id: "yes", title: "Yes" }],
      bizOpaqueCallbackData: "order 7",
    });
    const delivered = await eventually("sent and delivered", () => read[2]);
    assert.deepEqual(
      [delivered.statuses[0].status, delivered.statuses[0].bizOpaqueCallbackData],
      ["delivered", "order 7"],
    );
    await rig.act(line.person, { act: "tap", message: (await lastSeen(line)).id, button: "Yes" });
    const tapped = await eventually("the tap", () => read[3]);
    assert.deepEqual(tapped.messages[0].interactive.buttonReply, { id: "yes", title: "Yes" });
  });

  it("understands every refusal: the token, the pace, the value, the closed window", async () => {
    const line = await newLine();
    const { phoneNumberId, to } = line;
    const send = (body: string, token = line.token) =>
      kapso({ url: rig.url, token }).messages.sendText({ phoneNumberId, to, body });
    await assert.rejects(send("hi", "wrong"), {
      code: 190,
      httpStatus: 401,
      category: "authorization",
      retry: { action: "refresh_token" },
    });
    await rig.call("POST", "/simulator/faults", { kind: "rate_limit", platform: "whatsapp", count: 1 });
    await assert.rejects(send("hi"), { code: 130429, category: "throttling" });
    await assert.rejects(send("x".repeat(4097)), { code: 131009, category: "parameter" });
    const missing = sentBy(
      kapso(line).messages.sendImage({ phoneNumberId, to, image: { id: "1234", link: link("a.jpg") } }),
    );
    assert.equal(((await missing) as Loose).code, 131009);
  });
});
