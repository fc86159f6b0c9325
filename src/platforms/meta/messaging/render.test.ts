import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type SizeLimit, sizeLimits } from "../../../core/limits.ts";
import { readMarkup } from "../../../core/markup.ts";
import { type Content, type MessageType, messageType } from "../../../core/message.ts";
import type { RenderContext, Rendering } from "../../../core/platform.ts";
import { isBounded, resized } from "../../../core/resized-samples.ts";
import { replyCarousel, samples, urlCarousel } from "../../../core/samples.ts";
import { render as renderInstagram } from "../../instagram/render.ts";
import { render as renderMessenger } from "../../messenger/render.ts";
import { readPayload } from "./payload.ts";
import type { Button, Message } from "./wire.ts";

/** The texts are long: to shrink a failing one to the last would take minutes. */
fc.configureGlobal({ interruptAfterTimeLimit: 20_000 });

type Options = RenderContext["options"];
interface Screen {
  name: string;
  render(content: Content, context: RenderContext): Rendering;
  options: Options;
  /** Counted here by the test itself, from Meta's pages and not from our data. */
  isText(text: string): boolean;
}
const points = (text: string) => [...text].length;
const isShort = (text: string) => Buffer.byteLength(text) <= 1000;
const instagram = { render: renderInstagram, isText: isShort };
const screens: Screen[] = [
  { name: "Messenger", render: renderMessenger, options: {}, isText: (text) => points(text) < 2000 },
  { name: "Instagram", options: {}, ...instagram },
  { name: "Instagram with templates", options: { instagram: { button: "template" } }, ...instagram },
];
const context = ({ options }: Screen): RenderContext => ({
  to: "7",
  chat: "private",
  token: "T-_9",
  options,
  quotes: "m_1",
});

const messagesOf = ({ calls }: Rendering) =>
  calls.flatMap(({ body }) => (body?.message as unknown as Message) ?? []);
const template = ({ attachment }: Message) =>
  attachment?.type === "template" ? attachment.payload : undefined;

/** Texts of messages, in their order. */
function textsOf(message: Message): string[] {
  const shown = template(message);
  if (shown?.template_type === "button") return [shown.text];
  return message.text === undefined ? [] : [message.text];
}
const elementsOf = (message: Message) => {
  const shown = template(message);
  return shown?.template_type === "generic" ? shown.elements : [];
};
function buttonsOf(message: Message): Button[] {
  const shown = template(message);
  return shown?.template_type === "button"
    ? shown.buttons
    : elementsOf(message).flatMap(({ buttons = [] }) => buttons);
}

function assertTaken(message: Message, screen: Screen): void {
  assert.equal(Number(message.text !== undefined) + Number(message.attachment !== undefined), 1);
  assert.equal(message.metadata, screen.name === "Messenger" ? "a1:T-_9" : undefined);
  for (const text of textsOf(message)) {
    assert.ok(screen.isText(text), `${points(text)} points`);
    assert.equal(text, text.trim());
    assert.notEqual(text, "");
  }
  const shown = template(message);
  if (shown?.template_type === "button") assert.ok(points(shown.text) <= 640);
  if (shown?.template_type === "button") assert.ok(shown.buttons.length >= 1 && shown.buttons.length <= 3);
  assert.ok(elementsOf(message).length <= 10);
  for (const { title, subtitle, buttons } of elementsOf(message)) {
    assert.ok(title.trim() !== "" && points(title) <= 80 && !title.includes("\n"));
    assert.ok(subtitle === undefined || (points(subtitle) <= 80 && !subtitle.includes("\n")));
    assert.ok(buttons && buttons.length >= 1 && buttons.length <= 3);
  }
  const replies = message.quick_replies ?? [];
  assert.ok(replies.length <= 13 && (replies.length === 0 || message.text !== undefined));
  for (const { title } of [...replies, ...buttonsOf(message)]) assert.ok(title && points(title) <= 20);
}

/** Every choice can be picked by one control, and every control picks a choice; the quote is on the first call alone. */
function assertAnswerable({ calls, choices, ...rendering }: Rendering): void {
  const messages = messagesOf({ calls, choices, ...rendering });
  const payloads = messages.flatMap((message) => [
    ...(message.quick_replies ?? []).map(({ payload }) => payload),
    ...buttonsOf(message).flatMap((button) => (button.type === "postback" ? button.payload : [])),
  ]);
  assert.equal(new Set(payloads).size, payloads.length);
  assert.deepEqual(
    payloads.map(readPayload),
    choices.map(({ key }) => ({ token: "T-_9", key })),
  );
  assert.deepEqual(
    messages.flatMap((message, index) =>
      message.quick_replies && index < messages.length - 1 ? [message] : [],
    ),
    [],
  );
  assert.deepEqual(
    calls.filter(({ body }) => body?.reply_to).map(({ body }) => body?.reply_to),
    calls.slice(0, 1).flatMap(({ body }) => (body?.message ? { mid: "m_1" } : [])),
  );
}

/** Without white space, where texts are cut, and without the isolates that keep two directions apart. */
const bare = (text: string) => text.replace(/[\s\u2068\u2069]/g, "");

function assertShown(rendering: Rendering, texts: readonly (string | undefined)[]): void {
  const messages = messagesOf(rendering);
  const running = bare(messages.flatMap(textsOf).join(""));
  const others = messages.flatMap((message) => [
    ...(message.quick_replies ?? []).map(({ title }) => title),
    ...buttonsOf(message).map(({ title }) => title),
    ...elementsOf(message).map(({ title, subtitle = "" }) => title + subtitle),
  ]);
  const screen = [running, ...others.map(bare)];
  for (const text of texts) {
    const wanted = bare(text ?? "");
    assert.ok(
      screen.some((each) => each.includes(wanted)),
      `“${text}” is missing in ${screen.join(" | ")}`,
    );
  }
}

function assertDrawn(screen: Screen, content: Content, texts: readonly (string | undefined)[]): Rendering {
  const rendering = screen.render(content, context(screen));
  const { fidelity, steps } = rendering.adaptation;
  assert.ok(["native", "adapted"].includes(fidelity), JSON.stringify(steps));
  for (const message of messagesOf(rendering)) assertTaken(message, screen);
  assertAnswerable(rendering);
  assertShown(rendering, texts);
  return rendering;
}

const notRead = new Set(["id", "link", "url", "type", "name", "button", "message_id", "emoji", "wa_id"]);
const marked = new Set(["text", "body", "caption"]);

/** Every text of a message that is meant to be read. */
function readable(value: unknown, key = ""): string[] {
  if (typeof value === "string") {
    if (notRead.has(key)) return [];
    return [marked.has(key) ? readMarkup(value).text : value];
  }
  if (typeof value !== "object" || value === null) return [];
  const name = "name" in value && typeof value.name === "string" && "latitude" in value ? [value.name] : [];
  return [...name, ...Object.entries(value).flatMap(([field, inner]) => readable(inner, field))];
}

const drawn = (content: Content) =>
  !["location_request_message", "address_message", "flow", "reaction"].includes(messageType(content));
const plainSamples = [...Object.values(samples()), replyCarousel(10, 3), urlCarousel(10)].filter(drawn);
const largest = Object.entries(sizeLimits).flatMap(([type, limits]) =>
  (limits as SizeLimit[])
    .filter((limit) => limit.max !== undefined && isBounded(type as MessageType, limit))
    .map((limit) => ({
      name: `${type}${limit.at} of ${limit.max} ${limit.unit}`,
      content: resized(type as MessageType, limit, limit.max!).content,
    })),
);

for (const screen of screens) {
  test(`${screen.name} shows all of every sample`, () => {
    for (const content of plainSamples) {
      const withoutName = structuredClone(content);
      if ("document" in withoutName) delete withoutName.document.filename;
      assertDrawn(screen, withoutName, readable(withoutName));
    }
  });

  test(`${screen.name} shows all of every sample at each of its limits`, () => {
    for (const { content } of largest.filter((each) => drawn(each.content))) {
      if ("document" in content) delete content.document.filename;
      assertDrawn(screen, content, readable(content));
    }
  });
}

const word = fc.string({
  unit: fc.oneof(fc.constantFrom(..."abcxyzéßभشמ日𝒳👋"), fc.constantFrom("e\u0301\u0323", "👩‍👩‍👧")),
  minLength: 1,
  maxLength: 14,
});
const link = fc
  .string({ unit: fc.constantFrom(..."abc123/-%"), minLength: 1, maxLength: 900, size: "max" })
  .map((path) => `https://example.com/a${path}b`);
const cutTo = (text: string, max: number) => [...text].slice(0, max).join("").trim();
const phrase = (max: number) =>
  fc
    .array(word, { minLength: 1, maxLength: 12 })
    .map((words) => cutTo(words.join(" "), max))
    .filter((text) => text !== "");
/** Text in WhatsApp's markup beside what of it is to be read. */
const markedText = (max: number) =>
  fc
    .array(
      fc.tuple(
        fc.oneof({ weight: 9, arbitrary: word }, { weight: 1, arbitrary: link }),
        fc.constantFrom("", "*", "_", "~", "`", "*_"),
        fc.constantFrom(" ", " ", ". ", "\n", "\n\n"),
      ),
      { minLength: 1, maxLength: 400, size: "max" },
    )
    .map((words) => {
      let source = "";
      const read: string[] = [];
      for (const [text, mark, gap] of words) {
        const next = `${source}${mark}${text}${[...mark].reverse().join("")}`;
        if (points(next) > max) break;
        source = next + gap;
        read.push(text);
      }
      return { source: source.trim(), read };
    })
    .filter(({ read }) => read.length > 0);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const id = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 });
const screenOf = fc.constantFrom(...screens);
const header = fc.oneof(
  phrase(60).map((text) => ({ type: "text", text })),
  fc.constantFrom(
    undefined,
    { type: "image", image: { link: "https://example.com/a.jpg" } },
    { type: "video", video: { id: "17" } },
    { type: "document", document: { link: "https://example.com/a.docx" } },
  ),
);
const headline = (value: object | undefined) => (value && "text" in value ? String(value.text) : undefined);

/** A link that fits into a message stands in one text whole. */
function assertLinksWhole(rendering: Rendering, read: readonly string[]): void {
  const texts = messagesOf(rendering).flatMap(textsOf);
  for (const url of read.filter((text) => text.startsWith("https://")))
    assert.ok(
      texts.some((text) => text.includes(url)),
      `${url} is cut`,
    );
}

test("shows all of any buttons and any URL button, with no link cut", () => {
  const title = phrase(20);
  const all = fc.record({
    header,
    body: markedText(1024),
    footer: maybe(phrase(60)),
    titles: fc.array(fc.record({ id, title }), { minLength: 1, maxLength: 3 }),
    isUrl: fc.boolean(),
  });
  fc.assert(
    fc.property(all, screenOf, ({ header, body, footer, titles, isUrl }, screen) => {
      const around = { header, body: { text: body.source }, footer: footer && { text: footer } };
      const action = isUrl
        ? { name: "cta_url", parameters: { display_text: titles[0]!.title, url: "https://example.com" } }
        : { buttons: titles.map((reply) => ({ type: "reply", reply })) };
      const interactive = { type: isUrl ? "cta_url" : "button", ...around, action };
      const labels = (isUrl ? titles.slice(0, 1) : titles).map(({ title }) => title);
      const texts = [headline(header), ...body.read, footer, ...labels];
      assertLinksWhole(assertDrawn(screen, { interactive } as Content, texts), body.read);
    }),
  );
});

test("shows all of any list, section with row and row with description", () => {
  const row = fc.record({ id, title: phrase(24), description: maybe(phrase(72)) });
  const bareRow = fc.record({ id, title: phrase(20) });
  const section = (rows: typeof row) =>
    fc.record({ title: maybe(phrase(24)), rows: fc.array(rows, { minLength: 1, maxLength: 2 }) });
  const sections = fc.oneof(
    fc.array(section(row), { minLength: 1, maxLength: 5 }),
    fc.array(section(bareRow as typeof row), { minLength: 1, maxLength: 5 }),
  );
  const list = fc.record({ body: markedText(4096), footer: maybe(phrase(60)), sections });
  fc.assert(
    fc.property(list, screenOf, ({ body, footer, sections }, screen) => {
      const action = { button: "OPEN", sections };
      const interactive = {
        type: "list",
        body: { text: body.source },
        footer: footer && { text: footer },
        action,
      };
      const rows = sections.flatMap(({ title, rows }) => rows.map((row) => ({ section: title, ...row })));
      const texts = rows.flatMap(({ section, title, description }) => [section, title, description]);
      const rendering = assertDrawn(screen, { interactive } as Content, [...body.read, footer, ...texts]);
      const cards = messagesOf(rendering).flatMap(elementsOf);
      for (const [index, { title, subtitle }] of cards.entries()) {
        const { section, title: own, description } = rows[index]!;
        assert.equal(bare(title), bare(section ? `${section} · ${own}` : own));
        assert.equal(subtitle, description);
      }
      assert.ok(cards.length === 0 || cards.length === rows.length);
      const replies = messagesOf(rendering).flatMap(({ quick_replies: quick = [] }) => quick);
      assert.equal(new Set(replies.map(({ title }) => title.toLowerCase())).size, replies.length);
      assert.ok(
        messagesOf(rendering)
          .flatMap(buttonsOf)
          .every(({ title }) => title === "Select"),
      );
    }),
  );
});

test("shows all of any carousel, and each card's words under its number or on it", () => {
  const card = fc.record({ body: maybe(markedText(160)), isVideo: fc.nat(20).map((n) => n === 0) });
  const carousel = fc.record({
    body: markedText(1024),
    cards: fc.array(card, { minLength: 2, maxLength: 10 }),
    titles: maybe(fc.array(phrase(20), { minLength: 1, maxLength: 3 })),
  });
  fc.assert(
    fc.property(carousel, screenOf, ({ body, cards, titles }, screen) => {
      const url = (index: number) => `https://shop.example.com/${index}`;
      const actionOf = (index: number) =>
        titles
          ? {
              buttons: titles.map((title, at) => ({
                type: "quick_reply",
                quick_reply: { id: `${index}-${at}`, title },
              })),
            }
          : { name: "cta_url", parameters: { display_text: "Buy", url: url(index) } };
      const drawn = cards.map(({ body, isVideo }, index) => ({
        card_index: index,
        type: "cta_url",
        header: isVideo
          ? { type: "video", video: { link: "https://example.com/a.mp4" } }
          : { type: "image", image: { link: "https://example.com/a.jpg" } },
        body: body && { text: body.source },
        action: actionOf(index),
      }));
      const interactive = { type: "carousel", body: { text: body.source }, action: { cards: drawn } };
      const texts = [...body.read, ...(titles ?? ["Buy"]), ...cards.flatMap(({ body }) => body?.read ?? [])];
      const rendering = assertDrawn(screen, { interactive } as Content, texts);
      assertLinksWhole(rendering, [...body.read, ...cards.flatMap(({ body }) => body?.read ?? [])]);
      const buttons = messagesOf(rendering).flatMap(buttonsOf);
      assert.deepEqual(
        buttons.flatMap((button) => (button.type === "web_url" ? button.url : [])),
        titles ? [] : cards.map((_, index) => url(index)),
      );
      const indexes = rendering.choices.map(
        ({ reply }) => reply.type === "button_reply" && reply.button_reply.card_index,
      );
      assert.deepEqual(
        indexes,
        cards.flatMap((_, index) => (titles ?? []).map(() => index)),
      );
    }),
  );
});

test("shows all of any text and caption, with no link cut", () => {
  fc.assert(
    fc.property(markedText(4096), fc.boolean(), screenOf, (body, isCaption, screen) => {
      const content: Content = isCaption
        ? { image: { id: "1", caption: body.source } }
        : { text: { body: body.source } };
      assertLinksWhole(assertDrawn(screen, content, body.read), body.read);
    }),
  );
});

const asked = (labels?: Options["labels"], language?: string) => ({
  ...context(screens[0]!),
  ...(labels && { options: { labels } }),
  ...(language && { language }),
});

test("asks for a place in the contact's language, or in the sender's own words", () => {
  const texts = [asked(), asked(undefined, "es"), asked({ location_prompt: "Where?" }, "es")].map(
    (context) => messagesOf(renderMessenger(samples().location_request_message, context))[0]!.text,
  );
  assert.deepEqual(
    texts.map((text) => text!.split("\n").at(-1)),
    [
      "To answer, type your address or send a map link.",
      "Para responder, escribe tu dirección o envía un enlace del mapa.",
      "Where?",
    ],
  );
});

test("draws 640 characters over buttons and 641 over quick replies, on Messenger", () => {
  const buttons = [{ type: "reply" as const, reply: { id: "1", title: "Yes" } }];
  const kind = (length: number) => {
    const interactive = { type: "button" as const, body: { text: "x".repeat(length) }, action: { buttons } };
    return messagesOf(renderMessenger({ interactive }, asked()))[0]!.text === undefined;
  };
  assert.deepEqual([kind(640), kind(641)], [true, false]);
});

test("sends 1999 characters in one message on Messenger, and 1000 bytes on Instagram", () => {
  const count = (render: Screen["render"], body: string) => render({ text: { body } }, asked()).calls.length;
  assert.deepEqual(
    [count(renderMessenger, "é".repeat(1999)), count(renderMessenger, "é".repeat(2000))],
    [1, 2],
  );
  assert.deepEqual(
    [count(renderInstagram, "é".repeat(500)), count(renderInstagram, `${"é".repeat(500)}x`)],
    [1, 2],
  );
});
