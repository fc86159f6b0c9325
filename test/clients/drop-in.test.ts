import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Reaction, Template, Text } from "whatsapp-api-js/messages";
import type { PlatformName } from "../../src/core/platform.ts";
import { Chat } from "../support/chat.ts";
import { Endpoint } from "../support/endpoint.ts";
import { type Stack, startStack } from "../support/stack.ts";
import { kapso, sendings as kapsoSendings, sentBy } from "./kapso.ts";
import { bodyText, type Desk, type Loose, type Sending, type Sent } from "./sending.ts";
import { sentOf, whatsappApiJs, sendings as whatsappApiJsSendings } from "./whatsapp-api-js.ts";

let stack: Stack;
let endpoint: Endpoint;

before(async () => {
  stack = await startStack();
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

/** A person who has just written, and where a Cloud API client answers them: the gateway, with its key. */
async function open(platform: Parameters<typeof Chat.open>[2]): Promise<{ chat: Chat; desk: Desk }> {
  const chat = await Chat.open(stack, endpoint, platform);
  const { channel: phoneNumberId, address: to } = chat.person;
  return { chat, desk: { url: stack.url, token: stack.key, phoneNumberId, to } };
}

function idOf(sent: Sent): string {
  assert.ok("id" in sent, JSON.stringify(sent));
  return sent.id;
}

/** The other platforms, and what none of their messages can be. */
const others: [platform: PlatformName, impossible: RegExp][] = [
  ["telegram", /flow|address form/],
  ["messenger", /flow|address form|request for a place/],
  ["instagram", /flow|address form|request for a place/],
];

/** What a person on another platform must find of a message, whatever its form: the texts and the labels of options. */
function wordsOf(view: Loose): string[] {
  const cards: Loose[] = view.cards ?? [];
  const rows: Loose[] = (view.list?.sections ?? []).flatMap((section: Loose) => [
    section.title,
    ...section.rows.flatMap((row: Loose) => [row.title, row.description]),
  ]);
  const own = [view.header, view.text, view.footer, ...cards.map((card) => card.text), ...rows];
  const labels = [view, ...cards].flatMap(({ buttons = [] }) =>
    buttons.filter(({ kind }: Loose) => kind === "reply" || kind === "url").map(({ label }: Loose) => label),
  );
  const words = [...own, ...labels].filter((word) => word !== undefined);
  return words.map((word) => JSON.stringify(word.replaceAll("*", "")).slice(1, -1));
}

const clients: [name: string, sendings: Sending[]][] = [
  ["whatsapp-api-js", whatsappApiJsSendings],
  ["@kapso/whatsapp-cloud-api", kapsoSendings],
];

for (const [name, sendings] of clients) {
  describe(`${name} sends through the drop-in to WhatsApp`, { timeout: 240_000 }, () => {
    for (const { what, send, outcome } of sendings)
      it("refused" in outcome ? `${what}: refused` : what, async () => {
        const { chat, desk } = await open("whatsapp");
        const sent = await send(desk);
        if ("refused" in outcome) {
          assert.equal("code" in sent && sent.code, outcome.refused.dropIn, JSON.stringify(sent));
          return;
        }
        await chat.left(idOf(sent));
        const { id: _id, from: _from, ...view } = await chat.lastShown();
        assert.deepEqual(view, outcome.shows);
      });
  });

  for (const [platform, impossible] of others) {
    it(`${name} asks on ${platform}, and the tap names the message by the id that it was given`, async () => {
      const { chat, desk } = await open(platform);
      const id = idOf(await sendings.find(({ what }) => what === "buttons")!.send(desk));
      await chat.left(id);
      const shown = await chat.lastShown();
      assert.equal(shown.text, bodyText.replaceAll("*", ""));
      const reply = await chat.hears({ act: "tap", message: shown.id, button: "No" });
      assert.deepEqual(reply.message.interactive.button_reply, { id: "no", title: "No" });
      assert.equal(reply.message.context.id, id);
    });

    it(`${name} reaches people on ${platform} with all that can be shown there`, async () => {
      for (const { what, send, outcome } of sendings) {
        if ("refused" in outcome) continue;
        const { chat, desk } = await open(platform);
        const sent = await send(desk);
        if (impossible.test(what)) {
          assert.equal("code" in sent && sent.code, 131051, `${what}: ${JSON.stringify(sent)}`);
          continue;
        }
        await chat.left(idOf(sent));
        const seen = JSON.stringify(await chat.shown());
        for (const word of wordsOf(outcome.shows))
          assert.ok(seen.includes(word), `${what}: ${word} in ${seen}`);
      }
    });
  }
}

it("whatsapp-api-js quotes and reacts by the ids of events and of its own messages", async () => {
  const { chat, desk } = await open("whatsapp");
  const client = whatsappApiJs(desk);
  const heard = chat.hello.message.platform_id;
  const answer = await client.sendMessage(desk.phoneNumberId, desk.to, new Text("hi"), heard, "order 7");
  const message = await chat.left(idOf(sentOf(answer)));
  assert.equal((await chat.lastShown()).quotes, heard);
  assert.deepEqual(message.metadata, { biz_opaque_callback_data: "order 7" });
  const reaction = await client.sendMessage(desk.phoneNumberId, desk.to, new Reaction(heard, "👍"));
  await chat.left(idOf(sentOf(reaction)));
  const [hello] = await stack.screen(chat.person);
  assert.deepEqual(hello.reactions, [{ from: "business", emoji: "👍" }]);
});

it("whatsapp-api-js is told in Graph's shape what is not covered", async () => {
  const { chat, desk } = await open("whatsapp");
  const client = whatsappApiJs(desk);
  const read = sentOf(await client.markAsRead(desk.phoneNumberId, chat.hello.message.platform_id));
  assert.ok("code" in read && /Marking messages as read is not covered/.test(read.details ?? ""));
  const template = new Template("hello", "en");
  const refused = sentOf(await client.sendMessage(desk.phoneNumberId, desk.to, template));
  assert.ok("code" in refused && /Templates are not covered/.test(refused.details ?? ""));
});

it("@kapso/whatsapp-cloud-api understands the drop-in's refusals", async () => {
  const { desk } = await open("whatsapp");
  const { phoneNumberId, to } = desk;
  const send = (body: string, from = phoneNumberId, token = desk.token) =>
    kapso({ url: desk.url, token }).messages.sendText({ phoneNumberId: from, to, body });
  await assert.rejects(send("hi", phoneNumberId, "wrong"), {
    code: 190,
    httpStatus: 401,
    category: "authorization",
    retry: { action: "refresh_token" },
  });
  await assert.rejects(send("hi", "1"), { code: 33, category: "parameter" });
  await assert.rejects(send("x".repeat(4097)), { code: 131009, retry: { action: "fix_and_retry" } });
  idOf(await sentBy(send("hi")));
});
