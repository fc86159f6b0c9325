import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { processorMs, slowness } from "../../test/support/slowness.ts";
import { previewOn } from "../core/preview.ts";
import { validatePreview } from "../core/validate.ts";
import { platforms } from "./index.ts";

/**
 * What a preview may take while somebody types, in ms: the median of `runs`. Measured is the processor's time, which is
 * all that a preview takes, because the other tests that run beside this one take the clock's.
 */
const maxMs = 25;
const runs = 15;
const names = ["whatsapp", "messenger", "instagram", "telegram"] as const;

const prose =
  "Olá *mundo* 👨‍👩‍👧‍👦, com _acentos_: é à. Veja https://example.com/a_b_c, e מה שלומך شكرا؟ Um fim!\n\n";
const text = (size: number) =>
  [...prose.repeat(60)]
    .slice(0, size - 1)
    .join("")
    .concat(".");

const cards = Array.from({ length: 10 }, (_, index) => ({
  card_index: index,
  type: "cta_url",
  header: { type: "image", image: { link: `https://example.com/${index}.jpg` } },
  body: { text: prose.trim().slice(0, 80).padEnd(159, "·").concat(".") },
  action: {
    buttons: ["Buy", "Ask"].map((title) => ({
      type: "quick_reply",
      quick_reply: { id: `${title} ${index}`, title },
    })),
  },
}));
const sections = Array.from({ length: 5 }, (_, section) => ({
  title: `Section ${section}`.padEnd(24, "s"),
  rows: [1, 2].map((row) => ({
    id: `${section} ${row}`,
    title: `Row ${section} ${row} `.padEnd(24, "r"),
    description: "Described ".repeat(7).concat("."),
  })),
}));

const largest: [title: string, content: object][] = [
  ["a text of 4,096 characters", { text: { body: text(4096) } }],
  ["one word of 4,096 characters", { text: { body: "ä".repeat(4096) } }],
  ["a text of opening marks", { text: { body: "*".repeat(4096) } }],
  ["a text of families", { text: { body: "👨‍👩‍👧‍👦".repeat(585) } }],
  ["a text of links", { text: { body: "https://a.example/b ".repeat(204).trim() } }],
  [
    "a list of 10 rows in 5 sections under 4,096 characters",
    {
      interactive: {
        type: "list",
        header: { type: "text", text: "Our menu" },
        body: { text: text(4096) },
        footer: { text: "Until 10 PM" },
        action: { button: "See", sections },
      },
    },
  ],
  [
    "a carousel of 10 cards",
    { interactive: { type: "carousel", body: { text: text(1024) }, action: { cards } } },
  ],
];

function preview(content: object): void {
  const valid = validatePreview({ platforms: names, content, adapt: "best_effort" });
  assert.ok("request" in valid && "platforms" in valid.request, JSON.stringify(valid).slice(0, 500));
  for (const name of names) {
    const { calls } = previewOn(platforms[name], valid.request, valid.normalised);
    assert.ok(calls.length > 0);
  }
}

function medianMs(content: object): number {
  const times = Array.from({ length: runs }, () => {
    return processorMs(() => preview(content));
  });
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]!;
}

describe(`a preview on four platforms takes less than ${maxMs} ms`, () => {
  for (const [title, content] of largest) {
    it(title, (context) => {
      const ms = medianMs(content);
      context.diagnostic(`${ms.toFixed(1)} ms`);
      assert.ok(ms < maxMs * slowness(), `the median of ${runs} was ${ms.toFixed(1)} ms`);
    });
  }
});
