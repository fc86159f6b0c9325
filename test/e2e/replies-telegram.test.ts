import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertPayload, buttonReply, Chat, listReply } from "../support/chat.ts";
import { Endpoint } from "../support/endpoint.ts";
import { buttons, type Json, long, seed, seeds } from "../support/seeds.ts";
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

const open = () => Chat.open(stack, endpoint, "telegram");
const place = {
  latitude: 40.782910059774,
  longitude: -73.959075808525,
  name: "Solomon R. Guggenheim Museum",
  address: "1071 5th Ave, New York, NY 10128",
};
const { latitude, longitude } = place;
const keyboard = { options: { telegram: { list: "keyboard" } } };
const rowsOf = (interactive: Json): Json[] =>
  interactive.action.sections.flatMap((section: Json) => section.rows);

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

/** Votes for the option of a row on the newest poll. */
async function vote(chat: Chat, row: Json): Promise<Json> {
  const { id: message, poll } = await chat.lastShown();
  const option = poll.options.find(({ text }: Json) => text.startsWith(row.title)).text;
  return chat.hears({ act: "vote", message, option });
}

describe("what a person on Telegram answers", () => {
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

  for (const { name, by, interactive, send } of waysOf("list")) {
    it(`comes from a poll as the seed's list_reply, for every row: ${name} by ${by}`, async () => {
      const chat = await open();
      for (const row of rowsOf(interactive)) {
        const id = await send(chat);
        assertPayload(await vote(chat, row), listReply(row), id);
      }
    });
  }

  for (const name of ["seed-1-list", "seed-2-list"]) {
    it(`comes from a list's buttons as the seed's list_reply, for every row: ${name}`, async () => {
      const chat = await open();
      const { interactive } = seed(name);
      const id = await chat.sent({ interactive }, keyboard);
      const message = (await chat.lastShown()).id;
      for (const row of rowsOf(interactive)) {
        const event = await chat.hears({ act: "tap", message, button: row.title });
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

  it("is a location when the button that shares it is tapped", async () => {
    const chat = await open();
    const id = await chat.sent({ interactive: seed("seed-2-location-request-message").interactive });
    const { id: message } = await chat.lastShown();
    const event = await chat.hears({ act: "tap", message, button: "Send location", latitude, longitude });
    assertPayload(event, { type: "location", location: { latitude, longitude } }, id);
  });

  it("answers the open request when a location quotes nothing, and nothing once that is answered", async () => {
    const chat = await open();
    const id = await chat.sent({ interactive: seed("seed-2-location-request-message").interactive });
    const plain = { act: "share_location", latitude, longitude, plain: true };
    assertPayload(await chat.hears(plain), { type: "location", location: { latitude, longitude } }, id);
    const again = await chat.hears(plain);
    assert.equal(again.message.context, undefined);
  });

  for (const { name, by, interactive, send } of waysOf("cta_url")) {
    it(`is nothing when a link is tapped: ${name} by ${by}`, async () => {
      const chat = await open();
      await send(chat);
      const { display_text: button, url } = interactive.action.parameters;
      const tap = { act: "tap", message: (await chat.lastShown()).id, button };
      assert.equal((await chat.act(tap)).opened, url);
      assert.deepEqual(await chat.heard(tap), []);
    });
  }

  it("names the message that it answers, also an older one with the same options", async () => {
    const chat = await open();
    const { interactive } = seed("seed-2-button");
    const list = seed("seed-2-list").interactive;
    const sent = [
      await chat.sent({ interactive }),
      await chat.sent({ interactive: list }),
      await chat.sent({ interactive: list }, keyboard),
      await chat.sent({ interactive }),
      await chat.sent({ interactive: list }),
      await chat.sent({ interactive: list }, keyboard),
    ];
    const [buttons1, poll1, keys1, buttons2, poll2, keys2] = (await chat.shown()).map(({ id }) => id);
    const option = "Deals — Weekly offers";
    const answered = [
      await chat.hears({ act: "tap", message: buttons2, button: "Track order" }),
      await chat.hears({ act: "tap", message: buttons1, button: "Track order" }),
      await chat.hears({ act: "vote", message: poll2, option }),
      await chat.hears({ act: "vote", message: poll1, option }),
      await chat.hears({ act: "tap", message: keys2, button: "Deals" }),
      await chat.hears({ act: "tap", message: keys1, button: "Deals" }),
    ].map((event) => event.message.context.id);
    assert.deepEqual(answered, [sent[3], sent[0], sent[4], sent[1], sent[5], sent[2]]);
  });

  it("brings the longest ids back unchanged, in any script, from buttons, polls and lists of buttons", async () => {
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
    const action = { button: "Open", sections: [{ rows }] };
    const interactive = { type: "list", body: { text: "Pick" }, action };
    for (const row of rows) {
      const polled = await chat.sent({ interactive });
      assertPayload(await vote(chat, row), listReply(row), polled);
      const keyed = await chat.sent({ interactive }, keyboard);
      const tap = { act: "tap", message: (await chat.lastShown()).id, button: row.title };
      assertPayload(await chat.hears(tap), listReply(row), keyed);
    }
  });

  it("tells rows of one title apart", async () => {
    const chat = await open();
    const rows = (id: string) => [{ id, title: "Large" }];
    const sections = [
      { title: "Coffee", rows: rows("coffee-l") },
      { title: "Tea", rows: rows("tea-l") },
    ];
    const interactive = { type: "list", body: { text: "Pick" }, action: { button: "Open", sections } };
    const id = await chat.sent({ interactive });
    const { id: message, buttons: shown } = await chat.lastShown();
    for (const [index, row] of ["coffee-l", "tea-l"].entries()) {
      const event = await chat.hears({ act: "tap", message, button: shown[index].label });
      assertPayload(event, listReply({ id: row, title: "Large" }), id);
    }
  });

  it("is acknowledged on the spot: a tap by a toast with its title, a vote by closing its poll", async () => {
    const chat = await open();
    await chat.sent({ interactive: seed("seed-2-button").interactive });
    await chat.hears({ act: "tap", message: (await chat.lastShown()).id, button: "Track order" });
    await chat.sent({ interactive: seed("seed-2-list").interactive });
    await vote(chat, { title: "Deals" });
    const acknowledged = await chat.calls(({ path }) => /answerCallbackQuery|stopPoll/.test(path), 2);
    assert.deepEqual(
      acknowledged.map(({ path, accepted }) => [path.split("/").at(-1), accepted]),
      [
        ["answerCallbackQuery", true],
        ["stopPoll", true],
      ],
    );
    assert.equal(acknowledged[0].body.text, "✓ Track order");
  });

  it("brings back the sender's metadata, from a tap and from a vote", async () => {
    const chat = await open();
    const metadata = { order: "42" };
    const { interactive } = seed("seed-2-button");
    const id = await chat.sent({ interactive }, { metadata });
    const tap = { act: "tap", message: (await chat.lastShown()).id, button: "Track order" };
    const { context } = (await chat.hears(tap)).message;
    assert.deepEqual(context, { id, platform_id: context.platform_id, metadata });
    const polled = await chat.sent({ interactive: seed("seed-2-list").interactive }, { metadata });
    const voted = (await vote(chat, { title: "Deals" })).message.context;
    assert.deepEqual(voted, { id: polled, platform_id: voted.platform_id, metadata });
  });
});
