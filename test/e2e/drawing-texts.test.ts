import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Chat } from "../support/chat.ts";
import { Endpoint } from "../support/endpoint.ts";
import { type Json, seed } from "../support/seeds.ts";
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
      assert.deepEqual((await chat.lastShown()).buttons, [{ label, kind: "location", place: "keyboard" }]);
      const added = json.adaptation.steps.filter(({ rule }: Json) => rule === "added");
      assert.match(added[0]?.did, new RegExp(label));
    });
  }

  it("are the sender's where the message brings its own", async () => {
    const chat = await telegram({ language: "pt" });
    const label = "📍 Here I am";
    await chat.sent({ interactive: request }, { options: { labels: { send_location: label } } });
    assert.deepEqual((await chat.lastShown()).buttons, [{ label, kind: "location", place: "keyboard" }]);
    const place = { latitude: 1.5, longitude: 2.5 };
    const { message } = await chat.hears({ act: "share_location", ...place });
    assert.deepEqual(message.location, place);
  });
});
