import assert from "node:assert/strict";
import { test } from "node:test";
import type { CDPSession, Page } from "playwright-core";
import { buildConsole } from "../../scripts/build-console.ts";
import { eventually } from "../support/eventually.ts";
import { slowness } from "../support/slowness.ts";
import { startStack } from "../support/stack.ts";
import { launchChromium } from "./chromium.ts";
import { addMessages } from "./many-messages.ts";
import { openConsole } from "./open-console.ts";

const count = Number(process.env.ANTIPHON_LIST_MESSAGES ?? 100_000);
const frames = Number(process.env.ANTIPHON_LIST_FRAMES ?? 200);
const stepPx = 120;
/** One frame at 60 a second. */
const frameMs = 1_000 / 60;
const maxRows = 200;

interface Scrolled {
  deltas: number[];
  mostRows: number;
  rowsPassed: number;
}

test("a list of 100,000 messages scrolls within its frames, and holds a few rows alone", async (t) => {
  await buildConsole();
  const first = await startStack();
  const [person] = await first.people("telegram");
  await first.act(person!, { act: "say", text: "the first" });
  await eventually("the first message", async () => {
    const { json } = await first.call("GET", "/v1/messages?limit=1");
    return json.data[0];
  });
  await first.stop();
  addMessages(first.dataDir, count);
  await using stack = await startStack({ from: first });
  const browser = await launchChromium();
  t.after(() => browser.close());
  await using opened = await openConsole(browser, stack, { width: 1400 });
  const page = await opened.open("/messages");
  await page.getByRole("listbox").getByText(`Message ${count}:`).waitFor();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const still = await framesOf(page, 0, 60);
  const before = await workMs(devtools);
  const { deltas, mostRows, rowsPassed } = await framesOf(page, stepPx, frames);
  const perFrame = ((await workMs(devtools)) - before) / deltas.length;
  const told = {
    "p95 ms": rounded(p95(deltas)),
    "dropped %": rounded(100 * dropped(deltas)),
    "p95 ms at rest": rounded(p95(still.deltas)),
    "dropped % at rest": rounded(100 * dropped(still.deltas)),
    "work ms a frame": rounded(perFrame),
    rows: mostRows,
    "rows passed": rowsPassed,
  };
  t.diagnostic(JSON.stringify(told));
  assert.ok(mostRows < maxRows, `${mostRows} rows are in the page`);
  assert.ok(rowsPassed > 300, `only ${rowsPassed} rows were passed`);
  // The page's own processor time is the same on a busy machine; when its frames are shown is not.
  assert.ok(perFrame < frameMs * slowness(), `${perFrame} ms of work a frame`);
});

/** Scrolls by so much in each of so many frames; how long each took. */
function framesOf(page: Page, step: number, count: number): Promise<Scrolled> {
  return page.evaluate<Scrolled>(`new Promise((resolve) => {
    const list = document.querySelector("[role=listbox]");
    const deltas = [];
    let mostRows = 0;
    let last = performance.now();
    const frame = (now) => {
      deltas.push(now - last);
      last = now;
      mostRows = Math.max(mostRows, list.querySelectorAll("[role=option]").length);
      if (deltas.length > ${count}) {
        const height = list.querySelector("[role=option]").getBoundingClientRect().height;
        resolve({ deltas: deltas.slice(1), mostRows, rowsPassed: Math.round(list.scrollTop / height) });
        return;
      }
      list.scrollTop += ${step};
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`);
}

/** How long the page's main thread has run. */
async function workMs(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return 1_000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
}

function p95(deltas: readonly number[]): number {
  return deltas.toSorted((left, right) => left - right)[Math.floor(deltas.length * 0.95)] ?? Number.NaN;
}

/** Of all frames that there was time for, those that were not shown. */
function dropped(deltas: readonly number[]): number {
  const missed = deltas.reduce((sum, delta) => sum + Math.max(0, Math.round(delta / frameMs) - 1), 0);
  return missed / (missed + deltas.length);
}

const rounded = (value: number) => Math.round(value * 10) / 10;
