import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { plain } from "./marked.ts";
import { readMarkup } from "./markup.ts";

const shown = (source: string) => {
  const { text, spans } = readMarkup(source);
  return [text, ...spans.map(({ start, end, style }) => `${style}: ${text.slice(start, end)}`)];
};

const cases: [title: string, source: string, ...expected: string[]][] = [
  ["reads the four marks", "*a* _b_ ~c~ `d`", "a b c d", "bold: a", "italic: b", "strike: c", "code: d"],
  ["reads a block over several lines", "```a\n*b*```", "a\n*b*", "mono: a\n*b*"],
  ["reads marks inside marks", "*a _b_*", "a b", "bold: a b", "italic: b"],
  ["reads marks beside punctuation", "(*a*), “_b_”!", "(a), “b”!", "bold: a", "italic: b"],
  ["reads marks around a link", "_https://e.com/a_b_", "https://e.com/a_b", "italic: https://e.com/a_b"],
  ["counts UTF-16 units after emoji", "👋🏽 *é*", "👋🏽 é", "bold: é"],
  ["leaves snake_case", "a snake_case_name", "a snake_case_name"],
  ["leaves multiplication", "2*3*4 and 2 * 3 * 4", "2*3*4 and 2 * 3 * 4"],
  ["leaves links", "https://e.com/_a_/*b*?c=~d~", "https://e.com/_a_/*b*?c=~d~"],
  ["leaves code that would end inside a link", "`a https://e.com/x`y", "`a https://e.com/x`y"],
  ["leaves a host with a path", "e.com/_a_/b", "e.com/_a_/b"],
  ["leaves marks over a line's end", "*a\nb*", "*a\nb*"],
  ["leaves a mark without its pair", "*a _b ~c `d", "*a _b ~c `d"],
  ["leaves marks that hold nothing", "** __ `` * * ``````", "** __ `` * * ``````"],
  ["leaves marks that cross", "*a _b* c_", "a _b c_", "bold: a _b"],
  ["leaves lists and quotes", "* a\n- b\n> c\n1. d", "* a\n- b\n> c\n1. d"],
  ["leaves marks inside a word of any script", "م*ر*حبا", "م*ر*حبا"],
  ["leaves a mark after a vowel sign", "नमस्ते*जी*", "नमस्ते*जी*"],
  ["leaves a mark after an accent of its own", "cafe\u0301*s*", "cafe\u0301*s*"],
  ["reads marks after an emoji with a selector", "❤️*love*", "❤️love", "bold: love"],
  ["reads marks around vowel signs", "*नमस्ते* जी", "नमस्ते जी", "bold: नमस्ते"],
  ["leaves a mark before a letter outside the first plane", "*a*𝒳", "*a*𝒳"],
];
for (const [title, source, ...expected] of cases) {
  test(`${title}`, () => assert.deepEqual(shown(source), expected));
}

test("changes nothing where there are no marks", () => {
  const unmarked = fc.string({ unit: "grapheme" }).filter((text) => !/[*_~`]/.test(text));
  fc.assert(fc.property(unmarked, (text) => assert.deepEqual(readMarkup(text), plain(text))));
});

test("takes marks alone away, and gives spans that nest", () => {
  const unit = fc.constantFrom(
    "*",
    "_",
    "~",
    "`",
    "```",
    " ",
    "\n",
    "a",
    "é",
    "👋🏽",
    "https://e.com/a_b",
    ".",
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), (source) => {
      const { text, spans } = readMarkup(source);
      assert.equal(text.replace(/[*_~`]/g, ""), source.replace(/[*_~`]/g, ""));
      for (const a of spans) {
        assert.ok(0 <= a.start && a.start < a.end && a.end <= text.length);
        for (const b of spans) assert.ok(!(a.start < b.start && b.start < a.end && a.end < b.end));
      }
    }),
  );
});
