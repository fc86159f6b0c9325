import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { buildConsole } from "../../scripts/build-console.ts";
import { type Stack, type StackOptions, startStack } from "../support/stack.ts";
import { launchChromium } from "./chromium.ts";

/** A machine at a tenth of the speed; whatever is waited for is there long before. */
const patienceMs = 60_000;

export interface Look {
  width?: number;
  height?: number;
  theme?: "light" | "dark";
  /** Nobody is: the story begins with signing in. */
  isSignedOut?: boolean;
  /** What the browser may complain of, where the story means it to: a gateway that is away, say. */
  complaints?: RegExp;
}

/** The console in a real browser, before a real gateway and its simulator. */
export class OpenConsole implements AsyncDisposable {
  readonly page: Page;
  stack: Stack;
  readonly #context: BrowserContext;
  readonly #complaints: string[] = [];
  readonly #foreign: string[] = [];
  readonly #taken: RegExp | undefined;

  constructor(page: Page, { stack, complaints }: { stack: Stack; complaints?: RegExp }) {
    this.page = page;
    this.stack = stack;
    this.#context = page.context();
    this.#taken = complaints;
    this.#context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.#complain(message.text());
    });
    this.#context.on("weberror", (error) => this.#complain(String(error.error().stack ?? error.error())));
    this.#context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http") && url.origin !== this.stack.url) this.#foreign.push(url.href);
    });
  }

  #complain(text: string): void {
    if (!this.#taken?.test(text)) this.#complaints.push(text);
  }

  /** Opens a page of the console by its address. */
  async open(path: string): Promise<Page> {
    await this.page.goto(this.stack.url + path);
    return this.page;
  }

  /** Another window of the same person, watched as the first. */
  async another(path: string): Promise<Page> {
    const page = await this.#context.newPage();
    page.setDefaultTimeout(patienceMs);
    await page.goto(this.stack.url + path);
    return page;
  }

  /** With the key of the start, by the same request as the page's. */
  async signIn(key = this.stack.key): Promise<void> {
    const answer = await this.#context.request.post(`${this.stack.url}/v1/session`, {
      data: { key },
      headers: { "x-antiphon-console": "1", "sec-fetch-site": "same-origin" },
    });
    assert.equal(answer.status(), 201);
  }

  /** The browser complained of nothing (its policy's refusals among it), and asked nobody but the gateway. */
  demandQuiet(): void {
    assert.deepEqual(this.#complaints, [], "what the browser complained of");
    assert.deepEqual(this.#foreign, [], "requests that left for elsewhere");
  }

  /** No page scrolls sideways. */
  async demandFit(): Promise<void> {
    const [content, window] = await this.page.evaluate(() => {
      const { document, innerWidth } = globalThis as unknown as {
        document: { documentElement: { scrollWidth: number } };
        innerWidth: number;
      };
      return [document.documentElement.scrollWidth, innerWidth] as const;
    });
    assert.ok(content <= window, `${this.page.url()}: ${content} pixels wide in a window of ${window}`);
  }

  async screenshot(): Promise<string> {
    const path = join(mkdtempSync(join(tmpdir(), "antiphon-console-")), "failed.png");
    await this.page.screenshot({ path, fullPage: true });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
  }
}

/** A window of its own: nothing is shared with others of the same browser. Signed in unless the look says otherwise. */
export async function openConsole(browser: Browser, stack: Stack, look: Look = {}): Promise<OpenConsole> {
  const { width = 1280, height = 900, theme = "light", isSignedOut = false, complaints } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    // Else that of the machine, which may be no language to a browser: "en-US@posix".
    locale: "en-US",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const opened = new OpenConsole(page, { stack, complaints });
  if (!isSignedOut) await opened.signIn();
  return opened;
}

type Story = (opened: OpenConsole) => Promise<void>;

/**
 * Stories of a file, on one gateway, one simulator and one browser, each in a window of its own. One that fails leaves a
 * picture and names it; one that passes has also complained of nothing and asked nobody elsewhere.
 */
export function stories(options: StackOptions = {}) {
  const shared: { browser?: Browser; stack?: Stack } = {};
  before(async () => {
    await buildConsole();
    [shared.browser, shared.stack] = await Promise.all([launchChromium(), startStack(options)]);
  });
  after(async () => {
    await shared.browser?.close();
    await shared.stack?.[Symbol.asyncDispose]();
  });
  return (title: string, tell: Story, look: Look = {}) =>
    test(title, async () => {
      await using opened = await openConsole(shared.browser!, shared.stack!, look);
      try {
        await tell(opened);
        opened.demandQuiet();
      } catch (error) {
        const path = await opened.screenshot().catch(() => "none could be taken");
        if (error instanceof Error) error.message += `\nPicture: ${path}`;
        throw error;
      }
    });
}
