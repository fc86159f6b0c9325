import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { texts } from "../console/src/texts/texts.ts";
import { exceeded, type Figure, figuresIn, tableOf, withFigures } from "../scripts/figure-table.ts";
import { droppedShare, frameMs } from "../scripts/frames.ts";

const root = join(import.meta.dirname, "..");
const document = readFileSync(join(root, "docs/console.md"), "utf8");
const figures = figuresIn(document);

/** What issue 6 allows, whatever the table says. */
const budgets: readonly [what: RegExp, count: number, budget: number, unit: Figure["unit"]][] = [
  [/^script of the first load of /, 9, 250, "kB"],
  [/ can be used after$/, 8, 1_000, "ms"],
  [/^scrolling 100,000 messages: frame, p95$/, 1, 17, "ms"],
  [/^scrolling 100,000 messages: frames not shown$/, 1, 5, "%"],
  [/^scrolling 100,000 messages: the page's own work in a frame$/, 1, 16.7, "ms"],
  [/^from a key in the (form|JSON) to four phones, p(50|95)$/, 4, 50, "ms"],
];

test("docs/console.md has a figure for every budget of the console, and each keeps it", () => {
  for (const [what, count, budget, unit] of budgets) {
    const found = figures.filter((figure) => what.test(figure.what));
    assert.equal(found.length, count, String(what));
    for (const figure of found) {
      assert.deepEqual([figure.budget, figure.unit], [budget, unit], figure.what);
      assert.ok(figure.measured > 0 || figure.unit === "%", `${figure.what}: ${figure.measured}`);
    }
  }
  assert.equal(figures.length, 24, "a figure that no budget is known of");
  assert.deepEqual(exceeded(figures), []);
  assert.match(
    document,
    /^Measured on \d{4}-\d\d-\d\d at commit [0-9a-f]{7,}: \d+ × .+ load average [\d.]+/m,
  );
});

test("docs/console.md tells each page, and the letter behind g that leads there", () => {
  const places = readFileSync(join(root, "console/src/shell/places.ts"), "utf8");
  for (const [name, title] of Object.entries(texts.pages)) {
    const letter = new RegExp(`^ {2}${name}: \\{.* letter: "(\\w)" \\}`, "m").exec(places)?.[1];
    assert.match(document, new RegExp(`^\\| ${title} \\| .+ \\| \`${letter}\` \\|$`, "m"), name);
  }
});

test("the pages that are measured are those that there are", () => {
  const pages = globSync("console/src/pages/*/page.tsx", { cwd: root }).map((file) => file.split("/")[3]!);
  for (const page of pages) {
    const load = figures.filter(({ what }) => what === `script of the first load of ${page}, gzip`);
    const use = figures.filter(({ what }) => what === `${page} can be used after`);
    // Signing in leads to another page at once.
    assert.deepEqual([load.length, use.length], [1, page === "signin" ? 0 : 1], page);
  }
});

test("a frame counts as not shown for each 16.7 ms beyond its own that it took", () => {
  assert.equal(droppedShare(Array.from({ length: 60 }, () => frameMs)), 0);
  assert.equal(droppedShare([frameMs + 0.2, frameMs - 0.3]), 0, "the browser's clock is not that exact");
  assert.equal(droppedShare([frameMs, frameMs, 2 * frameMs]), 1 / 4);
  assert.equal(droppedShare([10 * frameMs]), 9 / 10);
});

test("a table is read as it was written, and what is over its budget, or was not measured, is found", () => {
  const some: Figure[] = [
    { what: "small enough", measured: 250, budget: 250, unit: "kB" },
    { what: "too late", measured: 1_000.1, budget: 1_000, unit: "ms" },
  ];
  const between = (words: string) =>
    `before\n<!-- figures: node scripts/console-figures.ts -->\n${words}\n<!-- end of figures -->\nafter`;
  const written = withFigures(between("old"), `${tableOf(some)}\n\nMeasured on a machine.`);
  assert.deepEqual(figuresIn(written), some);
  assert.equal(written, between(`${tableOf(some)}\n\nMeasured on a machine.`));
  assert.equal(withFigures(between(""), "$& new"), between("$& new"));
  assert.deepEqual(exceeded(some), [some[1]]);
  assert.equal(exceeded([{ ...some[0]!, measured: Number.NaN }]).length, 1);
  for (const row of ["| a | 1 ms | 2 kB |", "| a | fast | 2 ms |", "| a | 1 ms |"])
    assert.throws(() => figuresIn(between(row)), /no figure/, row);
  assert.throws(() => figuresIn("nothing"), /There is no part/);
});
