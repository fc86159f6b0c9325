import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import type { Content } from "./message.ts";
import { replyCarousel, samples, urlCarousel } from "./samples.ts";
import { previewRequestSchema, sendRequestSchema } from "./schema.ts";
import { validatePreview, validateSend } from "./validate.ts";

const fixtures = new URL("./fixtures/", import.meta.url);

const sending = (content: unknown) => ({ from: "channel", to: "5511993986082", content });

function rules(content: unknown): string[] {
  const checked = validateSend(sending(content));
  return "problems" in checked ? checked.problems.map(({ pointer, rule }) => `${rule} ${pointer}`) : [];
}

function accepted(content: unknown) {
  const checked = validateSend(sending(content));
  if ("problems" in checked) assert.fail(JSON.stringify(checked.problems));
  const { request, normalised, warnings } = checked;
  return { content: request.content, normalised, warnings };
}

/** The sample of a type, changed in place. */
// biome-ignore lint/suspicious/noExplicitAny: tests break messages in ways that types forbid
function changed(content: Content, change: (interactive: any) => void): Content {
  change((content as { interactive: unknown }).interactive);
  return content;
}

for (const file of readdirSync(fixtures).filter((name) => name.startsWith("seed-"))) {
  test(`the body ${file} is accepted as written`, () => {
    const body = JSON.parse(readFileSync(new URL(file, fixtures), "utf8"));
    const content = body.content ?? { interactive: body.interactive };
    const checked = validateSend({ from: "channel", to: body.to ?? "5511993986082", content });
    assert.ok(!("problems" in checked), JSON.stringify(checked));
    assert.deepEqual(checked.warnings, []);
  });
}

for (const [type, content] of Object.entries(samples())) {
  test(`a ${type} is accepted, unchanged, and described by the schema`, () => {
    const checked = accepted(content);
    assert.deepEqual(checked, { content, normalised: [], warnings: [] });
    assert.deepEqual(sendRequestSchema.parse(sending(content)), sending(content));
  });

  test(`every field that a ${type} cannot do without is missed at its own pointer, and only there`, () => {
    for (const [pointer, without] of removals(content)) {
      const found = rules(without);
      assert.ok(found.length <= 1, `${pointer}: ${found}`);
    }
  });

  test(`every value of the wrong type in a ${type} is one problem`, () => {
    for (const wrong of [null, 7.5, true, "no such thing", [], {}]) {
      for (const [pointer, broken] of replacements(content, wrong)) {
        const found = rules(broken);
        assert.equal(found.length, 1, `${pointer} = ${JSON.stringify(wrong)}: ${found}`);
      }
    }
  });

  test(`an unknown field anywhere in a ${type} is one problem`, () => {
    for (const [pointer, broken] of objectsOf(content, (value) => ({ ...value, surprise: 1 }))) {
      assert.deepEqual(rules(broken), [`unknown_field /content${pointer}/surprise`]);
    }
  });
}

type Variation = [pointer: string, whole: unknown];

function vary(value: unknown, at: string, change: (value: unknown, at: string) => unknown[]): Variation[] {
  const here = change(value, at).map((changedValue): Variation => [at, changedValue]);
  if (typeof value !== "object" || value === null) return here;
  const below = Object.entries(value).flatMap(([key, child]) =>
    vary(child, `${at}/${key}`, change).map(([pointer, part]): Variation => {
      const copy = Array.isArray(value) ? [...value] : { ...value };
      (copy as Record<string, unknown>)[key] = part;
      return [pointer, copy];
    }),
  );
  return [...here, ...below];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function removals(content: unknown): Variation[] {
  return vary(content, "", (value) =>
    isRecord(value)
      ? Object.keys(value).map((key) =>
          Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)),
        )
      : [],
  );
}

function replacements(content: unknown, wrong: unknown): Variation[] {
  return vary(content, "", (value) => (typeof value === typeof wrong && wrong !== null ? [] : [wrong]));
}

function objectsOf(content: unknown, change: (value: Record<string, unknown>) => unknown): Variation[] {
  return vary(content, "", (value) => (isRecord(value) ? [change(value)] : []));
}

test("a message with five mistakes gives five problems at once", () => {
  const content = changed(samples().button, (interactive) => {
    interactive.body.text = "x".repeat(1025);
    interactive.footer.text = "";
    interactive.action.buttons[0].reply.title = "A title of more than twenty";
    interactive.action.buttons[1].reply.id = " padded ";
    interactive.colour = "red";
  });
  assert.deepEqual(rules(content).sort(), [
    "max_length /content/interactive/action/buttons/0/reply/title",
    "max_length /content/interactive/body/text",
    "min_length /content/interactive/footer/text",
    "trimmed /content/interactive/action/buttons/1/reply/id",
    "unknown_field /content/interactive/colour",
  ]);
});

test("rows are counted over all sections, and told once", () => {
  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `row-${from + index}`, title: "Row" }));
  const withSections = (...counts: number[]) =>
    changed(samples().list, (interactive) => {
      interactive.action.sections = counts.map((count, index) => ({
        title: `${index}`,
        rows: rows(index * 20, count),
      }));
    });
  assert.deepEqual(rules(withSections(5, 5)), []);
  assert.deepEqual(rules(withSections(5, 6)), ["max_rows /content/interactive/action/sections"]);
  assert.deepEqual(rules(withSections(11)), ["max_items /content/interactive/action/sections/0/rows"]);
  assert.deepEqual(rules(withSections(...Array(11).fill(1))), [
    "max_items /content/interactive/action/sections",
  ]);
});

test("ids must be unique: over the buttons, over the whole list, over the whole carousel", () => {
  const button = changed(samples().button, (interactive) => {
    interactive.action.buttons[1].reply.id = "SUPPORT";
  });
  assert.deepEqual(rules(button), ["unique /content/interactive/action/buttons/1/reply/id"]);
  const list = changed(samples().list, (interactive) => {
    interactive.action.sections[1].rows[0].id = "dish_1";
  });
  assert.deepEqual(rules(list), ["unique /content/interactive/action/sections/1/rows/0/id"]);
  const carousel = changed(replyCarousel(), (interactive) => {
    interactive.action.cards[1].action.buttons[0].quick_reply.id = "card-0-0";
  });
  assert.deepEqual(rules(carousel), [
    "unique /content/interactive/action/cards/1/action/buttons/0/quick_reply/id",
  ]);
});

test("button titles must be unique; row titles and titles on different cards may repeat", () => {
  const button = changed(samples().button, (interactive) => {
    interactive.action.buttons[1].reply.title = "Support";
  });
  assert.deepEqual(rules(button), ["unique /content/interactive/action/buttons/1/reply/title"]);
  const list = changed(samples().list, (interactive) => {
    interactive.action.sections[1].rows[0].title = "Grilled steak";
  });
  assert.deepEqual(rules(list), []);
  assert.deepEqual(rules(replyCarousel(3, 2)), []);
});

test("titles that differ only by case, or that are long in UTF-16 units, are warned of and accepted", () => {
  const content = changed(samples().button, (interactive) => {
    interactive.action.buttons[0].reply.title = "sales";
    interactive.footer.text = "😀".repeat(60);
  });
  const { warnings } = accepted(content);
  assert.deepEqual(
    warnings.map(({ pointer, rule }) => `${rule} ${pointer}`),
    [
      "utf16_length /content/interactive/footer/text",
      "unique_ignoring_case /content/interactive/action/buttons/1/reply/title",
    ],
  );
});

test("a list's body above 1024 is accepted with a warning", () => {
  const content = changed(samples().list, (interactive) => {
    interactive.body.text = "x".repeat(1025);
  });
  assert.deepEqual(
    accepted(content).warnings.map(({ rule }) => rule),
    ["cautious_length"],
  );
});

test("all cards of a carousel have the same kind and number of buttons", () => {
  const uneven = changed(replyCarousel(3, 2), (interactive) => {
    interactive.action.cards[2].action.buttons.pop();
  });
  assert.deepEqual(rules(uneven), ["same_buttons /content/interactive/action/cards/2/action"]);
  const mixed = changed(replyCarousel(), (interactive) => {
    const { interactive: urls } = urlCarousel() as {
      interactive: { action: { cards: { action: unknown }[] } };
    };
    interactive.action.cards[1].action = urls.action.cards[1]!.action;
  });
  assert.deepEqual(rules(mixed), ["same_buttons /content/interactive/action/cards/1/action"]);
});

test("cards are counted from 0, in their order and without gaps", () => {
  const indexed = (...indexes: number[]) =>
    changed(urlCarousel(), (interactive) => {
      for (const [position, index] of indexes.entries())
        interactive.action.cards[position].card_index = index;
    });
  assert.deepEqual(rules(indexed(1, 0)), ["order /content/interactive/action/cards/0/card_index"]);
  assert.deepEqual(rules(indexed(0, 0)), ["unique /content/interactive/action/cards/1/card_index"]);
  assert.deepEqual(rules(indexed(0, 2)), ["maximum /content/interactive/action/cards/1/card_index"]);
  assert.deepEqual(rules(indexed(0, 10)), ["maximum /content/interactive/action/cards/1/card_index"]);
  assert.deepEqual(rules(indexed(0, -1)), ["minimum /content/interactive/action/cards/1/card_index"]);
});

test("exactly one of two: contents, link or id, flow id or name, URL or quick replies", () => {
  assert.deepEqual(rules({}), ["exactly_one /content"]);
  assert.deepEqual(rules({ ...samples().text, ...samples().image }), ["exactly_one /content"]);
  assert.deepEqual(rules({ image: {} }), ["exactly_one /content/image"]);
  assert.deepEqual(rules({ image: { link: "https://example.com/a", id: "1" } }), [
    "exactly_one /content/image",
  ]);
  const flow = changed(samples().flow, (interactive) => {
    interactive.action.parameters.flow_name = "order";
  });
  assert.deepEqual(rules(flow), ["exactly_one /content/interactive/action/parameters"]);
});

test("media links are https, button URLs https or http, and neither may be anything else", () => {
  for (const link of [
    "http://example.com/a.jpg",
    "ftp://example.com",
    "example.com/a.jpg",
    "",
    "https://",
    "javascript:1",
  ]) {
    assert.deepEqual(rules({ image: { link } }), ["https_url /content/image/link"], link);
  }
  const url = (value: string) =>
    changed(samples().cta_url, (interactive) => {
      interactive.action.parameters.url = value;
    });
  for (const value of ["http://example.com", "https://localhost:8080/a?b=c#d"])
    assert.deepEqual(rules(url(value)), []);
  for (const value of ["tel:+1", "https://exa mple.com", "", "//example.com"]) {
    assert.deepEqual(rules(url(value)), ["web_url /content/interactive/action/parameters/url"], value);
  }
});

test("headers are only what their type may have", () => {
  const list = changed(samples().list, (interactive) => {
    interactive.header = { type: "image", image: { link: "https://example.com/a.jpg" } };
  });
  assert.deepEqual(rules(list), ["one_of /content/interactive/header/type"]);
  const carousel = changed(replyCarousel(), (interactive) => {
    interactive.header = { type: "text", text: "No" };
  });
  assert.deepEqual(rules(carousel), ["unknown_field /content/interactive/header"]);
});

test("names that reach a prototype, NUL and half surrogates are refused wherever they stand", () => {
  for (const name of ["__proto__", "constructor", "prototype"]) {
    assert.deepEqual(rules(JSON.parse(`{"text":{"body":"a","${name}":{"x":1}}}`)), [
      `unknown_field /content/text/${name}`,
    ]);
    assert.deepEqual(rules(JSON.parse(`{"${name}":{"x":1}}`)), [`unknown_field /content/${name}`]);
    const body = JSON.parse(
      `{"from":"a","to":"b","content":{"text":{"body":"a"}},"metadata":{"${name}":"x"}}`,
    );
    const checked = validateSend(body);
    assert.deepEqual("problems" in checked && checked.problems.map(({ pointer }) => pointer), [
      `/metadata/${name}`,
    ]);
  }
  for (const body of ["a\0b", "\ud83d", "x\udc00"])
    assert.deepEqual(rules({ text: { body } }), ["characters /content/text/body"]);
});

test("accepted spellings are folded, told, and keep the pointers of the body as written", () => {
  const url = changed(samples().cta_url, (interactive) => {
    interactive.action = { button: "Access", parameters: interactive.action.parameters };
  });
  const folded = accepted(url);
  assert.deepEqual(folded.content, samples().cta_url);
  assert.deepEqual(folded.normalised, [
    "/content/interactive/action/name",
    "/content/interactive/action/button",
  ]);

  const flat = changed(replyCarousel(), (interactive) => {
    for (const card of interactive.action.cards) {
      delete card.type;
      delete card.card_index;
      card.action.buttons = card.action.buttons.map((button: { quick_reply: object }) => ({
        type: "quick_reply",
        ...button.quick_reply,
      }));
    }
  });
  assert.deepEqual(accepted(flat).content, replyCarousel());
  const broken = changed(flat, (interactive) => {
    delete interactive.action.cards[0].action.buttons[0].title;
    interactive.action.cards[1].action.buttons[0].id = "";
  });
  assert.deepEqual(rules(broken), [
    "required /content/interactive/action/cards/0/action/buttons/0/title",
    "min_length /content/interactive/action/cards/1/action/buttons/0/id",
  ]);
});

test("coordinates in strings, a bare flow version and empty row descriptions are folded", () => {
  const place = accepted({ location: { latitude: "40.78", longitude: "-73.96" } });
  assert.deepEqual(place.content, { location: { latitude: 40.78, longitude: -73.96 } });
  const list = changed(samples().list, (interactive) => {
    interactive.action.sections[0].rows[0].description = "";
  });
  assert.deepEqual(accepted(list).normalised, ["/content/interactive/action/sections/0/rows/0/description"]);
});

test("a reaction is one emoji; the red heart without its variation selector is folded", () => {
  const reacted = (emoji: string) => ({ reaction: { message_id: "msg_1", emoji } });
  for (const emoji of ["", "👍", "👍🏽", "👩‍👩‍👧", "🇧🇷", "1️⃣"])
    assert.deepEqual(rules(reacted(emoji)), [], emoji);
  for (const emoji of ["a", "ok", "👍👍", "1", " "]) {
    assert.deepEqual(rules(reacted(emoji)), ["emoji /content/reaction/emoji"], emoji);
  }
  assert.deepEqual(accepted(reacted("\u2764")).content, reacted("\u2764\ufe0f"));
  const heart = "\u2764\u200d\u{1f525}";
  assert.deepEqual(accepted(reacted(heart)).content, reacted("\u2764\ufe0f\u200d\u{1f525}"));
});

test("empty optional texts say the same as none", () => {
  const { content, normalised } = accepted({
    document: { link: "https://example.com/a", caption: "", filename: "" },
  });
  assert.deepEqual(content, { document: { link: "https://example.com/a" } });
  assert.deepEqual(normalised, ["/content/document/caption", "/content/document/filename"]);
  const place = accepted({ location: { latitude: 1, longitude: 2, name: "", address: "" } });
  assert.deepEqual(place.content, { location: { latitude: 1, longitude: 2 } });
});

test("the request around the content is checked with it, all at once", () => {
  const checked = validateSend({
    from: "",
    content: { text: { body: "" } },
    context: {},
    metadata: { a: "x".repeat(2048), b: 1 },
    adapt: "maybe",
    ttl_seconds: 0,
    when: "now",
  });
  assert.deepEqual(
    "problems" in checked ? checked.problems.map(({ pointer, rule }) => `${rule} ${pointer}`).sort() : [],
    [
      "max_bytes /metadata",
      "min_length /content/text/body",
      "min_length /from",
      "minimum /ttl_seconds",
      "one_of /adapt",
      "required /context/message_id",
      "required /to",
      "type /metadata/b",
      "unknown_field /when",
    ].sort(),
  );
});

test("a body that is no object, or has no content, is one problem", () => {
  for (const body of [null, 1, "x", []]) {
    const checked = validateSend(body);
    assert.deepEqual("problems" in checked && checked.problems.map(({ pointer, rule }) => rule + pointer), [
      "type",
    ]);
  }
  const checked = validateSend({ from: "a", to: "b" });
  assert.deepEqual("problems" in checked && checked.problems.map(({ pointer }) => pointer), ["/content"]);
});

test("a reaction takes no context", () => {
  const body = { from: "a", to: "b", content: samples().reaction, context: { message_id: "msg_2" } };
  const checked = validateSend(body);
  assert.deepEqual("problems" in checked && checked.problems.map(({ pointer }) => pointer), ["/context"]);
});

test("a preview takes a channel or platforms", () => {
  const content = samples().text;
  const neither = validatePreview({ content });
  assert.ok("problems" in neither && neither.problems.every(({ hint }) => /"platforms"/.test(hint ?? "")));
  assert.ok(!("problems" in validatePreview({ from: "a", to: "b", content })));
  assert.ok(!("problems" in validatePreview({ platforms: ["whatsapp", "telegram"], content })));
  const checked = validatePreview({ platforms: ["whatsapp", "whatsapp", "signal"], from: "a", content });
  assert.deepEqual(
    "problems" in checked && checked.problems.map(({ pointer, rule }) => `${rule} ${pointer}`).sort(),
    ["one_of /platforms/2", "unique /platforms/1", "unknown_field /from"],
  );
});

test("the schemas become JSON Schema with the limits in them", () => {
  const text = JSON.stringify(z.toJSONSchema(sendRequestSchema));
  for (const limit of ['"maxLength":4096', '"maxLength":256', '"maxItems":257', '"maximum":2592000']) {
    assert.ok(text.includes(limit), limit);
  }
  assert.ok(z.toJSONSchema(previewRequestSchema));
});

test("no JSON makes validation throw", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      validateSend(value);
      validateSend(sending(value));
      validateSend(sending({ interactive: value }));
      validateSend({ from: "a", to: "b", content: value, metadata: value, options: value });
    }),
  );
});

test("a card that calls itself after its quick replies is Meta's cta_url card", () => {
  const content = structuredClone(samples().carousel) as {
    interactive: { action: { cards: { type: string }[] } };
  };
  for (const card of content.interactive.action.cards) card.type = "quick_reply";
  const folded = accepted(content);
  assert.deepEqual(folded.content, samples().carousel);
  assert.deepEqual(folded.normalised, [
    "/content/interactive/action/cards/0/type",
    "/content/interactive/action/cards/1/type",
  ]);
});
