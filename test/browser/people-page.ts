import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import type { Stack } from "../support/stack.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A machine at a tenth of the speed. */
const patienceMs = 60_000;

/** Of a pointer alone: what the keyboard presses has no detail. */
const countClicks = `addEventListener("click", ({ isTrusted, detail }) => {
  if (isTrusted && detail > 0) sessionStorage.setItem("clicks", Number(sessionStorage.getItem("clicks")) + 1);
}, true)`;
interface Look {
  width?: number;
  height?: number;
  dark?: boolean;
}

/** The console of a stack, in a context of its own; every click of a pointer is counted. */
export async function opened(
  browser: Browser,
  stack: Stack,
  path: string,
  { width = 1600, height = 1100, dark = false }: Look = {},
): Promise<Page & AsyncDisposable> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    locale: "en-US",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  await page.addInitScript(countClicks);
  if (path === "printed link") {
    await page.goto(/http:\S+\/signin#\S+/.exec(stack.stdout)![0]);
    return Object.assign(page, { [Symbol.asyncDispose]: () => context.close() });
  }
  const headers = { "x-antiphon-console": "1", "sec-fetch-site": "same-origin" };
  await context.request.post(`${stack.url}/v1/session`, { data: { key: stack.key }, headers });
  await page.goto(stack.url + path);
  return Object.assign(page, { [Symbol.asyncDispose]: () => context.close() });
}

export const clicksOn = (page: Page): Promise<number> =>
  page.evaluate("Number(sessionStorage.getItem('clicks'))");

/** What axe finds that is serious or critical, each with where it is. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; impact: string; nodes: { target: string[] }[] }[] }>;
      };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
  });
}
