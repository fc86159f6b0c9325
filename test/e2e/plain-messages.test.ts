import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertPayload, Chat } from "../support/chat.ts";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import type { Json } from "../support/seeds.ts";
import { type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let endpoint: Endpoint;
before(async () => {
  stack = await startStack();
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
});
after(async () => {
  await endpoint?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

const link = (name: string) => `https://example.com/${name}`;
const museum = {
  latitude: 40.782910059774,
  longitude: -73.959075808525,
  name: "Guggenheim",
  address: "1071 5th Ave",
};
const { latitude, longitude } = museum;
const ana = { name: { formatted_name: "Ana Lima" }, phones: [{ phone: "+5511999990000" }] };

/** A message of each kind, and what both platforms show of it. */
const messages: [string, Json, Json][] = [
  ["a text", { text: { body: "Hello: 1 < 2 & ünïcode 🎉" } }, { text: "Hello: 1 < 2 & ünïcode 🎉" }],
  [
    "an image",
    { image: { link: link("a.jpg"), caption: "A picture" } },
    { media: { type: "image", link: link("a.jpg") }, text: "A picture" },
  ],
  [
    "a video",
    { video: { link: link("a.mp4"), caption: "A film" } },
    { media: { type: "video", link: link("a.mp4") }, text: "A film" },
  ],
  ["an audio file", { audio: { link: link("a.mp3") } }, { media: { type: "audio", link: link("a.mp3") } }],
  [
    "a document",
    { document: { link: link("terms%20of%20use.pdf"), caption: "Terms" } },
    { media: { type: "document", link: link("terms%20of%20use.pdf") }, text: "Terms" },
  ],
  ["a sticker", { sticker: { link: link("a.webp") } }, { media: { type: "sticker", link: link("a.webp") } }],
  ["a location", { location: { latitude, longitude } }, { location: { latitude, longitude } }],
  ["a place with name and address", { location: museum }, { location: museum }],
  ["a contact", { contacts: [ana] }, { contacts: [{ name: "Ana Lima", phones: ["+5511999990000"] }] }],
];

/** What is shown, without the names that a platform itself gives to messages and files. */
function withoutOwnNames({ id: _id, from: _from, ...view }: Json): Json {
  if (view.media === undefined) return view;
  const { id: _file, filename: _name, ...media } = view.media;
  return { ...view, media };
}

for (const platform of ["whatsapp", "telegram"] as const) {
  const open = () => Chat.open(stack, endpoint, platform);

  describe(`a message to ${platform}`, () => {
    for (const [kind, content, view] of messages) {
      it(`may be ${kind}`, async () => {
        const chat = await open();
        const answer = await chat.send(content);
        assert.equal(answer.status, 202, answer.text);
        assert.equal(answer.json.adaptation.fidelity, "native");
        await chat.left(answer.json.id);
        assert.deepEqual((await chat.shown()).map(withoutOwnNames), [view]);
        const sent = await endpoint.next(
          "the sent event",
          ({ type, message }) => type === "message.sent" && message.id === answer.json.id,
        );
        assert.equal(sent.message.to, chat.person.address);
      });

      it(`may be ${kind}, by the drop-in`, async () => {
        const chat = await open();
        const [type] = Object.keys(content);
        const wrapper = { messaging_product: "whatsapp", recipient_type: "individual", type };
        await chat.sentCloud({ ...wrapper, to: chat.person.address, ...content });
        assert.deepEqual((await chat.shown()).map(withoutOwnNames), [view]);
      });
    }

    it("may be a voice note", async () => {
      const chat = await open();
      await chat.sent({ audio: { link: link("a.ogg"), voice: true } });
      const { media } = await chat.lastShown();
      assert.equal(media.link, link("a.ogg"));
      assert.equal(media.type, platform === "telegram" ? "voice" : "audio");
    });

    it("may be two contacts", async () => {
      const chat = await open();
      const ben = { name: { formatted_name: "Ben" }, phones: [{ phone: "+15550009999" }] };
      await chat.sent({ contacts: [ana, ben] });
      const shown = (await chat.shown()).flatMap((message) => message.contacts);
      assert.deepEqual(
        shown.map((contact) => contact.name),
        ["Ana Lima", "Ben"],
      );
    });

    it("may be a reaction, by our id of the message or the platform's, and be taken back", async () => {
      const chat = await open();
      const { id, platform_id } = chat.hello.message;
      const reactions = async () => (await stack.screen(chat.person))[0].reactions ?? [];
      for (const [message_id, emoji] of [
        [id, "👍"],
        [platform_id, "❤️"],
        [id, ""],
      ]) {
        await chat.sent({ reaction: { message_id, emoji } });
        const signs = (await reactions()).map((one: Json) => [one.from, one.emoji.replace("\uFE0F", "")]);
        assert.deepEqual(signs, emoji === "" ? [] : [["business", emoji.replace("\uFE0F", "")]]);
      }
      assert.deepEqual(await chat.shown(), []);
    });

    it("may quote a message of either side", async () => {
      const chat = await open();
      const [hello] = await stack.screen(chat.person);
      const own = await chat.sent(
        { text: { body: "First" } },
        { context: { message_id: chat.hello.message.id } },
      );
      await chat.sent({ text: { body: "Second" } }, { context: { message_id: own } });
      const [first, second] = await chat.shown();
      assert.equal(first.quotes, hello.id);
      assert.equal(second.quotes, first.id);
    });

    it("fails with the platform's reason where the person has blocked the business", async () => {
      const chat = await open();
      await chat.act({ act: "block" });
      const { json } = await chat.send({ text: { body: "Are you there?" } });
      const failed = await endpoint.next(
        "the failure",
        ({ type, message }) => type === "message.failed" && message.id === json.id,
      );
      assert.equal(failed.message.status, "failed");
      const reason = platform === "telegram" ? /403|blocked/ : /131026/;
      assert.match(JSON.stringify(failed.message.problem), reason);
      assert.deepEqual(await chat.shown(), []);
    });

    it("is told delivered and read as far as the platform tells it", async () => {
      const chat = await open();
      const id = await chat.sent({ text: { body: "Read me" } });
      await chat.act({ act: "read" });
      const last = platform === "whatsapp" ? "read" : "sent";
      await eventually(`status ${last}`, async () => {
        const { json } = await stack.call("GET", `/v1/messages/${id}`);
        return json.status === last || undefined;
      });
      const read = await endpoint.next(
        last,
        ({ type, message }) => type === `message.${last}` && message.id === id,
      );
      assert.equal(read.message.status, last);
      await chat.heard();
      const told = endpoint.delivered
        .map(({ event }) => event)
        .filter(({ message }) => message?.id === id)
        .map(({ type }) => type);
      const statuses = ["message.sent", "message.delivered", "message.read"];
      assert.deepEqual(told, platform === "whatsapp" ? statuses : ["message.sent"]);
    });
  });
}

describe("a message from a person", () => {
  for (const platform of ["whatsapp", "telegram"] as const) {
    const open = () => Chat.open(stack, endpoint, platform);

    it(`may be a text, quoting one of ours or none: ${platform}`, async () => {
      const chat = await open();
      const plain = await chat.hears({ act: "say", text: "Olá 🎉 <b>&amp;" });
      assertPayload(plain, { type: "text", text: { body: "Olá 🎉 <b>&amp;" } });
      const asked = await chat.sent({ text: { body: "Question?" } });
      const quotes = (await chat.lastShown()).id;
      const quoting = await chat.hears({ act: "say", text: "Answer!", quotes });
      assertPayload(quoting, { type: "text", text: { body: "Answer!" } }, asked);
      assert.equal(quoting.conversation.contact.name, chat.person.name);
    });

    it(`may be a document whose name has a space, handed out by /v1/media with its bytes: ${platform}`, async () => {
      const chat = await open();
      const bytes = Buffer.from([0, 1, 2, 250, 255, 10, 13, 0x25]);
      const document = {
        filename: "my résumé 1.pdf",
        mime_type: "application/pdf",
        caption: "Here it is",
        data: bytes.toString("base64"),
      };
      const event = await chat.hears({ act: "send", document });
      const { id, sha256: _hash, ...given } = event.message.document;
      const { filename, mime_type, caption } = document;
      assert.deepEqual(given, { filename, mime_type, caption });
      assertPayload(event, { type: "document", document: event.message.document });
      assert.match(id, /^med_/);
      assert.doesNotMatch(JSON.stringify(event), /https?:/);
      const headers = { authorization: `Bearer ${stack.key}` };
      const answer = await fetch(`${stack.url}/v1/media/${id}`, { headers });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("content-type"), "application/pdf");
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes);
      assert.equal((await fetch(`${stack.url}/v1/media/${id}`)).status, 401);
    });

    it(`may be an image, a video, an audio file, a voice note or a sticker: ${platform}`, async () => {
      const chat = await open();
      const caption = "Look!";
      const data = Buffer.from("bytes of any kind").toString("base64");
      for (const [gift, type, more] of [
        [{ image: { caption, data } }, "image", { caption }],
        [{ video: { caption, data } }, "video", { caption }],
        [{ audio: { data } }, "audio", { voice: false }],
        [{ voice: { data } }, "audio", { voice: true }],
        [{ sticker: { data } }, "sticker", { animated: false }],
      ] as [object, string, Json][]) {
        const event = await chat.hears({ act: "send", ...gift });
        assertPayload(event, { type, [type]: event.message[type] });
        const { id, mime_type, sha256: _hash, ...rest } = event.message[type];
        assert.deepEqual(rest, more);
        assert.equal(typeof mime_type, "string");
        const file = await stack.call("GET", `/v1/media/${id}`);
        assert.deepEqual([file.status, file.text], [200, "bytes of any kind"]);
      }
    });

    it(`may be a contact: ${platform}`, async () => {
      const chat = await open();
      const event = await chat.hears({ act: "send", contact: { name: "Zoe Q", phone: "+15550009999" } });
      const [contact, ...more] = event.message.contacts;
      assert.equal(event.message.type, "contacts");
      assert.equal(contact.name.formatted_name, "Zoe Q");
      assert.equal(contact.phones[0].phone, "+15550009999");
      assert.deepEqual(more, []);
    });

    it(`may be a location that nobody asked for: ${platform}`, async () => {
      const chat = await open();
      const event = await chat.hears({ act: "share_location", ...museum });
      assertPayload(event, { type: "location", location: museum });
      const bare = await chat.hears({ act: "share_location", latitude, longitude });
      assertPayload(bare, { type: "location", location: { latitude, longitude } });
    });

    it(`may be a reaction to ours, changed and taken back: ${platform}`, async () => {
      const chat = await open();
      const id = await chat.sent({ text: { body: "React!" } });
      const message = (await chat.lastShown()).id;
      for (const emoji of ["👍", "🎉", ""]) {
        const event = await chat.hears({ act: "react", message, emoji }, "message.reaction");
        assertPayload(event, { type: "reaction", reaction: { message_id: id, emoji } }, id);
      }
    });

    it(`may be edited: ${platform}`, async () => {
      const chat = await open();
      const said = await chat.hears({ act: "say", text: "frist" });
      const message = (await stack.screen(chat.person)).find(({ text }) => text === "frist").id;
      const edited = await chat.hears({ act: "edit", message, text: "first" }, "message.edited");
      assertPayload(edited, { type: "text", text: { body: "first" } });
      assert.equal(edited.message.id, said.message.id);
    });
  }

  it("may be deleted on WhatsApp; Telegram tells nothing of it", async () => {
    for (const platform of ["whatsapp", "telegram"] as const) {
      const chat = await Chat.open(stack, endpoint, platform);
      const [hello] = await stack.screen(chat.person);
      const events = await chat.heard({ act: "delete", message: hello.id });
      if (platform === "telegram") assert.deepEqual(events, []);
      else {
        assert.deepEqual(
          events.map(({ type, message }) => [type, message.id]),
          [["message.deleted", chat.hello.message.id]],
        );
      }
    }
  });

  it("may be a block and its end on Telegram; WhatsApp tells nothing of either", async () => {
    for (const platform of ["whatsapp", "telegram"] as const) {
      const chat = await Chat.open(stack, endpoint, platform);
      const events = await chat.heard({ act: "block" }, { act: "unblock" });
      assert.deepEqual(
        events.map(({ type }) => type),
        platform === "telegram" ? ["contact.blocked", "contact.unblocked"] : [],
      );
      for (const event of events) assert.equal(event.conversation.contact.addresses[0], chat.person.address);
      await chat.sent({ text: { body: "Welcome back" } });
      assert.equal((await chat.lastShown()).text, "Welcome back");
    }
  });
});
