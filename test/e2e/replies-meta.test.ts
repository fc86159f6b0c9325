import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertPayload, buttonReply, Chat, listReply } from "../support/chat.ts";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
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
const rowsOf = (interactive: Json): Json[] =>
  interactive.action.sections.flatMap((section: Json) => section.rows);

/** Ten rows with descriptions in three sections, as long as each may be. */
function longList(): Json {
  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      id: long(`row-${from + index}-`, 200, "ü"),
      title: long(`Row ${from + index} `, 24, "t"),
      description: long(`Described ${from + index} `, 72, "d"),
    }));
  const sections = [
    { title: "Main courses of today", rows: rows(0, 4) },
    { title: "Desserts", rows: rows(4, 3) },
    { title: "Drinks, hot and cold", rows: rows(7, 3) },
  ];
  return { type: "list", body: { text: "Pick one" }, action: { button: "View options", sections } };
}

for (const platform of ["messenger", "instagram"] as const) {
  const open = () => Chat.open(stack, endpoint, platform);

  describe(`what a person on ${platform} answers`, () => {
    for (const { name, by, interactive, send } of waysOf("button")) {
      it(`comes as the seed's button_reply, for every button: ${name} by ${by}`, async () => {
        const chat = await open();
        for (const { reply } of interactive.action.buttons) {
          const id = await send(chat);
          const message = (await chat.lastShown()).id;
          const event = await chat.hears({ act: "tap", message, button: reply.title });
          assertPayload(event, buttonReply(reply), id);
        }
      });
    }

    for (const { name, by, interactive, send } of waysOf("list")) {
      it(`comes from a card as the seed's list_reply, for every row: ${name} by ${by}`, async () => {
        const chat = await open();
        const id = await send(chat);
        const message = (await chat.lastShown()).id;
        for (const [card, row] of rowsOf(interactive).entries()) {
          const event = await chat.hears({ act: "tap", message, button: { card, button: 0 } });
          assertPayload(event, listReply(row), id);
        }
      });
    }

    it("comes with the right id from every card of 10 rows with descriptions in 3 sections", async () => {
      const chat = await open();
      const interactive = longList();
      const id = await chat.sent({ interactive });
      const shown = await chat.shown();
      const { id: message, cards } = shown.at(-1) ?? {};
      assert.equal(cards.length, 10);
      const words = JSON.stringify(shown);
      for (const { title, rows } of interactive.action.sections) {
        assert.ok(words.includes(title), title);
        for (const row of rows) assert.ok(words.includes(row.title) && words.includes(row.description));
      }
      assert.ok(!words.includes(interactive.action.button));
      for (const [card, row] of rowsOf(interactive).entries()) {
        const event = await chat.hears({ act: "tap", message, button: { card, button: 0 } });
        assertPayload(event, listReply(row), id);
      }
    });

    for (const { button, options } of [
      { button: "Select" },
      { button: "sELECT " },
      { button: "Order", options: { labels: { select: "order" } } },
    ])
      it(`comes from a card whose button never reads like the list's own “${button}”${options ? ", though it was asked for" : ""}`, async () => {
        const chat = await open();
        const interactive = longList();
        interactive.action.button = button;
        const id = await chat.sent({ interactive }, options ? { options } : {});
        const { id: message, cards } = await chat.lastShown();
        for (const { buttons } of cards) {
          assert.equal(buttons.length, 1);
          assert.notEqual(buttons[0].label.trim().toLowerCase(), button.trim().toLowerCase());
        }
        const event = await chat.hears({ act: "tap", message, button: { card: 9, button: 0 } });
        assertPayload(event, listReply(rowsOf(interactive)[9]!), id);
      });

    it("comes from quick replies as a list_reply, also for rows of one section without a title", async () => {
      const chat = await open();
      const rows = [
        { id: "tea", title: "Tea" },
        { id: "coffee", title: "Coffee" },
      ];
      const action = { button: "Open", sections: [{ rows }] };
      for (const row of rows) {
        const id = await chat.sent({ interactive: { type: "list", body: { text: "Pick" }, action } });
        const message = (await chat.lastShown()).id;
        const event = await chat.hears({ act: "tap", message, button: row.title });
        assertPayload(event, listReply(row), id);
      }
    });

    it("tells rows of one title apart", async () => {
      const chat = await open();
      const sections = [
        { title: "Coffee", rows: [{ id: "coffee-l", title: "Large" }] },
        { title: "Tea", rows: [{ id: "tea-l", title: "Large" }] },
      ];
      const interactive = { type: "list", body: { text: "Pick" }, action: { button: "Open", sections } };
      const id = await chat.sent({ interactive });
      const { id: message, cards } = await chat.lastShown();
      assert.equal(cards.length, 2);
      for (const [card, row] of ["coffee-l", "tea-l"].entries()) {
        const event = await chat.hears({ act: "tap", message, button: { card, button: 0 } });
        assertPayload(event, listReply({ id: row, title: "Large" }), id);
      }
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

    it("brings the longest ids back unchanged, in any script, from buttons and from lists", async () => {
      const chat = await open();
      const titles = ["Long", "Straße 🎉", "日本語"];
      const ids = [
        long("a", 256),
        long("Straße ünïcode 🎉", 256, "🎉"),
        long('日本"\\語\u200d{}', 256, "語"),
      ];
      const replies = ids.map((id, index) => ({ id, title: titles[index] ?? "" }));
      for (const reply of replies) {
        const asked = await chat.sent({ interactive: buttons(replies) });
        const message = (await chat.lastShown()).id;
        const event = await chat.hears({ act: "tap", message, button: reply.title });
        assertPayload(event, buttonReply(reply), asked);
      }
    });

    it("names the message that it answers, also an older one with the same options", async () => {
      const chat = await open();
      const { interactive } = seed("seed-2-list");
      const older = await chat.sent({ interactive });
      const newer = await chat.sent({ interactive });
      const [first, second] = (await chat.shown()).filter(({ cards }) => cards).map(({ id }) => id);
      const button = { card: 2, button: 0 };
      const late = await chat.hears({ act: "tap", message: first, button });
      const prompt = await chat.hears({ act: "tap", message: second, button });
      assert.deepEqual(
        [late, prompt].map((event) => event.message.context.id),
        [older, newer],
      );
    });

    it("brings back the sender's metadata", async () => {
      const chat = await open();
      const metadata = { order: "42" };
      const id = await chat.sent({ interactive: seed("seed-2-button").interactive }, { metadata });
      const tap = { act: "tap", message: (await chat.lastShown()).id, button: "Track order" };
      const { context } = (await chat.hears(tap)).message;
      assert.deepEqual([context.id, context.metadata], [id, metadata]);
    });

    it("may quote a message of ours, and be quoted", async () => {
      const chat = await open();
      const asked = await chat.sent({ text: { body: "How are you?" } });
      const quotes = (await chat.lastShown()).id;
      const event = await chat.hears({ act: "say", text: "Fine", quotes });
      assertPayload(event, { type: "text", text: { body: "Fine" } }, asked);
      await chat.sent({ text: { body: "Good." } }, { context: { message_id: event.message.id } });
      const screen = await stack.screen(chat.person);
      const fine = screen.find(({ text }: Json) => text === "Fine");
      assert.equal((await chat.lastShown()).quotes, fine.id);
    });

    it("is told as read, and every message before it where the platform counts so", async () => {
      const chat = await open();
      const ids = [await chat.sent({ text: { body: "one" } }), await chat.sent({ text: { body: "two" } })];
      await chat.act({ act: "read" });
      for (const id of ids) {
        await endpoint.next(
          "message.read",
          ({ type, message }) => type === "message.read" && message.id === id,
        );
        const { json } = await stack.call("GET", `/v1/messages/${id}`);
        assert.equal(json.status, "read");
      }
      const later = await chat.sent({ text: { body: "three" } });
      await chat.hears({ act: "say", text: "hm" });
      const { json } = await stack.call("GET", `/v1/messages/${later}`);
      assert.notEqual(json.status, "read");
    });

    it("is a reaction, and none", async () => {
      const chat = await open();
      const id = await chat.sent({ text: { body: "Nice?" } });
      const message = (await chat.lastShown()).id;
      const given = await chat.hears({ act: "react", message, emoji: "❤" }, "message.reaction");
      assert.deepEqual(given.message.reaction, { message_id: id, emoji: "❤" });
      const taken = await chat.hears({ act: "react", message, emoji: "" }, "message.reaction");
      assert.deepEqual(taken.message.reaction, { message_id: id, emoji: "" });
    });

    it("is an edit of what was said", async () => {
      const chat = await open();
      const said = await chat.hears({ act: "say", text: "helo" });
      const message = (await stack.screen(chat.person)).at(-2)?.id;
      const edited = await chat.hears({ act: "edit", message, text: "hello" }, "message.edited");
      assert.equal(edited.message.id, said.message.id);
      assert.deepEqual(edited.message.text, { body: "hello" });
    });

    it("is a file that the gateway hands on, under an id of its own", async () => {
      const chat = await open();
      const event = await chat.hears({ act: "send", image: {} });
      assert.equal(event.message.type, "image");
      assert.doesNotMatch(JSON.stringify(event), /https?:/);
      const file = await stack.call("GET", `/v1/media/${event.message.image.id}`);
      assert.equal(file.status, 200);
      assert.match(String(file.headers["content-type"]), /^image\//);
    });
  });

  describe(`a carousel on ${platform}`, () => {
    it("answers with the id and the card of every quick reply", async () => {
      const chat = await open();
      const interactive = structuredClone(seed("seed-2-carousel").interactive);
      for (const [card, value] of interactive.action.cards.entries()) {
        const titles = ["More", "Price", "Buy"];
        value.action = {
          buttons: titles.map((title) => ({
            type: "quick_reply",
            quick_reply: { id: `${card}-${title}`, title },
          })),
        };
      }
      const id = await chat.sent({ interactive });
      const message = (await chat.lastShown()).id;
      for (const [card, { action }] of interactive.action.cards.entries()) {
        for (const [button, { quick_reply: reply }] of action.buttons.entries()) {
          const event = await chat.hears({ act: "tap", message, button: { card, button } });
          assertPayload(event, buttonReply({ ...reply, card_index: card }), id);
        }
      }
    });
  });
}

describe("what a person on Instagram takes back", () => {
  it("is told, and its words are nowhere any more", async () => {
    const chat = await Chat.open(stack, endpoint, "instagram");
    const words = "a secret of mine 4711";
    const said = await chat.hears({ act: "say", text: words });
    const message = (await stack.screen(chat.person)).find(({ text }: Json) => text === words)?.id;
    const gone = await chat.hears({ act: "delete", message }, "message.deleted");
    assert.equal(gone.message.id, said.message.id);
    const { json } = await stack.call("GET", `/v1/messages/${said.message.id}`);
    assert.deepEqual(json.content, { type: "deleted" });
    const listed = await stack.call("GET", "/v1/events?limit=200");
    assert.equal(listed.text.includes(words), false);
  });
});

describe("a message to someone on Messenger", () => {
  it("is told as delivered, and settles by its echo when its answer is lost", async () => {
    const chat = await Chat.open(stack, endpoint, "messenger");
    const order = { kind: "drop_answer", platform: "messenger", count: 1 };
    assert.equal((await stack.simulate("POST", "/faults", order)).status, 201);
    const answer = await chat.send({ text: { body: "Did you get it?" } });
    assert.equal(answer.status, 202, answer.text);
    const settled = await eventually("the message settled", async () => {
      const { json } = await stack.call("GET", `/v1/messages/${answer.json.id}`);
      return ["sent", "delivered"].includes(json.status) ? json : undefined;
    });
    assert.equal(settled.platform_ids.length, 1);
    assert.equal((await chat.shown()).length, 1);
    await endpoint.next(
      "message.delivered",
      ({ type, message }) => type === "message.delivered" && message.id === answer.json.id,
    );
  });
});
