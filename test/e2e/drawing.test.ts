import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Chat } from "../support/chat.ts";
import { whatsappView } from "../support/drawn.ts";
import { Endpoint } from "../support/endpoint.ts";
import {
  addressMessage,
  buttons,
  flow,
  headers,
  type Json,
  quickReplyCarousel,
  seed,
} from "../support/seeds.ts";
import { type Stack, startStack } from "../support/stack.ts";
import { apart, described, list, points, sent } from "../support/telegram-drawing.ts";

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

const telegram = (wishes: object = {}) => Chat.open(stack, endpoint, "telegram", wishes);

describe("a list on Telegram", () => {
  const menu = () => list("What will it be?", described.slice(0, 3));
  const wishes: [list: string | undefined, drawn: "poll" | "buttons"][] = [
    [undefined, "poll"],
    ["auto", "poll"],
    ["poll", "poll"],
    ["keyboard", "buttons"],
  ];
  for (const [wish, drawn] of wishes) {
    it(`is drawn as ${drawn} where the message says ${wish ?? "nothing"}`, async () => {
      const chat = await telegram();
      await chat.sent(menu(), wish ? { options: { telegram: { list: wish } } } : {});
      const shown = await chat.lastShown();
      assert.equal(shown[drawn] !== undefined, true);
      assert.equal(shown[drawn === "poll" ? "buttons" : "poll"], undefined);
    });
  }
});

describe("the options of a channel", () => {
  it("hold for all its messages, and those of a message win", async () => {
    const chat = await telegram();
    const { channel: from, address: to } = chat.person;
    const change = (options: object) => stack.call("PATCH", `/v1/channels/${from}`, { options });
    const labels = { send_location: "Here" };
    const changed = await change({ telegram: { list: "keyboard" }, labels });
    assert.equal(changed.status, 200, changed.text);
    try {
      await chat.sent(list("One", described.slice(0, 3)));
      await chat.sent(list("Two", described.slice(0, 3)), { options: { telegram: { list: "poll" } } });
      const request = seed("seed-2-location-request-message").interactive;
      await chat.sent({ interactive: request }, { options: { telegram: { list: "poll" } } });
      const [one, two, three] = await chat.shown();
      assert.ok(one!.buttons && !one!.poll);
      assert.ok(two!.poll && !two!.buttons);
      assert.deepEqual(three!.buttons, [{ label: "Here", kind: "location", place: "keyboard" }]);
      const content = list("Shown", described.slice(0, 3));
      const preview = await stack.call("POST", "/v1/messages/preview", { from, to, content });
      assert.match(preview.json.calls[0].path, /sendMessage$/);
    } finally {
      await change({});
    }
    await chat.sent(list("Four", described.slice(0, 3)));
    assert.ok((await chat.lastShown()).poll);
  });
});

describe("media on Telegram", () => {
  it("goes before a text that no caption holds, and the buttons are under the text", async () => {
    const body = `${"Much to say. ".repeat(78).trim()}`;
    const interactive = {
      ...buttons([{ id: "YES", title: "Yes" }], body),
      header: headers.image,
      footer: { text: "And a footer beyond" },
    };
    const chat = await telegram();
    await chat.sent({ interactive });
    const [picture, text, ...others] = await chat.shown();
    assert.deepEqual(others, []);
    assert.equal(picture!.media.link, headers.image.image.link);
    assert.deepEqual([picture!.text, picture!.buttons], [undefined, undefined]);
    assert.equal(text!.text, `${body}\n\nAnd a footer beyond`);
    const { message } = await chat.hears({ act: "tap", message: text!.id, button: "Yes" });
    assert.equal(message.interactive.button_reply.id, "YES");
  });

  it("keeps a caption of 1,024 characters under it", async () => {
    const caption = "c".repeat(1024);
    const chat = await telegram();
    await chat.sent({ image: { link: "https://example.com/a.jpg", caption: `*${"c".repeat(1022)}*` } });
    await chat.sent({ image: { link: "https://example.com/a.jpg", caption } });
    const shown = await chat.shown();
    assert.deepEqual(
      shown.map(({ text, media }) => [points(text), media.type]),
      [
        [1022, "image"],
        [1024, "image"],
      ],
    );
  });
});

const ana = { name: { formatted_name: "Ana Lima" }, phones: [{ phone: "+5511999990000" }] };
const bo = { name: { formatted_name: "Bo" }, emails: [{ email: "bo@example.com" }] };
const link = (name: string) => `https://example.com/${name}`;

/** A message of every type, which both platforms' people shall see as they draw it. */
const everyType: Record<string, Json> = {
  text: { text: { body: "Hello" } },
  image: { image: { link: link("a.jpg"), caption: "A picture" } },
  video: { video: { link: link("a.mp4"), caption: "A film" } },
  document: { document: { link: link("a.pdf"), caption: "Terms", filename: "a.pdf" } },
  audio: { audio: { link: link("a.mp3") } },
  sticker: { sticker: { link: link("a.webp") } },
  location: { location: { latitude: 1.5, longitude: 2.5, name: "Home", address: "Street 1" } },
  contacts: { contacts: [ana, bo] },
  button: { interactive: { ...buttons([{ id: "A", title: "A" }]), header: headers.video } },
  list: { interactive: seed("seed-2-list").interactive },
  cta_url: { interactive: seed("seed-2-cta-url").interactive },
  carousel: { interactive: quickReplyCarousel(2, "nested") },
  location_request_message: { interactive: seed("seed-2-location-request-message").interactive },
  address_message: { interactive: addressMessage },
  flow: { interactive: flow },
};

describe("under best_effort every type", () => {
  const refusedByTelegram = ["address_message", "flow"];
  for (const [type, content] of Object.entries(everyType)) {
    const isRefused = refusedByTelegram.includes(type);
    it(`${isRefused ? "is refused with the reason" : "reaches the screen without a loss"} on Telegram: ${type}`, async () => {
      const chat = await telegram();
      const answer = await chat.send(content, { adapt: "best_effort" });
      if (isRefused) {
        assert.deepEqual([answer.status, answer.json.code], [422, "not_representable"]);
        assert.ok(answer.json.errors[0].message);
        assert.deepEqual(await chat.shown(), []);
        return;
      }
      assert.equal(answer.status, 202, answer.text);
      assert.ok(["native", "adapted"].includes(answer.json.adaptation.fidelity));
      await chat.left(answer.json.id);
      assert.ok((await chat.shown()).length > 0);
    });

    it(`is WhatsApp's own on WhatsApp: ${type}`, async () => {
      const chat = await Chat.open(stack, endpoint, "whatsapp");
      const answer = await chat.send(content, { adapt: "best_effort" });
      assert.equal(answer.status, 202, answer.text);
      assert.deepEqual(answer.json.adaptation.steps, []);
      await chat.left(answer.json.id);
      const { id: _, ...shown } = await chat.lastShown();
      if (content.interactive) assert.deepEqual(shown, whatsappView(content.interactive));
      assert.equal((await chat.shown()).length, 1);
    });
  }
});

describe("what stands by itself on Telegram", () => {
  it("is a card for each contact, and a text for one without a number", async () => {
    const chat = await telegram();
    await chat.sent(everyType.contacts);
    const [card, text] = await chat.shown();
    assert.deepEqual(card!.contacts, [{ name: "Ana Lima", phones: ["+5511999990000"] }]);
    assert.equal(text!.text, "Bo\nbo@example.com");
  });

  it("is a contact's address whose parts of two directions are kept apart", async () => {
    const addresses = [{ street: "רחוב הרצל 5", city: "Tel Aviv", country: "ישראל", type: "HOME" }];
    const chat = await telegram();
    await chat.sent({ contacts: [{ name: { formatted_name: "דנה" }, addresses }] });
    const line = `רחוב הרצל 5, ${apart("Tel Aviv")}, ${apart("ישראל")}`;
    assert.equal((await chat.lastShown()).text, `דנה\n${line}`);
  });

  const places: [title: string, place: Json, text?: string][] = [
    ["a venue with name and address", { name: "Home", address: "Street 1" }],
    ["a pin, and its name as a text", { name: "Home" }, "Home"],
    ["a pin, and its address as a text", { address: "Street 1" }, "Street 1"],
  ];
  for (const [title, named, text] of places) {
    it(`is ${title}`, async () => {
      const place = { latitude: 1.5, longitude: 2.5 };
      const chat = await telegram();
      await chat.sent({ location: { ...place, ...named } });
      const [pin, words] = await chat.shown();
      assert.deepEqual(pin!.location, text ? place : { ...place, ...named });
      assert.equal(words?.text, text);
    });
  }

  it("is a reaction with an emoji that Telegram knows, and a refusal for any other", async () => {
    const chat = await telegram();
    const id = await chat.sent({ text: { body: "React to me" } });
    const react = (emoji: string) =>
      chat.send({ reaction: { message_id: id, emoji } }, { adapt: "best_effort" });
    const taken = await react("❤️");
    assert.equal(taken.status, 202, taken.text);
    await chat.left(taken.json.id);
    assert.deepEqual((await chat.lastShown()).reactions, [{ from: "business", emoji: "❤" }]);
    const refused = await react("🦖");
    assert.deepEqual([refused.status, refused.json.errors[0].pointer], [422, "/content/reaction/emoji"]);
    await chat.left((await react("")).json.id);
    assert.deepEqual((await chat.lastShown()).reactions ?? [], []);
  });

  it("is a carousel whose cards are silent under its text, each with its own buttons", async () => {
    const chat = await telegram();
    const interactive = quickReplyCarousel(2, "flat");
    await chat.sent({ interactive });
    const [text, ...cards] = await chat.shown();
    assert.equal(text!.text, interactive.body.text);
    assert.equal(cards.length, interactive.action.cards.length);
    for (const card of cards) assert.equal(card.buttons.length, 2);
    const loudness = (await sent(chat, 1 + cards.length)).map((body) => body.disable_notification);
    assert.deepEqual(loudness, [undefined, ...cards.map(() => true)]);
  });
});

it("a preview shows the four platforms at once, and a refusal on one hides no other", async () => {
  const platforms = ["whatsapp", "messenger", "instagram", "telegram"];
  const reaction = { message_id: "any", emoji: "👍" };
  for (const content of [...Object.values(everyType), { reaction }]) {
    const { status, json, text } = await stack.call("POST", "/v1/messages/preview", { platforms, content });
    assert.equal(status, 200, text);
    assert.deepEqual(
      json.data.map(({ platform }: Json) => platform),
      platforms,
    );
    for (const { calls, errors, platform } of json.data)
      assert.ok(calls?.length > 0 || errors?.length > 0, `${platform}: ${JSON.stringify(content)}`);
    assert.ok(json.data[0].calls.length > 0);
  }
});

it("the capabilities tell where a person's own answer may go for longer", async () => {
  const { json } = await stack.call("GET", "/v1/capabilities");
  const windows = json.data.map((one: Json) => [one.platform, one.window_seconds, one.human_window_seconds]);
  assert.deepEqual(
    new Map(windows.map(([name, ...seconds]: Json) => [name, seconds])),
    new Map([
      ["whatsapp", [86_400, undefined]],
      ["instagram", [86_400, 604_800]],
      ["messenger", [86_400, 604_800]],
      ["telegram", [null, undefined]],
    ]),
  );
});
