import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { buildConsole } from "../../scripts/build-console.ts";
import type { Stack } from "../support/stack.ts";
import { launchChromium } from "./chromium.ts";

/** Everything waits this long for what it looks for: a machine may be ten times slower. */
const withinMs = 60_000;

/** The console in a real Chromium; one for a test file. */
export class Chromium {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<Chromium> {
    await buildConsole();
    return new Chromium(await launchChromium());
  }

  /** A page of the console, signed in by the stack's own key. */
  async page(
    stack: Stack,
    path: string,
    look: { width?: number; height?: number; dark?: boolean } = {},
  ): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width: look.width ?? 1400, height: look.height ?? 900 },
      colorScheme: look.dark ? "dark" : "light",
      extraHTTPHeaders: { authorization: `Bearer ${stack.key}` },
    });
    context.setDefaultTimeout(withinMs);
    const page = await context.newPage();
    await page.goto(`${stack.url}${path}`);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** What axe finds that keeps people out, in both themes: a line for each kind of fault, with the first place. */
export async function faultsOf(page: Page): Promise<string[]> {
  const found: string[] = [];
  await page.evaluate(axe.source);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // A colour that is on its way to another is neither of both.
    await page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))");
    const { violations } = await page.evaluate<axe.AxeResults>(
      "axe.run(document.querySelector('main') ?? document)",
    );
    for (const { id, impact, nodes } of violations)
      if (impact === "serious" || impact === "critical")
        found.push(`${colorScheme} ${id}: ${nodes.length}: ${nodes[0]?.html}`);
  }
  return found;
}
