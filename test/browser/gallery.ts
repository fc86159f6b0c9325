import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import type { PhoneAct, Screen } from "../../console/src/phones/screen.ts";
import { launchChromium } from "./chromium.ts";

const root = join(import.meta.dirname, "..", "..");
const mimeTypes: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
};
/** No stricter page of the console has less: what a phone needs beyond it would fail here. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self'";

export interface Wish {
  screens: Screen[];
  theme?: "light" | "dark";
  isLive?: boolean;
}

/** What console/gallery/main.tsx puts on its page. */
interface GalleryPage {
  show(wish: Wish): number;
  acts: PhoneAct[];
}

/** The phones on a page of their own, built as the console is and served under a policy as strict. */
export class Gallery {
  readonly page: Page;
  /** Every address that the page has asked for since it was loaded. */
  readonly asked: string[] = [];
  readonly #folder: string;
  readonly #server: Server;
  readonly #browser: Browser;

  private constructor(parts: { folder: string; server: Server; browser: Browser; page: Page }) {
    this.page = parts.page;
    this.#folder = parts.folder;
    this.#server = parts.server;
    this.#browser = parts.browser;
  }

  static async open(): Promise<Gallery> {
    const folder = mkdtempSync(join(tmpdir(), "antiphon-gallery-"));
    const outDir = join(folder, "gallery");
    const browser = await launchChromium();
    await build({
      root: join(root, "console/gallery"),
      configFile: join(root, "console/vite.config.ts"),
      logLevel: "error",
      build: { outDir, emptyOutDir: true },
    });
    const server = createServer(async (request, response) => {
      const file = join(outDir, request.url === "/" ? "index.html" : (request.url ?? ""));
      const bytes = await readFile(file).catch(() => undefined);
      const type = mimeTypes[extname(file)] ?? "application/octet-stream";
      response.writeHead(bytes ? 200 : 404, { "content-type": type, "content-security-policy": policy });
      response.end(bytes);
    });
    server.unref();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const page = await browser.newPage({ viewport: { width: 1640, height: 720 } });
    const gallery = new Gallery({ folder, server, browser, page });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    page.on("request", (request) => gallery.asked.push(request.url()));
    return gallery;
  }

  /** Draws the screens, and gives the milliseconds from the call to a page that is laid out. */
  show({ screens, theme = "light", isLive = false }: Wish): Promise<number> {
    return this.page.evaluate((wish) => (globalThis as unknown as GalleryPage).show(wish), {
      screens,
      theme,
      isLive,
    });
  }

  /** What was done on the phones since the last time that this was asked. */
  acts(): Promise<PhoneAct[]> {
    return this.page.evaluate(() => (globalThis as unknown as GalleryPage).acts.splice(0));
  }

  phone(platform: Screen["platform"]) {
    return this.page.locator(`[data-platform="${platform}"]`);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await new Promise((done) => this.#server.close(done));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
