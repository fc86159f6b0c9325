import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertPayload, buttonReply, Chat } from "../support/chat.ts";
import { flat, readable, unmarked, whatsappView, wordsOf } from "../support/drawn.ts";
import { Endpoint } from "../support/endpoint.ts";
import { headers, type Json, long, quickReplies, quickReplyCarousel, seed } from "../support/seeds.ts";
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

const platforms = ["whatsapp", "instagram", "messenger", "telegram"] as const;
const forms = ["nested", "flat"] as const;
const wrapper = { messaging_product: "whatsapp", recipient_type: "individual", type: "interactive" };

/** Sends through one of both ways in. */
const ways = {
  "/v1/messages": (chat: Chat, interactive: Json) => chat.sent({ interactive }),
  "the drop-in": (chat: Chat, interactive: Json) =>
    chat.sentCloud({ ...wrapper, to: chat.person.address, interactive }),
};

/** What to tap for a card's button: where cards do not stand side by side, every one is messages of its own. */
function tapOf(shown: Json[], card: number, button: number): object {
  const together = shown.find(({ cards }) => cards);
  if (together) return { act: "tap", message: together.id, button: { card, button } };
  const { id: message } = shown.filter(({ buttons }) => buttons)[card];
  return { act: "tap", message, button: { button } };
}

function assertDrawn(shown: Json[], interactive: Json): void {
  const { cards } = interactive.action;
  if (shown[0].cards) {
    const [{ id, ...view }, ...more] = shown;
    assert.deepEqual(view, whatsappView(interactive));
    assert.deepEqual([typeof id, more], ["string", []]);
    return;
  }
  const [text, ...rest] = shown;
  assert.equal(text.text, interactive.body.text);
  for (const words of wordsOf(interactive)) {
    assert.ok(flat(readable(shown)).includes(flat(unmarked(words))), words);
  }
  assert.doesNotMatch(readable(shown), /[*_]/);
  assert.deepEqual(
    cardsOf(rest).map(({ media, text: words, buttons }) => ({
      media: { type: media.type, link: media.link },
      // A line break in a card's text is where its title ends and its subtitle begins.
      text: flat(words),
      buttons: buttons.map(({ label, kind }: Json) => [label, kind]),
    })),
    cards.map((card: Json) => ({
      media: { type: card.header.type, link: card.header[card.header.type].link },
      text: flat(unmarked(card.body.text)),
      buttons: quickReplies(card).map(({ title }) => [title, "reply"]),
    })),
  );
}

/** Each card with its file, its words in one piece and its buttons, whichever way the platform draws it. */
function cardsOf(messages: Json[]): Json[] {
  const [{ cards }] = messages as [Json];
  if (cards) {
    return cards.map(({ title, text, ...card }: Json) => ({
      ...card,
      text: [title, text].filter(Boolean).join(" "),
    }));
  }
  // A file and its words are two messages where a file takes no caption.
  return messages.flatMap((message, index) => {
    if (message.buttons && message.media) return [message];
    return message.buttons ? [{ ...message, media: messages[index - 1]?.media }] : [];
  });
}

for (const platform of platforms) {
  const open = () => Chat.open(stack, endpoint, platform);

  describe(`a carousel on ${platform}`, () => {
    for (const count of [1, 2, 3]) {
      for (const form of forms) {
        for (const [by, send] of Object.entries(ways)) {
          it(`has ${count} quick replies a card, written ${form}, sent by ${by}, each with its own answer`, async () => {
            const chat = await open();
            const interactive = quickReplyCarousel(count, form);
            const id = await send(chat, interactive);
            const shown = await chat.shown();
            assertDrawn(shown, interactive);
            for (const [card, value] of interactive.action.cards.entries()) {
              for (const [button, reply] of quickReplies(value).entries()) {
                const event = await chat.hears(tapOf(shown, card, button));
                assertPayload(event, buttonReply({ ...reply, card_index: card }), id);
              }
            }
          });
        }
      }
    }

    it("sends nothing when a card's link is tapped", async () => {
      const chat = await open();
      const { interactive } = seed("seed-2-carousel");
      await chat.sent({ interactive });
      const shown = await chat.shown();
      for (const [card, { action }] of interactive.action.cards.entries()) {
        const tap = tapOf(shown, card, 0);
        assert.equal((await chat.act(tap)).opened, action.parameters.url);
        assert.deepEqual(await chat.heard(tap), []);
      }
    });

    it("brings 256 characters of any script back, and names an older carousel", async () => {
      const chat = await open();
      const mark = long("-ünïcode 🎉-日本語-", 242, "🎉");
      const interactive = quickReplyCarousel(3, "nested", mark);
      const [first] = quickReplies(interactive.action.cards[0]);
      assert.equal([...(first?.id ?? "")].length, 256);
      const older = await chat.sent({ interactive });
      const shown = await chat.shown();
      await chat.sent({ interactive });
      for (const [card, button] of [
        [0, 0],
        [1, 2],
      ] as const) {
        const event = await chat.hears(tapOf(shown, card, button));
        const reply = quickReplies(interactive.action.cards[card])[button];
        assertPayload(event, buttonReply({ ...reply, card_index: card }), older);
      }
    });

    it("has ten cards with a film each", async () => {
      const chat = await open();
      const interactive = quickReplyCarousel(1, "nested");
      const [model] = interactive.action.cards;
      interactive.action.cards = Array.from({ length: 10 }, (_, index) => ({
        ...model,
        card_index: index,
        header: headers.video,
        action: {
          buttons: [{ type: "quick_reply", quick_reply: { id: `card-${index}`, title: "This one" } }],
        },
      }));
      const id = await chat.sent({ interactive });
      const shown = await chat.shown();
      assertDrawn(shown, interactive);
      const event = await chat.hears(tapOf(shown, 9, 0));
      assertPayload(event, buttonReply({ id: "card-9", title: "This one", card_index: 9 }), id);
    });

    it("is refused with a header or footer on the whole, and with cards of different kinds", async () => {
      const chat = await open();
      const { interactive } = seed("seed-2-carousel");
      const mixed = structuredClone(interactive);
      mixed.action.cards[1] = quickReplyCarousel(1, "nested").action.cards[1];
      for (const wrong of [
        { ...interactive, header: headers.text },
        { ...interactive, footer: { text: "No." } },
        mixed,
      ]) {
        const { status, json } = await chat.send({ interactive: wrong });
        assert.equal(status, 422);
        assert.equal(json.errors.length, 1, JSON.stringify(json.errors));
      }
      assert.deepEqual(await chat.shown(), []);
    });
  });
}
