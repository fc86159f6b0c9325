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
const apart = (text: string) => `\u2068${text}\u2069`;
const points = (text: string) => [...text].length;

interface Row {
  title: string;
  description?: string;
}
function list(body: string, rows: Row[], more: Json = {}): Json {
  const sections = [{ title: "Ours", rows: rows.map((row, index) => ({ id: `row-${index}`, ...row })) }];
  return {
    interactive: { type: "list", body: { text: body }, action: { button: "Open", sections }, ...more },
  };
}
const described = Array.from({ length: 10 }, (_, index) => ({
  title: `Dish ${index}`,
  description: `What is in it ${index}`,
}));
const header = { type: "text", text: "A header that takes some room above the text" };

/** A text of so many characters that has `middle` across its `at`th. */
function around(middle: string, { at, size }: { at: number; size: number }): string {
  const before = "word "
    .repeat(size)
    .slice(0, at - Math.floor(points(middle) / 2))
    .trimEnd();
  const rest = size - points(before) - points(middle) - 2;
  return `${before} ${middle} ${"more ".repeat(size).slice(0, rest - 1)}.`;
}

/** The calls of the last message, as Telegram got them. */
async function sent(chat: Chat, count: number): Promise<Json[]> {
  return (await chat.calls(({ path }) => /\/send/.test(path), count)).map(({ body }) => body);
}

describe("a text that is too long for Telegram", () => {
  it("goes in parts that end with a paragraph, loud once, with the controls and every word", async () => {
    const paragraphs = Array.from({ length: 24 }, (_, index) =>
      `Paragraph ${index}. It has sentences. `.padEnd(167, "and so on, ").concat("."),
    );
    const chat = await telegram();
    await chat.sent(list(paragraphs.join("\n\n"), described, { header, footer: { text: "The end" } }));
    const shown = await chat.shown();
    assert.equal(shown.length, 2);
    const texts = shown.map(({ text }) => text);
    for (const text of texts) assert.ok(points(text) <= 4096, `${points(text)} characters`);
    assert.ok(texts[0].startsWith(`${header.text}\n\nParagraph 0.`));
    assert.ok(
      paragraphs.some((paragraph) => texts[0].endsWith(paragraph)),
      "the first part ends with a paragraph",
    );
    const all = texts.join("\n\n");
    for (const words of [...paragraphs, "Ours", "The end", ...described.map(({ title }) => title)])
      assert.ok(all.includes(words), words);
    assert.equal(shown[0].buttons, undefined);
    assert.deepEqual(
      shown[1].buttons.map(({ label }: Json) => label),
      described.map(({ title }) => title),
    );
    const loudness = (await sent(chat, 2)).map((body) => body.disable_notification);
    assert.deepEqual(loudness, [undefined, true]);
    const { message } = await chat.hears({ act: "tap", message: shown[1].id, button: "Dish 7" });
    assert.deepEqual(message.interactive.list_reply, { id: "row-7", ...described[7] });
  });

  const family = "👨‍👩‍👧‍👦";
  const accented = "e\u0323\u0301";
  const whole: [title: string, body: string, piece: string][] = [
    [
      "a link",
      around(`https://example.com/${"a".repeat(90)}`, { at: 4025, size: 4096 }),
      `https://example.com/${"a".repeat(90)}`,
    ],
    ["a word of 3,000 characters", around("w".repeat(3000), { at: 2500, size: 4096 }), "w".repeat(3000)],
    ["a word of 3,000 Arabic letters", around("س".repeat(3000), { at: 2500, size: 4096 }), "س".repeat(3000)],
    [
      "bold words",
      around(`*${"bold words ".repeat(9).trim()}*`, { at: 4025, size: 4096 }),
      "bold words ".repeat(9).trim(),
    ],
    [
      "a link inside markup",
      around(`*https://example.com/a_b_${"c".repeat(80)}*`, { at: 4025, size: 4096 }),
      `https://example.com/a_b_${"c".repeat(80)}`,
    ],
  ];
  for (const [title, body, piece] of whole) {
    it(`is not cut inside ${title}`, async () => {
      assert.equal(points(body), 4096);
      const chat = await telegram();
      await chat.sent(list(body, described, { header }));
      const texts = (await chat.shown()).map(({ text }) => text);
      assert.ok(texts.length > 1);
      assert.equal(texts.filter((text) => text.includes(piece)).length, 1);
    });
  }

  for (const [title, letter] of [
    ["families of emoji", family],
    ["letters with accents", accented],
  ] as const) {
    it(`keeps ${title} whole where it has no word`, async () => {
      const count = Math.floor(4096 / points(letter));
      const chat = await telegram();
      await chat.sent(list(letter.repeat(count), described, { header }));
      const [first, second] = await chat.shown();
      const letters = new Intl.Segmenter("und", { granularity: "grapheme" });
      const found = [...letters.segment(`${first!.text}\n${second!.text}`)];
      assert.equal(found.filter(({ segment }) => segment === letter).length, count);
    });
  }
});

describe("WhatsApp's markup on Telegram", () => {
  const styles: [source: string, shown: string, ...entities: string[]][] = [
    ["*b* _i_ ~s~ `c` ```m```", "b i s c m", "bold b", "italic i", "strikethrough s", "code c", "pre m"],
    ["a snake_case_name, 2*3*4", "a snake_case_name, 2*3*4"],
    ["https://example.com/_a_/*b* now", "https://example.com/_a_/*b* now"],
    ["_https://example.com/a_b_", "https://example.com/a_b", "italic https://example.com/a_b"],
    ["*مرحبا* بك", "مرحبا بك", "bold مرحبا"],
    ["नमस्ते*जी*", "नमस्ते*जी*"],
  ];
  for (const [source, shown, ...entities] of styles) {
    it(`reads ${source}`, async () => {
      const chat = await telegram();
      await chat.sent({ text: { body: source } });
      assert.equal((await chat.lastShown()).text, shown);
      const [body] = await sent(chat, 1);
      const found = (body.entities ?? []).map(
        ({ type, offset, length }: Json) => `${type} ${shown.slice(offset, offset + length)}`,
      );
      assert.deepEqual(found, entities);
    });
  }
});

describe("texts of two directions on one line", () => {
  const rows = [
    { title: "חולצה", description: "Cotton (5 pieces)" },
    { title: "Shirt", description: "כותנה, 5 יחידות" },
    { title: "קפה", description: "12 ₪" },
    { title: "Tea", description: "12 €" },
  ];
  const lines = [
    `חולצה — ${apart("Cotton (5 pieces)")}`,
    `Shirt — ${apart("כותנה, 5 יחידות")}`,
    "קפה — 12 ₪",
    "Tea — 12 €",
  ];

  it("are kept apart in a poll's options", async () => {
    const chat = await telegram();
    await chat.sent(list("בחרו / Choose", rows));
    const { poll } = await chat.lastShown();
    assert.deepEqual(
      poll.options.map(({ text }: Json) => text),
      lines,
    );
    const { message } = await chat.hears({
      act: "vote",
      message: (await chat.lastShown()).id,
      option: lines[1],
    });
    assert.deepEqual(message.interactive.list_reply, { id: "row-1", ...rows[1] });
  });

  it("are kept apart in the outline over buttons", async () => {
    const chat = await telegram();
    await chat.sent(list("בחרו / Choose", rows), { options: { telegram: { list: "keyboard" } } });
    const { text } = await chat.lastShown();
    for (const line of lines) assert.ok(text.split("\n").includes(`• ${line}`), text);
  });

  it("are kept apart where a URL stands behind its label", async () => {
    const action = {
      name: "cta_url",
      parameters: { display_text: "הזמנה", url: "http://intranet/menu?a=1" },
    };
    const chat = await telegram();
    await chat.sent({ interactive: { type: "cta_url", body: { text: "התפריט" }, action } });
    const { text, buttons: controls } = await chat.lastShown();
    assert.equal(text, `התפריט\n\nהזמנה: ${apart("http://intranet/menu?a=1")}`);
    assert.equal(controls, undefined);
  });
});

describe("the gateway's own words on Telegram", () => {
  const request = seed("seed-2-location-request-message").interactive;
  const labels: [language: string, label: string][] = [
    ["en", "Send location"],
    ["pt-BR", "Enviar localização"],
    ["es", "Enviar ubicación"],
    ["ar", "إرسال الموقع"],
    ["hi", "स्थान भेजें"],
    ["id", "Kirim lokasi"],
    ["fi", "Send location"],
  ];
  for (const [language, label] of labels) {
    it(`are in the language of the person's app: ${language}`, async () => {
      const chat = await telegram({ language });
      const { json } = await chat.send({ interactive: request });
      await chat.left(json.id);
      assert.deepEqual((await chat.lastShown()).buttons, [{ label, kind: "location" }]);
      const added = json.adaptation.steps.filter(({ rule }: Json) => rule === "added");
      assert.match(added[0]?.did, new RegExp(label));
    });
  }

  it("are the sender's where the message brings its own", async () => {
    const chat = await telegram({ language: "pt" });
    const label = "📍 Here I am";
    await chat.sent({ interactive: request }, { options: { labels: { send_location: label } } });
    assert.deepEqual((await chat.lastShown()).buttons, [{ label, kind: "location" }]);
    const place = { latitude: 1.5, longitude: 2.5 };
    const { message } = await chat.hears({ act: "share_location", ...place });
    assert.deepEqual(message.location, place);
  });
});

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
      assert.deepEqual(three!.buttons, [{ label: "Here", kind: "location" }]);
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
