import fc from "fast-check";

/** Words and signs that have broken somebody's chat: what is counted, cut, mirrored or read as markup in its own way. */
const words = [
  ...[
    "a",
    "Hello",
    "naïve",
    "Ünïcode",
    "x2",
    "snake_case_name",
    "2*3*4",
    "e\u0301te\u0301",
    "Z\u0351\u0352\u0353a\u0354lgo",
  ],
  ...["😀", "👍🏽", "👨‍👩‍👧‍👦", "🇧🇷", "1️⃣", "❤️", "𝒂𝒃", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"],
  ...["مرحبا", "السعر", "שלום", "מחיר", "नमस्ते", "สวัสดี", "你好，世界。", "한국어", "가나"],
  ...[
    "12",
    "3.5%",
    "(a)",
    "[b]",
    "<b>&amp;</b>",
    '"q"',
    "'s",
    "\\n",
    "#1",
    "@ana",
    "/start",
    "+55 11",
    "—",
    "·",
    "•",
  ],
  ...["\u200fa", "\u200d", "\u00a0", "\ufeffb", "\u202eabc\u202c", "\u2068x\u2069"],
];
const links = [
  "https://example.com",
  "https://example.com/a_b_c?q=*1*&x=~y~#_z_",
  "http://example.com/%D8%A7/path",
  "https://exämple.com/ü?a=1,2;3",
  `https://example.com/${"long/".repeat(40)}end`,
  // Longer than a template's text, and longer than a message on Instagram.
  `https://example.com/${"longer/".repeat(95)}end`,
  `https://example.com/${"longest/".repeat(140)}end`,
];
const marked = [
  ...[
    "*bold*",
    "_italic_",
    "~struck~",
    "`code`",
    "```a block\nof code```",
    "*_both_*",
    "*bold and _italic_*",
    "_~*all*~_",
  ],
  ...[
    "*https://example.com/in_bold*",
    "_see https://example.com/a_b_",
    "~https://example.com/x*y~",
    "*مرحبا*",
    "_שלום_",
  ],
  ...[
    "*",
    "_",
    "~",
    "`",
    "```",
    "**",
    "__",
    "*a",
    "a*",
    "_a*b_",
    "* a *",
    "*a *",
    "*a\nb*",
    "`a",
    "*`*`*",
    "~~a~~",
  ],
];
const between = [" ", " ", " ", "", "\n", "\n\n", ". ", ", ", "؟ ", "  ", "\t", " \n \n\n"];

const word = fc.constantFrom(...words);
/** Where there is no space, only what may not be cut says where to cut. */
const unbroken = fc
  .array(fc.constantFrom(...[...words, ...marked, ...links].filter((each) => !/\s/.test(each))), {
    minLength: 40,
    maxLength: 300,
  })
  .map((parts) => parts.join(""));
const anyWord = fc.oneof(
  { weight: 4, arbitrary: word },
  { weight: 2, arbitrary: fc.constantFrom(...marked) },
  { weight: 1, arbitrary: fc.constantFrom(...links) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }) },
);

/** Cut between code points; what validation counts. */
export const cut = (text: string, max: number) => [...text].slice(0, max).join("");

function joined(parts: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> {
  const pair = fc.tuple(parts, fc.constantFrom(...between));
  return fc.array(pair, { minLength: 1, maxLength }).map((pairs) => pairs.flat().join(""));
}

/** Exactly as long as allowed: the same few words over and over, one word without a space, or nothing but marks. */
function brimming(max: number): fc.Arbitrary<string> {
  const filler = fc.oneof(
    joined(anyWord, 6),
    fc.constantFrom("x", "👨‍👩‍👧‍👦", "e\u0301", "مرحبا ", "*", "*a* ", "_"),
  );
  return filler.map((text) => cut(text.repeat(Math.ceil(max / Math.max(1, [...text].length))), max));
}

/** Anything that validation might take as a text of at most `max` code points. */
export function text(max: number): fc.Arbitrary<string> {
  const short = joined(anyWord, Math.min(8, max)).map((value) => cut(value, max));
  const long = joined(anyWord, Math.min(200, max)).map((value) => cut(value, max));
  const one = fc.constant("w".repeat(Math.min(3000, max)));
  return fc
    .oneof(
      { weight: 6, arbitrary: short },
      { weight: max > 200 ? 2 : 0, arbitrary: long },
      { weight: 2, arbitrary: brimming(max) },
      { weight: max > 200 ? 1 : 0, arbitrary: one },
      { weight: max > 200 ? 1 : 0, arbitrary: unbroken.map((value) => cut(value, max)) },
    )
    .filter((value) => value.trim() !== "" && value.isWellFormed() && !value.includes("\0"));
}

/** A title or a label: short, of every script, and often alike. */
export function title(max: number): fc.Arbitrary<string> {
  const alike = fc.constantFrom(
    "Sea view",
    "Sea  view",
    "Yes",
    "yes",
    "YES",
    "No",
    "Select",
    "View options",
    "أكثر",
    "עוד",
    "👍",
    "👍🏽",
  );
  return fc.oneof(
    { weight: 1, arbitrary: alike.map((value) => cut(value, max)) },
    { weight: 3, arbitrary: text(max) },
  );
}

/** An id of up to `max` code points: any Unicode, and never twice the same for two indexes. */
export function ids(count: number, max: number): fc.Arbitrary<string[]> {
  const unit = fc.oneof(fc.string({ unit: "binary", minLength: 0, maxLength: 12 }), text(max));
  const start = fc.tuple(unit, fc.boolean());
  return fc.array(start, { minLength: count, maxLength: count }).map((starts) =>
    starts.map(([value, isFull], index) => {
      const wanted = value.toWellFormed().replaceAll("\0", "").trimStart();
      const end = String(index);
      const room = max - end.length;
      return cut(isFull ? wanted + "😀 é".repeat(max) : wanted, room) + end;
    }),
  );
}

export const link = fc.constantFrom(...links);
