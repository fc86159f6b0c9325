import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { launchChromium } from "../test/browser/chromium.ts";
import { type Scrolled, scrolled, typedMs, usableMs } from "../test/browser/figures.ts";
import { addMessages } from "../test/browser/many-messages.ts";
import { openConsole } from "../test/browser/open-console.ts";
import { eventually } from "../test/support/eventually.ts";
import { quantile } from "../test/support/quantile.ts";
import { type Stack, startStack } from "../test/support/stack.ts";
import { budgetBytes, firstLoads } from "./console-budget.ts";
import { exceeded, type Figure, tableOf, withFigures } from "./figure-table.ts";
import { droppedShare, frameMs } from "./frames.ts";

const file = join(import.meta.dirname, "../docs/console.md");
const messages = 100_000;
/** Ten seconds. */
const frames = 600;
const stepPx = 120;
/** Of each, and the one in the middle is told. */
const rounds = 5;
const typed = " and more, which is typed a key at a time";
/** A frame of 60 a second is 16.67 ms, and the browser tells it to a tenth or two. */
const frameBudgetMs = 17;

async function loadFigures(): Promise<Figure[]> {
  return [...(await firstLoads())].map(([page, bytes]) => ({
    what: `script of the first load of ${page}, gzip`,
    measured: bytes / 1024,
    budget: budgetBytes / 1024,
    unit: "kB",
  }));
}

/** Each time in a window of its own, which has nothing of the console yet. */
async function usableFigures(browser: Browser, stack: Stack): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const page of [
    "overview",
    "compose",
    "phones",
    "messages",
    "conversations",
    "channels",
    "endpoints",
    "keys",
  ]) {
    const took: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await using opened = await openConsole(browser, stack);
      await opened.open(page === "overview" ? "/" : `/${page}`);
      await opened.page.locator("main h1").waitFor();
      took.push(await usableMs(opened.page));
    }
    figures.push({
      what: `${page} can be used after`,
      measured: quantile(took, 0.5),
      budget: 1_000,
      unit: "ms",
    });
  }
  return figures;
}

async function scrollFigures(browser: Browser, stack: Stack): Promise<Figure[]> {
  await using opened = await openConsole(browser, stack, { width: 1400 });
  const page = await opened.open("/messages");
  await page.getByRole("listbox").getByText(`Message ${messages}:`).waitFor();
  const devtools = await page.context().newCDPSession(page);
  const all: Scrolled[] = [];
  for (let round = 0; round < rounds; round++)
    all.push(await scrolled(page, devtools, { px: stepPx, frames }));
  const { deltas, workMsPerFrame } = inTheMiddle(all, (one) => droppedShare(one.deltas));
  const list = `scrolling ${messages.toLocaleString("en")} messages:`;
  return [
    { what: `${list} frame, p95`, measured: quantile(deltas, 0.95), budget: frameBudgetMs, unit: "ms" },
    { what: `${list} frames not shown`, measured: 100 * droppedShare(deltas), budget: 5, unit: "%" },
    {
      what: `${list} the page's own work in a frame`,
      measured: workMsPerFrame,
      budget: Number(frameMs.toFixed(1)),
      unit: "ms",
    },
  ];
}

function inTheMiddle<One>(all: One[], by: (one: One) => number): One {
  return all.toSorted((left, right) => by(left) - by(right))[Math.floor(all.length / 2)]!;
}

async function typingFigures(browser: Browser, stack: Stack): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const view of ["form", "json"] as const) {
    const all: number[][] = [];
    for (let round = 0; round < rounds; round++) {
      await using opened = await openConsole(browser, stack);
      const page = await opened.open(`/compose?view=${view}`);
      if (view === "form") await page.getByLabel("Body").focus();
      else {
        await page.locator("[data-editor] .cm-line", { hasText: "Choose a category" }).click();
        await page.keyboard.press("End");
        await page.keyboard.press("ArrowLeft");
      }
      all.push(await typedMs(page, typed));
    }
    const middle = inTheMiddle(all, (times) => quantile(times, 0.95));
    for (const [name, share] of [
      ["p50", 0.5],
      ["p95", 0.95],
    ] as const)
      figures.push({
        what: `from a key in the ${view === "form" ? "form" : "JSON"} to four phones, ${name}`,
        measured: quantile(middle, share),
        budget: 50,
        unit: "ms",
      });
  }
  return figures;
}

/** A gateway with as many messages as an operator has after a while. */
async function withManyMessages(): Promise<Stack> {
  const first = await startStack();
  const [person] = await first.people("telegram");
  await first.act(person!, { act: "say", text: "the first" });
  await eventually(
    "the first message",
    async () => (await first.call("GET", "/v1/messages?limit=1")).json.data[0],
  );
  await first.stop();
  addMessages(first.dataDir, messages);
  return startStack({ from: first });
}

function machine(browser: Browser): string {
  // The last that changed what is measured: what only measures it may be of later.
  const commit = execFileSync("git", ["log", "-1", "--format=%h", "--", "console", "src"], {
    encoding: "utf8",
  }).trim();
  const model = cpus()[0]!.model;
  const day = new Date().toISOString().slice(0, 10);
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Measured on ${day} at commit ${commit}: ${cpus().length} × ${model.trim()}, ${memory} GB, ${platform()} ${release()}, Node.js ${process.version}, Chromium ${browser.version()}, without a graphics card; load average ${loadavg()[0]!.toFixed(1)} at the end. Of each the one in the middle of ${rounds} rounds; a round of scrolling is ${frames} frames.`;
}

/** Measures all budgets of the console in one run, and writes them into docs/console.md. */
async function main(): Promise<void> {
  const figures = await loadFigures();
  await using stack = await withManyMessages();
  const browser = await launchChromium();
  try {
    for (const measure of [usableFigures, scrollFigures, typingFigures])
      figures.push(...(await measure(browser, stack)));
    const words = `${tableOf(figures)}\n\n${machine(browser)}`;
    process.stdout.write(`${words}\n`);
    writeFileSync(file, withFigures(readFileSync(file, "utf8"), words));
  } finally {
    await browser.close();
  }
  for (const { what } of exceeded(figures)) process.stderr.write(`over its budget: ${what}\n`);
  if (exceeded(figures).length > 0) process.exitCode = 1;
}

await main();
