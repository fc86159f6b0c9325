import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertPayload, buttonReply, Chat, listReply } from "../support/chat.ts";
import { Endpoint } from "../support/endpoint.ts";
import { entry, envelope, type MetaNumber, postSigned, whatsappNumber } from "../support/meta-webhook.ts";
import { addressMessage, buttons, flow, type Json, long, seed, seeds } from "../support/seeds.ts";
import { type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let endpoint: Endpoint;
let number: MetaNumber;
before(async () => {
  stack = await startStack();
  number = await whatsappNumber(stack);
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
});
after(async () => {
  await endpoint?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

const open = (wishes: object = {}) => Chat.open(stack, endpoint, "whatsapp", wishes);
const place = {
  latitude: 40.782910059774,
  longitude: -73.959075808525,
  name: "Solomon R. Guggenheim Museum",
  address: "1071 5th Ave, New York, NY 10128",
};
const { latitude, longitude } = place;

/** Both ways in: ours for every seed, and the drop-in for the second document's. */
const ways = seeds().flatMap(({ name, document, body, interactive }) => [
  { name, interactive, by: "/v1/messages", send: (chat: Chat) => chat.sent({ interactive }) },
  ...(document === 1
    ? []
    : [
        {
          name,
          interactive,
          by: "the drop-in",
          send: (chat: Chat) => chat.sentCloud({ ...body, to: chat.person.address }),
        },
      ]),
]);
const waysOf = (type: string) => ways.filter(({ interactive }) => interactive.type === type);

describe("what a person on WhatsApp answers", () => {
  for (const { name, by, interactive, send } of waysOf("button")) {
    it(`comes as the seed's button_reply, for every button: ${name} by ${by}`, async () => {
      const chat = await open();
      const id = await send(chat);
      const message = (await chat.lastShown()).id;
      for (const { reply } of interactive.action.buttons) {
        const event = await chat.hears({ act: "tap", message, button: reply.title });
        assertPayload(event, buttonReply(reply), id);
      }
    });
  }

  it("is word for word the payload that the first document shows", async () => {
    const chat = await open();
    const id = await chat.sent(seed("seed-1-button").body.content);
    const event = await chat.hears({ act: "tap", message: (await chat.lastShown()).id, button: "Support" });
    const payload = {
      type: "interactive",
      interactive: { type: "button_reply", button_reply: { id: "SUPPORT", title: "Support" } },
    };
    assertPayload(event, payload, id);
  });

  for (const { name, by, interactive, send } of waysOf("list")) {
    it(`comes as the seed's list_reply, for every row: ${name} by ${by}`, async () => {
      const chat = await open();
      const id = await send(chat);
      const message = (await chat.lastShown()).id;
      for (const row of interactive.action.sections.flatMap((section: Json) => section.rows)) {
        const event = await chat.hears({ act: "choose", message, row: row.title });
        assertPayload(event, listReply(row), id);
      }
    });
  }

  for (const { name, by, send } of waysOf("location_request_message")) {
    it(`comes as the seed's location, with and without name and address: ${name} by ${by}`, async () => {
      const chat = await open();
      const first = await send(chat);
      const named = await chat.hears({ act: "share_location", ...place });
      assertPayload(named, { type: "location", location: place }, first);
      const second = await send(chat);
      const bare = await chat.hears({ act: "share_location", latitude, longitude });
      assertPayload(bare, { type: "location", location: { latitude, longitude } }, second);
    });
  }

  it("answers the older of two requests for a location when that is the one tapped", async () => {
    const chat = await open();
    const { interactive } = seed("seed-2-location-request-message");
    const older = await chat.sent({ interactive });
    const message = (await chat.lastShown()).id;
    await chat.sent({ interactive });
    const event = await chat.hears({ act: "tap", message, button: "Send location", latitude, longitude });
    assertPayload(event, { type: "location", location: { latitude, longitude } }, older);
  });

  it("answers nothing when a location was shared unasked", async () => {
    const chat = await open();
    await chat.sent({ interactive: seed("seed-2-location-request-message").interactive });
    const event = await chat.hears({ act: "share_location", ...place, plain: true });
    assertPayload(event, { type: "location", location: place });
    assert.equal(event.message.context, undefined);
  });

  for (const { name, by, interactive, send } of waysOf("cta_url")) {
    it(`is nothing when a link is tapped: ${name} by ${by}`, async () => {
      const chat = await open();
      await send(chat);
      const { display_text: button, url } = interactive.action.parameters;
      const message = (await chat.lastShown()).id;
      const tap = { act: "tap", message, button };
      assert.equal((await chat.act(tap)).opened, url);
      assert.deepEqual(await chat.heard(tap), []);
    });
  }

  it("comes as nfm_reply from a flow and from an address form, with what was filled in", async () => {
    const chat = await open();
    const values = { size: "L", note: "põe ☕" };
    const form = await chat.sent({ interactive: flow });
    const filled = await chat.hears({ act: "submit", message: (await chat.lastShown()).id, values });
    const { name, body, response_json, ...more } = filled.message.interactive.nfm_reply;
    assert.deepEqual([name, typeof body, more], ["flow", "string", {}]);
    assert.deepEqual(JSON.parse(response_json), { flow_token: "token-1", ...values });
    const nfm = { name, body, response_json };
    assertPayload(filled, { type: "interactive", interactive: { type: "nfm_reply", nfm_reply: nfm } }, form);

    const where = { name: "Asha", in_pin_code: "400063", city: "Mumbai" };
    const asked = await chat.sent({ interactive: addressMessage });
    const given = await chat.hears({ act: "submit", message: (await chat.lastShown()).id, values: where });
    assert.equal(given.message.interactive.type, "nfm_reply");
    assert.equal(given.message.interactive.nfm_reply.name, "address_message");
    assert.deepEqual(JSON.parse(given.message.interactive.nfm_reply.response_json), { values: where });
    assert.equal(given.message.context.id, asked);
  });

  it("names the message that it answers, also an older one with the same options", async () => {
    const chat = await open();
    const { interactive } = seed("seed-2-button");
    const list = seed("seed-2-list").interactive;
    const older = [await chat.sent({ interactive }), await chat.sent({ interactive: list })];
    const newer = [await chat.sent({ interactive }), await chat.sent({ interactive: list })];
    const [first, second, third, fourth] = (await chat.shown()).map((message) => message.id);
    const button = "Track order";
    const row = "Deals";
    const answered = [
      await chat.hears({ act: "tap", message: third, button }),
      await chat.hears({ act: "tap", message: first, button }),
      await chat.hears({ act: "choose", message: fourth, row }),
      await chat.hears({ act: "choose", message: second, row }),
    ].map((event) => event.message.context.id);
    assert.deepEqual(answered, [newer[0], older[0], newer[1], older[1]]);
  });

  it("brings the longest ids back unchanged, in any script", async () => {
    const chat = await open();
    const titles = ["Long", "Straße 🎉", "日本語"];
    const ids = [long("a", 256), long("Straße ünïcode 🎉", 256, "🎉"), long('日本"\\語\u200d{}', 256, "語")];
    const replies = ids.map((id, index) => ({ id, title: titles[index] ?? "" }));
    const asked = await chat.sent({ interactive: buttons(replies) });
    const message = (await chat.lastShown()).id;
    for (const reply of replies) {
      const event = await chat.hears({ act: "tap", message, button: reply.title });
      assertPayload(event, buttonReply(reply), asked);
    }
    const rows = [
      { id: long("row", 200), title: "Row" },
      { id: long("🎉", 200, "ü"), title: "Ünïcode", description: "🎉 descrição" },
    ];
    const interactive = {
      type: "list",
      body: { text: "Pick" },
      action: { button: "Open", sections: [{ rows }] },
    };
    const offered = await chat.sent({ interactive });
    const shown = (await chat.lastShown()).id;
    for (const row of rows) {
      assertPayload(
        await chat.hears({ act: "choose", message: shown, row: row.title }),
        listReply(row),
        offered,
      );
    }
  });

  it("comes once more for each time that a button is tapped", async () => {
    const chat = await open();
    const id = await chat.sent({ interactive: seed("seed-2-button").interactive });
    const tap = { act: "tap", message: (await chat.lastShown()).id, button: "Track order" };
    const events = await chat.heard(tap, tap);
    assert.equal(events.length, 2);
    for (const event of events) {
      assertPayload(event, buttonReply({ id: "track_order", title: "Track order" }), id);
    }
    assert.notEqual(events[0].message.id, events[1].message.id);
  });

  it("brings back the sender's metadata", async () => {
    const chat = await open();
    const metadata = { order: "42" };
    const id = await chat.sent({ interactive: seed("seed-2-button").interactive }, { metadata });
    const tap = { act: "tap", message: (await chat.lastShown()).id, button: "Track order" };
    const { context } = (await chat.hears(tap)).message;
    assert.deepEqual(context, { id, platform_id: context.platform_id, metadata });
  });
});

describe("seed 2's inbound location, as written in its envelope", () => {
  const seed2 = {
    context: { from: "15550001234", id: "wamid.HBgL..." },
    from: "12015550123",
    id: "wamid.HBgL...",
    timestamp: "1702920965",
    location: place,
    type: "location",
  };
  const post = async (message: object) => {
    const from = endpoint.delivered.length;
    const posted = await postSigned(stack, number, envelope(entry(number, { messages: [message] })));
    assert.equal(posted.status, 200);
    return endpoint.next("the location", (event) => event.message?.type === "location", from);
  };

  it("gives the location event, also without name and address", async () => {
    const event = await post(seed2);
    const { id, context, ...message } = event.message;
    assert.equal(event.type, "message.received");
    assert.deepEqual(message, {
      type: "location",
      location: place,
      platform_id: "wamid.HBgL...",
      from: "12015550123",
      timestamp: "2023-12-18T17:36:05.000Z",
    });
    // The sample shows one id twice: what it quotes is no message of ours.
    assert.deepEqual([/^msg_/.test(id), context], [true, { platform_id: "wamid.HBgL..." }]);
    assert.equal(event.conversation.contact.addresses.includes("12015550123"), true);

    const bare = { ...seed2, id: "wamid.HBgL...2", location: { latitude, longitude } };
    assert.deepEqual((await post(bare)).message.location, { latitude, longitude });
  });

  it("answers the request that its context names", async () => {
    const chat = await open();
    const asked = await chat.sent({ interactive: seed("seed-2-location-request-message").interactive });
    const { id: requestId } = await chat.lastShown();
    const from = chat.person.address.slice(1);
    const context = { ...seed2.context, id: requestId };
    const event = await post({ ...seed2, id: "wamid.HBgL...3", from, context });
    assert.equal(event.conversation.id, chat.hello.conversation.id);
    assert.equal(event.message.context.id, asked);
  });
});

describe("a tap that WhatsApp reports as a template's button", () => {
  const press = async (from: string, id: string, more: object) => {
    const start = endpoint.delivered.length;
    const timestamp = String(Math.floor(Date.now() / 1000));
    const message = { from, id, timestamp, type: "button", ...more };
    assert.equal(
      (await postSigned(stack, number, envelope(entry(number, { messages: [message] })))).status,
      200,
    );
    return endpoint.next("the tap", (event) => event.message?.platform_id === id, start);
  };

  it("is the option of ours that it quotes, and else what WhatsApp says", async () => {
    const chat = await open();
    const asked = await chat.sent(seed("seed-1-button").body.content);
    const context = { id: (await chat.lastShown()).id };
    const from = chat.person.address.slice(1);
    const tap = await press(from, "wamid.BUTTON1", {
      context,
      button: { payload: "SUPPORT", text: "Support" },
    });
    assertPayload(tap, buttonReply({ id: "SUPPORT", title: "Support" }), asked);

    const button = { payload: "STOP", text: "Stop" };
    const noChoice = await press(from, "wamid.BUTTON2", { context, button });
    assert.deepEqual([noChoice.message.type, noChoice.message.button], ["button", button]);
    assert.equal(noChoice.message.context.id, asked);
    const notOurs = await press(from, "wamid.BUTTON3", { context: { id: "wamid.TEMPLATE" }, button });
    assert.deepEqual([notOurs.message.type, notOurs.message.button], ["button", button]);
  });
});

describe("a person who shows the business a username only", () => {
  it("is heard, and answered by `recipient`, through both ways in", async () => {
    const chat = await open({ username_only: true });
    const { address } = chat.person;
    assert.match(address, /^[A-Z]{2}\./);
    assert.equal(chat.hello.message.from, address);
    assert.deepEqual(chat.hello.conversation.contact.addresses, [address]);
    const { body, interactive } = seed("seed-2-button");
    const ids = [
      await chat.sent({ interactive }),
      await chat.sentCloud({ ...body, to: undefined, recipient: address }),
    ];
    const { json } = await stack.simulate("GET", "/calls?limit=1000");
    const calls = json.data.filter((call: Json) => call.person === chat.person.id);
    assert.equal(calls.length, 2);
    for (const call of calls) {
      assert.equal(call.body.recipient, address);
      assert.equal("to" in call.body, false);
    }
    const shown = await chat.shown();
    assert.equal(shown.length, 2);
    for (const [index, message] of shown.entries()) {
      const event = await chat.hears({ act: "tap", message: message.id, button: "Talk to agent" });
      assertPayload(event, buttonReply({ id: "talk_to_agent", title: "Talk to agent" }), ids[index]);
    }
  });
});
