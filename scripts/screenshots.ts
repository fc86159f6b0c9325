import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launchChromium } from "../test/browser/chromium.ts";
import { openConsole } from "../test/browser/open-console.ts";
import { Endpoint } from "../test/support/endpoint.ts";
import { eventually } from "../test/support/eventually.ts";
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
  /** A page, or the first of a list. */
  path: (stack: Stack) => string | Promise<string>;
  /** What must be there before the picture is taken. */
  shows: string;
  first?: (page: Page) => Promise<void>;
  /** Where it needs more room than a small window has. */
  size?: { width: number; height: number };
}

const small = { width: 1280, height: 800 };

/** The address of what is newest in a list. */
const newest =
  (noun: string, filter = "") =>
  async (stack: Stack) =>
    `/${noun}/${(await stack.call("GET", `/v1/${noun}?limit=1${filter}`)).json.data[0].id}`;

async function conversationWithAna(stack: Stack): Promise<string> {
  const [ana] = await stack.people("whatsapp");
  const { json } = await stack.call("GET", `/v1/conversations?channel=${ana!.channel}`);
  return `/conversations/${json.data.find((one: { contact: { name: string } }) => one.contact.name === ana!.name).id}`;
}

const shots: readonly Shot[] = [
  { name: "overview", path: () => "/", shows: "main canvas" },
  { name: "compose", path: () => "/compose", shows: "main [data-platform]" },
  {
    name: "phones",
    path: () => "/phones",
    shows: "main [data-kind]",
    first: pickOnEach,
    size: { width: 1440, height: 900 },
  },
  { name: "messages", path: newest("messages", "&status=delivered"), shows: "main [data-phone], main h2" },
  { name: "conversations", path: conversationWithAna, shows: "main h2" },
  { name: "channels", path: newest("channels"), shows: "main canvas" },
  { name: "endpoints", path: newest("endpoints"), shows: "main canvas" },
  { name: "keys", path: () => "/keys", shows: "main table" },
];

/** A row of the list on every phone, so that each shows the event that it became. */
async function pickOnEach(page: Page): Promise<void> {
  const answers = page.getByRole("list", { name: /^Answers: / });
  for (let phone = 0; phone < 4; phone++) {
    const rows = answers.nth(phone).getByRole("button");
    if ((await rows.count()) > 1) await rows.nth(1).click();
  }
  for (let phone = 0; phone < 4; phone++)
    await page
      .getByRole("region", { name: /^Your code gets: / })
      .nth(phone)
      .getByText('"list_reply"')
      .first()
      .waitFor();
}

/** Something on every page: lists to all, answers of some, an endpoint, a key. */
async function enliven(stack: Stack, endpoint: Endpoint): Promise<void> {
  await endpoint.register(stack);
  const { json } = await stack.simulate("GET", "/people");
  for (const person of json.data) await stack.act(person, { act: "say", text: "Are you open today?" });
  for (const person of json.data) {
    const { json: sent } = await stack.call("POST", "/v1/messages", {
      from: person.channel,
      to: person.address,
      content: { interactive: list },
    });
    await eventually("the message's way to the phone", async () => {
      const { json: message } = await stack.call("GET", `/v1/messages/${sent.id}`);
      return message.status !== "accepted" || undefined;
    });
  }
  await stack.call("POST", "/v1/keys", { name: "Shop backend", scopes: ["send", "read"] });
}

/** Writes docs/images/<page>-<theme>.png. */
async function main(): Promise<void> {
  await buildConsole();
  mkdirSync(folder, { recursive: true });
  await using stack = await startStack();
  await using endpoint = await Endpoint.listen();
  await enliven(stack, endpoint);
  const browser = await launchChromium();
  for (const theme of ["light", "dark"] as const) {
    await using opened = await openConsole(browser, stack, { theme });
    for (const { name, path, shows, first, size = small } of shots) {
      await opened.page.setViewportSize(size);
      const page = await opened.open(await path(stack));
      await page.locator(shows).first().waitFor();
      await page.getByText("Live", { exact: true }).first().waitFor();
      await first?.(page);
      await page.evaluate(
        "document.fonts.ready.then(() => new Promise((done) => requestIdleCallback(done)))",
      );
      await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
    }
  }
  await browser.close();
}

await main();
