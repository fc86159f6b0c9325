import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Chat } from "../support/chat.ts";
import { whatsappView } from "../support/drawn.ts";
import { Endpoint } from "../support/endpoint.ts";
import { addressMessage, flow, headers, type Json, seed, seeds } from "../support/seeds.ts";
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

const open = () => Chat.open(stack, endpoint, "whatsapp");
const withoutPlus = (address: string) => address.replace("+", "");

/** The only new message on the screen is the native one. */
async function assertDrawn(chat: Chat, interactive: Json, count = 1): Promise<void> {
  const shown = await chat.shown();
  assert.equal(shown.length, count);
  for (const { id, ...view } of shown) {
    assert.match(id, /^wamid\./);
    assert.deepEqual(view, whatsappView(interactive));
  }
}

describe("a seed's body sent to WhatsApp", () => {
  for (const { name, body, interactive } of seeds()) {
    it(`is drawn natively through /v1/messages: ${name}`, async () => {
      const chat = await open();
      const { channel: from, address } = chat.person;
      const content = body.content ?? { interactive };
      for (const to of [address, withoutPlus(address)]) {
        const answer = await stack.call("POST", "/v1/messages", { ...rest(body), from, to, content });
        assert.equal(answer.status, 202, answer.text);
        assert.equal(answer.json.to, address);
        assert.equal(answer.json.platform, "whatsapp");
        assert.deepEqual(answer.json.adaptation.fidelity, "native");
        assert.deepEqual(answer.json.adaptation.steps, []);
        await chat.left(answer.json.id);
      }
      await assertDrawn(chat, interactive, 2);
    });
  }

  for (const { name, body, interactive } of seeds().filter(({ document }) => document === 2)) {
    it(`is drawn natively through the drop-in: ${name}`, async () => {
      const chat = await open();
      const { address } = chat.person;
      for (const to of [address, withoutPlus(address)]) {
        for (const wrapper of [{}, { recipient_type: "individual" }]) {
          const answer = await chat.sendCloud({ ...body, ...wrapper, to });
          assert.equal(answer.status, 200, answer.text);
          const { id } = answer.json.messages[0];
          assert.deepEqual(answer.json, {
            messaging_product: "whatsapp",
            contacts: [{ input: to, wa_id: withoutPlus(address) }],
            messages: [{ id }],
          });
          assert.match(id, /^wamid\./);
          await chat.left(id);
        }
      }
      await assertDrawn(chat, interactive, 4);
    });
  }

  it("reaches Meta as written, with `to` as the number with its plus", async () => {
    const chat = await open();
    const { body } = seed("seed-2-list");
    await chat.sentCloud({ ...body, to: withoutPlus(chat.person.address) });
    const { json } = await stack.simulate("GET", "/calls?limit=1000");
    const call = json.data.find((one: Json) => one.person === chat.person.id);
    assert.equal(call.accepted, true);
    assert.equal(call.body.to, chat.person.address);
    assert.deepEqual(call.body.interactive, body.interactive);
  });

  it("goes by the id that the drop-in answered, in events, quotes and reactions", async () => {
    const chat = await open();
    const to = chat.person.address;
    const id = await chat.sentCloud({ ...seed("seed-2-button").body, to });
    for (const type of ["message.sent", "message.delivered"]) {
      await endpoint.next(type, (event) => event.type === type && event.message.id === id);
    }
    const text = { messaging_product: "whatsapp", to, type: "text", text: { body: "As said above" } };
    await chat.sentCloud({ ...text, context: { message_id: id } });
    const [first, second] = await chat.shown();
    assert.equal(second.quotes, first.id);
    const event = await chat.hears({ act: "react", message: first.id, emoji: "👍" }, "message.reaction");
    assert.deepEqual(event.message.reaction, { message_id: id, emoji: "👍" });
  });

  for (const name of ["seed-1-button", "seed-1-cta-url", "seed-2-button", "seed-2-cta-url"]) {
    for (const [type, header] of Object.entries(headers)) {
      it(`may have a header of type ${type}: ${name}`, async () => {
        const chat = await open();
        const interactive = { ...seed(name).interactive, header };
        await chat.sent({ interactive });
        await assertDrawn(chat, interactive);
      });
    }
  }

  for (const name of ["seed-1-list", "seed-2-list"]) {
    it(`may have a text header only: ${name}`, async () => {
      const chat = await open();
      const interactive = { ...seed(name).interactive, header: headers.text };
      await chat.sent({ interactive });
      await assertDrawn(chat, interactive);
      for (const header of [headers.image, headers.video, headers.document]) {
        const { status, json } = await chat.send({ interactive: { ...interactive, header } });
        assert.equal(status, 422);
        assert.deepEqual(
          json.errors.map((error: Json) => error.pointer),
          ["/content/interactive/header/type"],
        );
      }
      await assertDrawn(chat, interactive);
    });
  }

  for (const name of [
    "seed-1-location-request-message",
    "seed-2-location-request-message",
    "seed-2-carousel",
  ]) {
    it(`has neither header nor footer: ${name}`, async () => {
      const chat = await open();
      const { interactive } = seed(name);
      for (const [key, value] of [
        ["header", headers.text],
        ["footer", { text: "No." }],
      ] as const) {
        const { status, json } = await chat.send({ interactive: { ...interactive, [key]: value } });
        assert.equal(status, 422);
        assert.deepEqual(
          json.errors.map((error: Json) => error.pointer),
          [`/content/interactive/${key}`],
        );
      }
      assert.deepEqual(await chat.shown(), []);
    });
  }
});

describe("a form sent to WhatsApp", () => {
  for (const [name, interactive] of Object.entries({ addressMessage, flow })) {
    it(`is drawn natively through /v1/messages and the drop-in: ${name}`, async () => {
      const chat = await open();
      const { address } = chat.person;
      for (const to of [address, withoutPlus(address)]) {
        await chat.sent({ interactive }, { to });
        const wrapper = { messaging_product: "whatsapp", type: "interactive" };
        await chat.sentCloud({ ...wrapper, to, interactive });
        await chat.sentCloud({ ...wrapper, recipient_type: "individual", to, interactive });
      }
      await assertDrawn(chat, interactive, 6);
    });
  }
});

/** What a body of the first document has beside content and the two names; the second's have other wrappers. */
function rest(body: Json): Json {
  return body.content === undefined ? {} : body;
}
