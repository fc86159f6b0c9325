import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { slowness } from "../support/slowness.ts";

const root = join(import.meta.dirname, "../..");
const megabyte = 1024 * 1024;
const mostMs = 50;
/** After so little nobody asks again. */
const enoughMs = 10;
const rounds = 10;
/** So much of each text is tried first: what takes long for it grows with the square, and would take minutes. */
const tried = 16_000;
const tooLongMs = 20;

/** Read only in texts of messages that were found valid, and in sentences of the log that are cut before: none is longer. */
const shorter: Record<string, number> = { "src/core/link.ts": 64 * 1024, "src/log-fields.ts": 64 * 1024 };

interface Found {
  pattern: RegExp;
  text: string;
  at: string;
}

/** Every regular expression that is written in the product's sources, from where text of others comes to it. */
function* expressions(): Generator<Found> {
  const files = globSync("src/**/*.ts", { cwd: root })
    .filter(
      (file) =>
        !/\.test\.ts$|\/simulator|simulator\.ts$|conformance|^src\/(?:cli|store\/migrations)\//.test(file),
    )
    .sort();
  const literal =
    /(?<=(?:^|[=(,:!&|?{;[]|return|=>)\s*)\/(?![/*])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+)\/([dgimsuvy]*)/gm;
  for (const file of files) {
    const source = readFileSync(join(root, file), "utf8").replace(/^\s*(?:\*|\/\/|\/\*).*$/gm, "");
    for (const [text, body, flags] of source.matchAll(literal)) {
      try {
        yield { pattern: new RegExp(body!, flags!.replace(/[gy]/g, "")), text, at: file };
      } catch {
        assert.fail(`${file}: ${text} was cut wrongly out of the source`);
      }
    }
  }
}

/** Texts of that length which make an expression go back: what it knows, again and again, and an end that it does not. */
function* corpus({ source }: RegExp, length: number): Generator<string> {
  const known = source
    .replace(
      /\\[dDwWsSbBpP](?:\{[^}]*\})?/g,
      (kind) => ({ d: "1", w: "a", s: " " })[kind[1]!.toLowerCase()] ?? "",
    )
    .replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\(\?[:=!<]+|[()^$+?*|[\]{}]|\\/g, "");
  const letters = [...new Set(`${known}a1 .:/"-_\n`)];
  const units = [...letters, ...letters.map((one) => `a${one}`), known || "a", "a1", " a", "\r\n", "é", "🎉"];
  for (const unit of units) {
    const many = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
    for (const end of ["", "\u0000", "!"]) yield many + end;
    yield `${known}${many}\u0000`;
  }
}

/** The text that takes longest, and whether that is out of all proportion. */
function worst(pattern: RegExp): { text: string; isSlow: boolean } {
  let most = { ms: 0, text: "" };
  for (const text of corpus(pattern, tried)) {
    const ms = took(pattern, text);
    if (ms > most.ms) most = { ms, text };
    // Once more: the first time it is compiled as well.
    if (ms > tooLongMs && took(pattern, text) > tooLongMs * slowness()) return { text, isSlow: true };
  }
  return { text: most.text, isSlow: false };
}

/** In ms of the processor: what others do on this machine is no part of it. */
function took(pattern: RegExp, text: string): number {
  const before = process.threadCpuUsage();
  pattern.test(text);
  return process.threadCpuUsage(before).user / 1000;
}

/** Of the text that was worst, a megabyte. */
function costOf(pattern: RegExp, length = megabyte): number {
  const { text, isSlow } = worst(pattern);
  if (isSlow) return Number.POSITIVE_INFINITY;
  const end = text.slice(-1);
  const whole = text.slice(0, -1).repeat(Math.ceil(length / Math.max(1, text.length - 1))) + end;
  // The best of several: the processor's own neighbours slow it down at times.
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds && best > enoughMs; round++) best = Math.min(best, took(pattern, whole));
  return best;
}

test("every regular expression of the product takes time in proportion to the text, under 50 ms for a megabyte", (t) => {
  const all = [...new Map([...expressions()].map((one) => [String(one.pattern), one])).values()];
  assert.ok(all.length > 60, `only ${all.length} were found`);
  const slow: string[] = [];
  let most = { ms: 0, text: "" };
  for (const { pattern, text, at } of all) {
    const ms = costOf(pattern, shorter[at]);
    if (ms > mostMs * slowness()) slow.push(`${at}: ${text} (${ms} ms)`);
    else if (ms > most.ms) most = { ms, text };
  }
  t.diagnostic(
    `${all.length} expressions; the slowest takes ${most.ms.toFixed(1)} ms for a megabyte: ${most.text}`,
  );
  assert.deepEqual(slow, []);
});

test("the measure sees an expression whose time grows with the square", () => {
  assert.equal(costOf(/a+$/), Number.POSITIVE_INFINITY);
});
