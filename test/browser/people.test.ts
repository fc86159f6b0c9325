import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Locator, Page } from "playwright-core";
import { axe } from "./axe.ts";
import { stories } from "./open-console.ts";

/** Room for four phones, and for the timeline below them. */
const wide = { width: 1600, height: 1100 };
const story = stories();

const titles = ["WhatsApp", "Messenger", "Instagram", "Telegram"];
const station = (page: Page, title: string) => page.getByRole("region", { name: `${title}: Ana Souza` });
const answers = (page: Page, title: string) => page.getByRole("list", { name: `Answers: ${title}` });
const got = (page: Page, title: string) => page.getByRole("region", { name: `Your code gets: ${title}` });
/** Of a pointer alone: what the keyboard presses has no detail. */
const countClicks = `addEventListener("click", ({ isTrusted, detail }) => {
  if (isTrusted && detail > 0) sessionStorage.setItem("clicks", Number(sessionStorage.getItem("clicks")) + 1);
}, true)`;
/** The newest act or message with these words, and the lines of all that it brought about. */
const round = (page: Page, words: string) =>
  page
    .getByRole("list", { name: "Timeline" })
    .locator(":scope > li")
    .filter({ has: page.getByRole("heading", { name: words, exact: true }) })
    .first();
const steps = (one: Locator) => one.locator("[data-kind]");
/** Waits until a round has a line of each of these, in this order. */
async function passes(one: Locator, ...lines: RegExp[]): Promise<void> {
  for (const line of lines) await steps(one).filter({ hasText: line }).first().waitFor();
  const texts = (await steps(one).allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
  const places = lines.map((line) => texts.findIndex((text) => line.test(text)));
  assert.deepEqual(
    places,
    places.toSorted((one, other) => one - other),
    texts.join("\n"),
  );
}
interface Words {
  textContent: string;
  scrollWidth: number;
  clientWidth: number;
  scrollHeight: number;
  clientHeight: number;
}
/** The words of a header that are not seen in full. */
const cutWords = (header: unknown) =>
  [...(header as { querySelectorAll(query: string): Iterable<Words> }).querySelectorAll("span[dir]")]
    .filter((one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth)
    .map((one) => one.textContent);
async function menu(page: Page, title: string, item: string): Promise<void> {
  await station(page, title).getByRole("button", { name: "More that this person can do: Ana Souza" }).click();
  await page.getByRole("menuitem", { name: item }).click();
}
async function say(page: Page, title: string, text: string): Promise<void> {
  const input = station(page, title).getByRole("textbox");
  await input.fill(text);
  await input.press("Enter");
}

story(
  "within six clicks a list is on four phones, a row is picked on each, and four events stand side by side",
  async ({ page, stack }) => {
    await page.addInitScript(countClicks);
    await page.goto(/http:\S+\/signin#\S+/.exec(stack.stdout)![0]);
    await page.getByRole("link", { name: "Phones" }).click();
    await page.getByRole("button", { name: "Send to all four" }).click();
    for (const title of titles) await answers(page, title).getByRole("button").nth(1).click();
    for (const title of titles) await got(page, title).getByText('"dish_2"').waitFor();
    assert.equal(await page.evaluate<number>("Number(sessionStorage.getItem('clicks'))"), 6);

    const boxes = await Promise.all(titles.map((title) => got(page, title).boundingBox()));
    const lefts = boxes.map((box) => box!.x);
    assert.deepEqual(
      lefts,
      lefts.toSorted((one, other) => one - other),
    );
    assert.equal(new Set(boxes.map((box) => Math.round(box!.y))).size, 1, "in one row");
    for (const title of titles) {
      const text = await got(page, title).innerText();
      assert.match(text, /"type": "list_reply"/);
      assert.match(text, /"title": "Shrimp risotto"/);
    }
    for (const [at, box] of boxes.entries()) {
      const json = (await got(page, titles[at]!).getByRole("region").first().boundingBox())!;
      assert.ok(box!.x >= 0 && box!.x + box!.width <= 1440, "none is cut at the side");
      assert.ok(
        json.y + json.height <= 900,
        `${titles[at]}: read without scrolling, ${JSON.stringify(json)}`,
      );
    }
    const { json } = await stack.call("GET", "/v1/events?type=message.received&limit=4");
    const ids = json.data.map(
      (event: { message: { interactive: { list_reply: { id: string } } } }) =>
        event.message.interactive.list_reply.id,
    );
    assert.deepEqual(ids, ["dish_2", "dish_2", "dish_2", "dish_2"]);
  },
  { width: 1440, height: 900, isSignedOut: true, complaints: /status of 401/ },
);

for (const width of [1280, 1024]) {
  story(
    `at ${width} pixels all four phones are whole, titled by the business, with the time on each bubble`,
    async (opened) => {
      const page = await opened.open("/phones");
      for (const title of titles) {
        const phone = station(page, title).locator("[data-platform]");
        await phone.getByText(/^Simulated (business|page|profile|bot) 1$/).waitFor();
        const box = (await phone.boundingBox())!;
        assert.ok(box.x >= 0 && box.x + box.width <= width, `${title}: ${JSON.stringify(box)}`);
        assert.deepEqual(await phone.locator("header").evaluate(cutWords), []);
        assert.match(await phone.locator("[data-bubble] time").first().innerText(), /^\d\d:\d\d$/);
      }
      await opened.demandFit();
      assert.equal(await page.getByText("Live", { exact: true }).count(), 1);
    },
    { width, height: 900 },
  );
}

story("from a chip the keyboard goes on where it was, though the chip is gone", async (opened) => {
  const page = await opened.open("/phones");
  await page.getByRole("button", { name: "Send to all four" }).click();
  for (const title of titles) {
    await answers(page, title).getByRole("button").nth(2).waitFor();
    await answers(page, title).getByRole("button").first().focus();
    await page.keyboard.press("Enter");
    await answers(page, title).getByRole("button").first().waitFor({ state: "detached" });
    await page.locator(`section:focus[aria-label="Quick answers: ${title}"]`).waitFor();
  }
  // On the last of them the next stop is what the answer became.
  await got(page, "Telegram").getByText('"dish_1"').waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await got(page, "Telegram").locator(":focus").count(), 1);
});

story("answers that do not fit are counted until they are scrolled to", async (opened) => {
  const page = await opened.open("/phones");
  await page.getByRole("button", { name: "Send to all four" }).click();
  await answers(page, "Telegram").getByRole("button").nth(2).waitFor();
  const below = station(page, "Telegram").locator("[data-below]");
  await below.getByText("1 more", { exact: true }).waitFor();
  await axe(page);
  await answers(page, "Telegram").getByRole("button").nth(2).focus();
  await below.waitFor({ state: "detached" });
});

story("an event of before is no answer to what was just sent", async (opened) => {
  const { stack } = opened;
  const page = await opened.open("/phones");
  await page.getByLabel("Example").selectOption("seed-1-button");
  await page.getByRole("button", { name: "Send to all four" }).click();
  await answers(page, "WhatsApp").getByRole("button", { name: "Sales" }).click();
  await got(page, "WhatsApp")
    .getByText(/"button_reply"/)
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Send to all four" }).click();
  await got(page, "WhatsApp").getByText("The event of the answer stands here.").waitFor();
  await answers(page, "WhatsApp").getByRole("button", { name: "Support" }).click();
  await got(page, "WhatsApp").getByText('"Support"').first().waitFor();
  // Another window sends: the event stays to be read, and is told apart.
  const [ana] = await stack.people("whatsapp");
  const content = { text: { body: "A word of later" } };
  await stack.call("POST", "/v1/messages", { from: ana!.channel, to: ana!.address, content });
  await got(page, "WhatsApp").getByText("before the last message").waitFor();
});

story(
  "a refusal says why, what would be lost and what to choose, and nothing that was not done",
  async (opened) => {
    const page = await opened.open("/phones");
    await page.getByLabel("Example").selectOption("seed-1-location-request");
    await page.getByRole("button", { name: "Send to all four" }).click();
    const said = station(page, "Messenger").getByRole("alert");
    assert.equal(
      await said.innerText(),
      "Not sent. Messenger cannot show all of this. Lost would be: the button that shares the location. Choose “Best effort” to send it all the same.",
    );
    await page.getByText("Best effort", { exact: true }).click();
    await page.waitForURL(/policy=best_effort/);
    await page.getByRole("button", { name: "Send to all four" }).click();
    await said.waitFor({ state: "detached" });
    await station(page, "Messenger")
      .getByText("To calculate shipping, please share your location.")
      .first()
      .waitFor();
  },
  { complaints: /status of 422/ },
);

story(
  "what a platform refuses after it was taken says so on its phone, with the reason, until the next goes",
  async (opened) => {
    const page = await opened.open("/phones");
    await menu(page, "Telegram", "Block the business");
    await station(page, "Telegram").getByText("Blocked", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Send to all four" }).click();
    const said = station(page, "Telegram").getByRole("alert");
    await said.getByText(/blocked/).waitFor();
    assert.match(await said.innerText(), /^failed\.\s.*blocked/i);
    await axe(page);
    assert.match((await said.getByRole("link").getAttribute("href"))!, /^\/messages\/msg_/);
    assert.equal(await station(page, "WhatsApp").getByRole("alert").count(), 0);
    await menu(page, "Telegram", "Unblock the business");
    await station(page, "Telegram").getByText("Blocked", { exact: true }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Send to all four" }).click();
    await said.waitFor({ state: "detached" });
    await answers(page, "Telegram").getByRole("button").nth(2).waitFor();
  },
);

story("a channel that is paused says so on its phone, and what is sent waits", async (opened) => {
  const { stack } = opened;
  const { data: channels } = (await stack.call("GET", "/v1/channels")).json;
  const { id, name } = channels.find((one: { platform: string }) => one.platform === "instagram");
  await stack.call("PATCH", `/v1/channels/${id}`, { paused: true });
  const page = await opened.open("/phones");
  const told = station(page, "Instagram").getByRole("status");
  await told.getByText(`${name} is paused.`).waitFor();
  assert.equal(await told.getByRole("link").getAttribute("href"), `/channels/${id}`);
  await stack.call("PATCH", `/v1/channels/${id}`, { paused: false });
  await page.reload();
  await answers(page, "Instagram").waitFor();
  await told.waitFor({ state: "detached" });
});

story(
  "what is sent shows the whole way: you, the gateway, the platform and back",
  async (opened) => {
    const page = await opened.open("/phones?of=whatsapp%3A15550101001");
    await page.getByLabel("Example").selectOption("seed-1-button");
    await page.getByRole("button", { name: "Send to all four" }).click();
    const sent = round(page, "You send to Ana Souza: button");
    await passes(
      sent,
      /You.*Gateway.*POST \/v1\/messages.*202/,
      /Gateway.*WhatsApp.*POST .*messages.*200/,
      /WhatsApp.*Gateway.*status sent.*200/,
      /WhatsApp.*Gateway.*status delivered.*200/,
      /Gateway.*Your code.*message\.delivered/,
    );
    const call = steps(sent)
      .filter({ hasText: /Gateway.*WhatsApp/s })
      .first();
    await call.getByRole("button").first().click();
    await call.getByText('"messaging_product"').first().waitFor();
    await answers(page, "WhatsApp").getByRole("button").first().click();
    const label = await got(page, "WhatsApp")
      .getByText(/button_reply/)
      .first();
    await label.waitFor();
  },
  wide,
);

story(
  "each act of a person stands in the timeline with what it caused",
  async (opened) => {
    const page = await opened.open("/phones");
    await say(page, "Telegram", "Is anybody there?");
    await passes(
      round(page, "Ana Souza writes “Is anybody there?”"),
      /Ana Souza.*Telegram/,
      /Telegram.*Gateway.*getUpdates brings 1 update: message/,
      /Gateway.*Your code.*message\.received.*text/,
    );
    await menu(page, "WhatsApp", "Read all");
    await passes(round(page, "Ana Souza reads"), /WhatsApp.*Gateway.*status read/, /message\.read/);
    await menu(page, "Messenger", "React to the last message: ❤️");
    await passes(
      round(page, "Ana Souza reacts with “❤️”"),
      /Messenger.*Gateway.*reaction/,
      /message\.reaction/,
    );
    const bubble = station(page, "Instagram").locator('[data-from="business"]').first();
    await bubble.hover();
    await bubble.getByRole("button", { name: "React to this message" }).click();
    await bubble.getByRole("button", { name: "😂" }).click();
    await bubble.getByText("😂").waitFor();
    await passes(
      round(page, "Ana Souza reacts with “😂”"),
      /Instagram.*Gateway.*reaction/,
      /message\.reaction/,
    );
    await menu(page, "Telegram", "Block the business");
    await passes(round(page, "Ana Souza blocks the business"), /my_chat_member/, /contact\.blocked/);
    await station(page, "Telegram").getByText("Blocked", { exact: true }).waitFor();
    await menu(page, "Telegram", "Unblock the business");
    await station(page, "Telegram").getByText("Blocked", { exact: true }).waitFor({ state: "detached" });
    await menu(page, "WhatsApp", "Share a place…");
    const dialog = page.getByRole("dialog", { name: "Share a place" });
    await axe(page);
    await dialog.getByLabel("Latitude").fill("91");
    await dialog.getByText("From -90 to 90.").waitFor();
    assert.equal(await dialog.getByText("From -180 to 180.").count(), 0, "the other is valid");
    assert.ok(await dialog.getByRole("button", { name: "Share" }).isDisabled());
    await dialog.getByRole("button", { name: "Lekki Market" }).click();
    await dialog.getByLabel(/The world as a grid/).press("ArrowUp");
    assert.equal(await dialog.getByLabel("Latitude").inputValue(), "7.4311");
    await dialog.getByRole("button", { name: "Lekki Market" }).click();
    await dialog.getByRole("button", { name: "Share" }).click();
    await got(page, "WhatsApp").getByText("6.4311").waitFor();
    await passes(
      round(page, "Ana Souza shares a place “Lekki Market”"),
      /message location/,
      /message\.received/,
    );
  },
  wide,
);

story(
  "a fault that is switched on shows with its count, strikes where it is told to, and is lifted",
  async (opened) => {
    const { stack } = opened;
    const page = await opened.open("/phones?side=faults");
    await page.getByLabel("Platform").selectOption("whatsapp");
    await page.getByLabel("How often").selectOption("once");
    await page.getByRole("switch", { name: "Rate limit" }).click();
    await page.getByRole("status").filter({ hasText: "1 fault is on: Rate limit (WhatsApp)" }).waitFor();
    await page.getByText("WhatsApp: has struck 0 of 1 times").waitFor();
    await page.getByRole("button", { name: "Send to all four" }).click();
    await page.getByRole("switch", { name: "Rate limit", checked: false }).waitFor();
    await page.getByRole("tab", { name: "Timeline" }).click();
    await page.getByLabel("Show", { exact: true }).selectOption("whatsapp:15550101001");
    const struck = round(page, "You send to Ana Souza: list");
    await passes(
      struck,
      /Gateway.*WhatsApp.*400.*Fault: Rate limit/,
      /Gateway.*WhatsApp.*200/,
      /message\.sent/,
    );

    await page.getByRole("tab", { name: "Faults" }).click();
    await page.getByLabel("How often").selectOption("always");
    await page.getByRole("switch", { name: "Silence" }).click();
    await page.getByText("1 fault is on: Silence (WhatsApp)").waitFor();
    await page.getByRole("switch", { name: "Silence" }).click();
    await page.getByText("1 fault is on").waitFor({ state: "detached" });
    assert.deepEqual((await stack.simulate("GET", "/faults")).json.data, []);
  },
  wide,
);

story(
  "at 360 pixels nothing leaves the page, and axe finds nothing serious",
  async (opened) => {
    const page = await opened.open("/phones");
    await answers(page, "WhatsApp").getByRole("button").first().waitFor();
    await axe(page);
    await opened.demandFit();
    const tooWide = await page.evaluate(
      `[...document.querySelectorAll("main > *")].filter((one) => one.getBoundingClientRect().right > 361).length`,
    );
    assert.equal(tooWide, 0);
    await page.getByRole("tab", { name: "Faults" }).click();
    await page.getByRole("switch", { name: "Silence" }).waitFor();
    await axe(page);
  },
  { width: 360, height: 780 },
);

describe("without a simulator", () => {
  const alone = stories({ command: "serve" });

  alone(
    "the page says how to have one",
    async (opened) => {
      const page = await opened.open("/phones");
      await page.getByText("No simulator runs beside this gateway").waitFor();
      await page.getByText("npm start", { exact: true }).waitFor();
    },
    { complaints: /status of (404|503)/ },
  );
});
