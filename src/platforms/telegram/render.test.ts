import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { oneLine } from "../../core/direction.ts";
import type { Content, Interactive } from "../../core/message.ts";
import type { Call, RenderContext, Rendering } from "../../core/platform.ts";
import { codePoints, utf8Bytes } from "../../core/text.ts";
import { readCallbackData } from "./callback.ts";
import { render } from "./render.ts";
import type { InlineKeyboardMarkup, MessageEntity } from "./wire.ts";

interface Shown {
  text?: string;
  caption?: string;
  question?: string;
  entities?: MessageEntity[];
  caption_entities?: MessageEntity[];
  options?: { text: string }[];
  reply_markup?: InlineKeyboardMarkup;
}
const bodies = (calls: Call[]) => calls.map(({ body }) => body as unknown as Shown);
const buttons = (calls: Call[]) =>
  bodies(calls).flatMap(({ reply_markup: markup }) => markup?.inline_keyboard.flat() ?? []);
const visible = (calls: Call[]) =>
  [
    ...bodies(calls).flatMap(({ text, caption, question, options }) => [
      text,
      caption,
      question,
      ...(options ?? []).map((option) => option.text),
    ]),
    ...buttons(calls).map(({ text }) => text),
  ].join("\n");

function assertWithinLimits(calls: Call[]): void {
  for (const { text, caption, question, options, entities, caption_entities: inCaption } of bodies(calls)) {
    assert.ok(codePoints(text ?? "") <= 4096 && text !== "");
    assert.ok(codePoints(caption ?? "") <= 1024);
    assert.ok(codePoints(question ?? "") <= 300);
    for (const option of options ?? []) assert.ok(codePoints(option.text) <= 100, option.text);
    for (const { offset, length } of [...(entities ?? []), ...(inCaption ?? [])])
      assert.ok(offset >= 0 && length > 0 && offset + length <= (text ?? caption ?? "").length);
  }
  const data = buttons(calls).flatMap(({ callback_data: each }) => each ?? []);
  assert.equal(new Set(data).size, data.length);
  assert.ok(data.every((each) => utf8Bytes(each) <= 64));
}

/** Every choice can be picked: by a button that carries its key, or by the poll's option in its place. */
function assertAnswerable({ calls, choices }: Rendering): void {
  const keys = buttons(calls).flatMap(({ callback_data: data }) =>
    data ? (readCallbackData(data)?.key ?? "?") : [],
  );
  const options = bodies(calls).flatMap(({ options }) => options ?? []);
  assert.deepEqual(
    choices.map(({ key }) => key),
    options.length > 0 ? options.map((_, index) => String(index)) : keys,
  );
}

const word = fc.string({ unit: fc.constantFrom(..."abcxyzéßभشמ日𝒳👋"), minLength: 1, maxLength: 12 });
const phrase = (max: number) =>
  fc
    .array(word, { minLength: 1, maxLength: 12 })
    .map((words) => [...words.join(" ")].slice(0, max).join("").trim());
/** Text in WhatsApp's markup beside what of it is to be read. */
const marked = (max: number) =>
  fc
    .array(fc.tuple(word, fc.constantFrom("", "*", "_", "~", "`", "```", "*_")), {
      minLength: 1,
      maxLength: 60,
    })
    .map((words) => words.filter((_, index) => index * 20 < max - 20))
    .map((words) => ({
      source: words.map(([text, mark]) => `${mark}${text}${[...mark].reverse().join("")}`).join(" "),
      read: words.map(([text]) => text),
    }));
const context = (token: string, wish: "auto" | "poll" | "keyboard"): RenderContext => ({
  to: "5",
  chat: "private",
  token,
  options: { telegram: { list: wish } },
});
const contexts = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9_-]{1,22}$/), fc.constantFrom("auto", "poll", "keyboard"))
  .map(([token, wish]) => context(token, wish as "auto"));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const id = fc.string({ unit: "grapheme", minLength: 1, maxLength: 256 });

function assertDrawn(
  interactive: unknown,
  context: RenderContext,
  texts: readonly (string | undefined)[],
): void {
  const rendering = render({ interactive } as Content, context);
  assert.ok(["native", "adapted"].includes(rendering.adaptation.fidelity));
  assertWithinLimits(rendering.calls);
  assertAnswerable(rendering);
  const screen = visible(rendering.calls);
  for (const text of texts) assert.ok(screen.includes(text ?? ""), `${text} is missing in ${screen}`);
  assert.doesNotMatch(screen, /[*_~`]/);
}

test("shows all of any list and makes every row answerable", () => {
  const row = fc.record({ id, title: phrase(24), description: maybe(phrase(72)) });
  const section = fc.record({
    title: maybe(phrase(24)),
    rows: fc.array(row, { minLength: 1, maxLength: 3 }),
  });
  const list = fc.record({
    header: maybe(phrase(60)),
    body: marked(1000),
    footer: maybe(marked(60)),
    sections: fc.array(section, { minLength: 1, maxLength: 3 }),
  });
  fc.assert(
    fc.property(list, contexts, ({ header, body, footer, sections }, context) => {
      const interactive = {
        type: "list",
        header: header && { type: "text", text: header },
        body: { text: body.source },
        footer: footer && { text: footer.source },
        action: { button: "Open", sections },
      };
      const rows = sections.flatMap(({ rows }) => rows);
      const texts = rows.flatMap(({ title, description }) => [title, description]);
      const titles = sections.map(({ title }) => title);
      assertDrawn(interactive, context, [header, ...body.read, ...(footer?.read ?? []), ...titles, ...texts]);
    }),
  );
});

test("shows all of any buttons and makes every one answerable", () => {
  const media = { link: "https://example.com/a.jpg" };
  const header = fc.oneof(
    phrase(60).map((text) => ({ type: "text", text })),
    fc.constantFrom({ type: "image", image: media }, { type: "video", video: media }),
    fc.constant(undefined),
  );
  const titles = fc.array(fc.record({ id, title: phrase(20) }), { minLength: 1, maxLength: 3 });
  const all = fc.record({ header, body: marked(1024), footer: maybe(marked(60)), titles });
  fc.assert(
    fc.property(all, contexts, ({ header, body, footer, titles }, context) => {
      const interactive = {
        type: "button",
        header,
        body: { text: body.source },
        footer: footer && { text: footer.source },
        action: { buttons: titles.map((reply) => ({ type: "reply", reply })) },
      };
      const texts = [...body.read, ...(footer?.read ?? []), ...titles.map(({ title }) => title)];
      assertDrawn(interactive, context, [header && "text" in header ? header.text : undefined, ...texts]);
    }),
  );
});

test("shows all of any carousel and makes every quick reply answerable", () => {
  const reply = fc.record({ id, title: phrase(20) });
  const card = fc.record({
    body: maybe(marked(160)),
    replies: fc.array(reply, { minLength: 1, maxLength: 3 }),
  });
  const carousel = fc.record({ body: marked(1000), cards: fc.array(card, { minLength: 2, maxLength: 10 }) });
  fc.assert(
    fc.property(carousel, contexts, ({ body, cards }, context) => {
      const drawn = cards.map(({ body, replies }, index) => ({
        card_index: index,
        type: "cta_url",
        header: { type: "image", image: { id: "AgAC" } },
        body: body && { text: body.source },
        action: { buttons: replies.map((reply) => ({ type: "quick_reply", quick_reply: reply })) },
      }));
      const interactive = { type: "carousel", body: { text: body.source }, action: { cards: drawn } };
      const texts = cards.flatMap(({ body, replies }) => [
        ...(body?.read ?? []),
        ...replies.map(({ title }) => title),
      ]);
      assertDrawn(interactive, context, [...body.read, ...texts]);
    }),
  );
});

test("draws the longest rows of two directions within a poll's option", () => {
  const [title, description] = ["a".repeat(24), "ش".repeat(72)];
  const rows = [
    { id: "1", title, description },
    { id: "2", title: "b" },
  ];
  const interactive: Interactive = {
    type: "list",
    body: { text: "?" },
    action: { button: "o", sections: [{ rows }] },
  };
  const { calls } = render({ interactive }, context("t", "auto"));
  assert.equal(calls[0]?.path, "/bot/sendPoll");
  assert.equal(bodies(calls)[0]?.options?.[0]?.text, oneLine(title, ": ", description));
});

test("asks the poll's question with 300 characters and draws buttons from 301 on", () => {
  const rows = [
    { id: "1", title: "a" },
    { id: "2", title: "b" },
  ];
  const path = (length: number) => {
    const list = {
      type: "list",
      body: { text: "x".repeat(length) },
      action: { button: "o", sections: [{ rows }] },
    };
    return render({ interactive: list as Interactive }, context("t", "auto")).calls[0]?.path;
  };
  assert.deepEqual([path(300), path(301)], ["/bot/sendPoll", "/bot/sendMessage"]);
});

test("takes a caption of 1024 characters and sends a longer one as a text", () => {
  const count = (length: number) =>
    render({ image: { id: "AgAC", caption: "x".repeat(length) } }, context("t", "auto")).calls.length;
  assert.deepEqual([count(1024), count(1025)], [1, 2]);
});

test("quotes with the first call alone and is silent after it", () => {
  const calls = render(
    { text: { body: "word ".repeat(2000) } },
    { ...context("t", "auto"), quotes: "5:7" },
  ).calls;
  assert.deepEqual(
    calls.map(({ body }) => [body?.reply_parameters !== undefined, body?.disable_notification]),
    [
      [true, undefined],
      [false, true],
      [false, true],
    ],
  );
});

test("tells of a quote that Telegram cannot name", () => {
  const { adaptation } = render({ text: { body: "a" } }, { ...context("t", "auto"), quotes: "poll:7" });
  assert.deepEqual(
    adaptation.steps.map(({ path }) => path),
    ["/context/message_id"],
  );
});

test("refuses a label of white space, which Telegram would leave out without a word", () => {
  const buttons = [{ type: "reply" as const, reply: { id: "1", title: " " } }];
  const interactive: Interactive = { type: "button", body: { text: "a" }, action: { buttons } };
  assert.equal(render({ interactive }, context("t", "auto")).adaptation.fidelity, "impossible");
});
