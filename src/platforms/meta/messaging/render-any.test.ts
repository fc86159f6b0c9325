import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  assertDrawn,
  bare,
  buttonsOf,
  elementsOf,
  messagesOf,
  points,
  screens,
  textsOf,
} from "../../../../test/support/messaging-screens.ts";
import type { Content } from "../../../core/message.ts";
import type { Rendering } from "../../../core/platform.ts";

/** The texts are long: to shrink a failing one to the last would take minutes. */
fc.configureGlobal({ interruptAfterTimeLimit: 20_000 });

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

test("shows all of any text and caption, with no mark left and no link cut", () => {
  fc.assert(
    fc.property(markedText(4096), fc.boolean(), screenOf, (body, isCaption, screen) => {
      const content: Content = isCaption
        ? { image: { id: "1", caption: body.source } }
        : { text: { body: body.source } };
      const rendering = assertDrawn(screen, content, body.read);
      assertLinksWhole(rendering, body.read);
      // No word has a mark of its own, so that each is markup, and none is shown.
      for (const text of messagesOf(rendering).flatMap(textsOf)) assert.doesNotMatch(text, /[*_~`]/);
    }),
  );
});
