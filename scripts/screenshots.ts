import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launchChromium } from "../test/browser/chromium.ts";
import { openConsole } from "../test/browser/open-console.ts";
import { type Stack, startStack } from "../test/support/stack.ts";
import { buildConsole } from "./build-console.ts";

const folder = join(import.meta.dirname, "../docs/images");
const list = {
  type: "list",
  header: { type: "text", text: "Our menu" },
  body: { text: "What would you like today?" },
  footer: { text: "Open until 10 PM" },
  action: {
    button: "View options",
    sections: [
      {
        title: "Mains",
        rows: [{ id: "STEAK", title: "Grilled steak", description: "With fries and salad" }],
      },
      { title: "Drinks", rows: [{ id: "JUICE", title: "Orange juice", description: "Freshly pressed" }] },
    ],
  },
};

interface Shot {
  name: string;
  path: string;
  /** What must be there before the picture is taken. */
  shows: string;
}

const shots: readonly Shot[] = [
  { name: "overview", path: "/", shows: "main canvas" },
  { name: "compose", path: "/compose", shows: "main [data-platform]" },
  { name: "phones", path: "/phones", shows: "main h1" },
  { name: "messages", path: "/messages", shows: "main h1" },
  { name: "conversations", path: "/conversations", shows: "main h1" },
  { name: "channels", path: "/channels", shows: "main h1" },
  { name: "endpoints", path: "/endpoints", shows: "main h1" },
  { name: "keys", path: "/keys", shows: "main h1" },
];

/** Something on every page: lists to all, answers of some, an endpoint, a key. */
async function enliven(stack: Stack): Promise<void> {
  const { json } = await stack.simulate("GET", "/people");
  for (const person of json.data) {
    await stack.act(person, { act: "say", text: "Are you open today?" });
    await stack.call("POST", "/v1/messages", {
      from: person.channel,
      to: person.address,
      content: { interactive: list },
    });
  }
  await stack.call("POST", "/v1/endpoints", { url: `${stack.simulatorUrl}/nowhere`, verify: false });
  await stack.call("POST", "/v1/keys", { name: "Shop backend", scopes: ["send", "read"] });
}

/** Writes docs/images/<page>-<theme>.png. */
async function main(): Promise<void> {
  await buildConsole();
  mkdirSync(folder, { recursive: true });
  await using stack = await startStack();
  await enliven(stack);
  const browser = await launchChromium();
  for (const theme of ["light", "dark"] as const) {
    await using opened = await openConsole(browser, stack, { theme, width: 1440, height: 900 });
    for (const { name, path, shows } of shots) {
      const page = await opened.open(path);
      await page.locator(shows).first().waitFor();
      await page.getByText("Live", { exact: true }).first().waitFor();
      await page.evaluate(
        "document.fonts.ready.then(() => new Promise((done) => requestIdleCallback(done)))",
      );
      await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
    }
  }
  await browser.close();
}

await main();
