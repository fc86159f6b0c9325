import assert from "node:assert/strict";
import { test } from "node:test";
import { buildConsole } from "../../scripts/build-console.ts";
import { droppedShare, frameMs } from "../../scripts/frames.ts";
import { eventually } from "../support/eventually.ts";
import { quantile } from "../support/quantile.ts";
import { slowness } from "../support/slowness.ts";
import { startStack } from "../support/stack.ts";
import { launchChromium } from "./chromium.ts";
import { scrolled } from "./figures.ts";
import { addMessages } from "./many-messages.ts";
import { openConsole } from "./open-console.ts";

const count = Number(process.env.ANTIPHON_LIST_MESSAGES ?? 100_000);
const frames = Number(process.env.ANTIPHON_LIST_FRAMES ?? 200);
const stepPx = 120;
const maxRows = 200;

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
  const still = await scrolled(page, devtools, { px: 0, frames: 60 });
  const { deltas, mostRows, rowsPassed, workMsPerFrame } = await scrolled(page, devtools, {
    px: stepPx,
    frames,
  });
  const told = {
    "p95 ms": rounded(quantile(deltas, 0.95)),
    "dropped %": rounded(100 * droppedShare(deltas)),
    "p95 ms at rest": rounded(quantile(still.deltas, 0.95)),
    "dropped % at rest": rounded(100 * droppedShare(still.deltas)),
    "work ms a frame": rounded(workMsPerFrame),
    rows: mostRows,
    "rows passed": rowsPassed,
  };
  t.diagnostic(JSON.stringify(told));
  assert.ok(mostRows < maxRows, `${mostRows} rows are in the page`);
  assert.ok(rowsPassed > 300, `only ${rowsPassed} rows were passed`);
  // The page's own processor time is the same on a busy machine; when its frames are shown is not.
  assert.ok(workMsPerFrame < frameMs * slowness(), `${workMsPerFrame} ms of work a frame`);
});

const rounded = (value: number) => Math.round(value * 10) / 10;
