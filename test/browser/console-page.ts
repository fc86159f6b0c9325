import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { buildConsole } from "../../scripts/build-console.ts";
import type { Stack } from "../support/stack.ts";

/** Everything waits this long for what it looks for: a machine may be ten times slower. */
const withinMs = 60_000;

/** Made for functions in a cloud: one process for all ends with its first page, and without web security nothing is proved. */
const unwanted: readonly string[] = ["--single-process", "--no-zygote", "--disable-web-security"];

/** A real Chromium, extracted for this test file alone: two that extract into one folder find each other's half of it. */
export class Chromium {
  readonly #browser: Browser;
  readonly #folder: string;

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  static async open(): Promise<Chromium> {
    await buildConsole();
    const folder = await mkdtemp(join(tmpdir(), "antiphon-chromium-"));
    const before = process.env.TMPDIR;
    process.env.TMPDIR = folder;
    try {
      const { default: packed } = await import("@sparticuz/chromium");
      const executablePath = await packed.executablePath();
      const args = packed.args.filter((one) => !unwanted.includes(one));
      return new Chromium(await chromium.launch({ executablePath, args }), folder);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  }

  /** A page of the console, signed in by the stack's own key. */
  async page(
    stack: Stack,
    path: string,
    look: { width?: number; height?: number; dark?: boolean } = {},
  ): Promise<Page> {
    const context: BrowserContext = await this.#browser.newContext({
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
    await rm(this.#folder, { recursive: true, force: true });
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
