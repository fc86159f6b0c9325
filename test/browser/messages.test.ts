import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually } from "../support/eventually.ts";
import type { Person, Stack } from "../support/stack.ts";
import { axe } from "./axe.ts";
import { stories } from "./open-console.ts";

const look = { width: 1400 };
const story = stories();

/** The first of WhatsApp and of Telegram. */
async function people(stack: Stack): Promise<{ ana: Person; tom: Person }> {
  const [ana] = (await stack.people("whatsapp")) as [Person];
  const [tom] = (await stack.people("telegram")) as [Person];
  return { ana, tom };
}

async function send(stack: Stack, person: Person, body: string): Promise<string> {
  const content = { text: { body } };
  const { status, json } = await stack.call("POST", "/v1/messages", {
    from: person.channel,
    to: person.address,
    content,
  });
  assert.equal(status, 202, JSON.stringify(json));
  return json.id;
}

/** Waits until a sent message has come to a status. */
function become(stack: Stack, id: string, ...statuses: string[]): Promise<true> {
  return eventually(`${id} ${statuses}`, async () => {
    const { json } = await stack.call("GET", `/v1/messages/${id}`);
    return statuses.includes(json.status) || undefined;
  });
}

/** What this program, which has no page of its own, needs to know of an element. */
interface Scrolling {
  scrollTop: number;
}

const labelsOf = (marks: unknown[]) =>
  (marks as { getAttribute(name: string): string }[]).map((mark) => mark.getAttribute("aria-label"));

const rows = (page: Page) => page.getByRole("listbox").getByRole("option");
const opened = (page: Page) => page.getByRole("region", { name: "The opened message" });
const list = (page: Page) => page.getByRole("listbox");

story(
  "a message is found by its words and by the URL, opened by the keys, and shows its picture and what happened",
  async ({ page, stack }) => {
    const { ana } = await people(stack);
    const id = await send(stack, ana, "Where is the زبدة 🧈 of order 1042?");
    await become(stack, id, "delivered", "read");
    await send(stack, ana, "something else");
    await page.goto(`${stack.url}/messages`);
    await rows(page).filter({ hasText: "something else" }).waitFor();
    await page.getByLabel("Search the words of messages").fill("ORDER 1042");
    await page.waitForURL(/text=ORDER(\+|%20)1042/);
    await rows(page).filter({ hasText: "something else" }).waitFor({ state: "detached" });
    await rows(page).filter({ hasText: "order 1042" }).waitFor();
    assert.equal(await rows(page).count(), 1);
    const search = page.getByLabel("Search the words of messages");
    await search.pressSequentially(" ");
    await search.press("Backspace");
    await search.fill("order ");
    await page.waitForURL(/text=order$/);
    await search.pressSequentially("1042");
    assert.equal(await search.inputValue(), "order 1042");
    await page.waitForURL(/text=order(\+|%20)1042/);
    await page.getByLabel("Search the words of messages").blur();
    await page.keyboard.press("j");
    await page.locator("[role=listbox]:focus").waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(new RegExp(`/messages/${id}\\?text=`));
    const detail = opened(page);
    await detail
      .getByRole("region", { name: /^WhatsApp/ })
      .getByText("Where is the زبدة 🧈 of order 1042?")
      .waitFor();
    const timeline = detail.getByRole("list").filter({ hasText: "accepted" }).first();
    for (const line of ["accepted", "taken by the platform", "HTTP 200", "delivered"])
      await timeline.getByText(line).first().waitFor();
    await detail.getByText("POST /messages").waitFor();
    await axe(page);
    await detail.getByRole("tab", { name: "Ledger" }).click();
    await detail.getByText("native", { exact: true }).waitFor();
    await detail.getByRole("tab", { name: "JSON" }).click();
    await detail.getByLabel("JSON", { exact: true }).getByText(`"${id}"`).waitFor();
    await list(page).focus();
    await page.keyboard.press("Escape");
    await page.waitForURL(/\/messages\?text=/);
    await page.goto(`${stack.url}/messages/${id}?status=failed`);
    await opened(page).getByText("order 1042").first().waitFor();
    await page.getByText("No message fits these filters").waitFor();
  },
  look,
);

for (const width of [360, 1400])
  story(
    `at ${width} pixels each row tells its platform, and the opened message its channel`,
    async (console) => {
      const { page, stack } = console;
      const { ana, tom } = await people(stack);
      const marks = (text: string) =>
        rows(page).filter({ hasText: text }).locator("[data-mark]").evaluateAll(labelsOf);
      for (const person of [ana, tom]) await send(stack, person, `alike at ${width}`);
      const id = await send(stack, tom, `opened at ${width}`);
      const { data } = (await stack.call("GET", "/v1/channels")).json;
      const { name } = data.find((one: { platform: string }) => one.platform === "telegram");
      await page.goto(`${stack.url}/messages?text=alike+at+${width}`);
      await rows(page).nth(1).waitFor();
      assert.deepEqual((await marks(`alike at ${width}`)).toSorted(), ["Telegram", "WhatsApp"]);
      for (const mark of await rows(page).locator("[data-mark]").all()) assert.ok(await mark.isVisible());
      await axe(page);
      await page.goto(`${stack.url}/messages/${id}`);
      const head = opened(page).getByRole("banner").or(opened(page).locator("header")).first();
      await head.getByText(name).waitFor();
      await head.getByRole("img", { name: "Telegram" }).waitFor();
      await axe(page);
      await console.demandFit();
    },
    { width, height: 900 },
  );

story(
  "what was said with one person is chosen by a part of their name or number, and a time by its two ends",
  async ({ page, stack }) => {
    const { ana, tom } = await people(stack);
    const [nameless, other] = (await stack.people("instagram")) as [Person, Person];
    for (const person of [ana, tom, nameless, other])
      await stack.act(person, { act: "say", text: "who is this" });
    await page.goto(`${stack.url}/messages?type=text`);
    for (const { address } of [nameless, other])
      await rows(page)
        .filter({ hasText: `…${address.slice(-6)} · Instagram` })
        .first()
        .waitFor();
    const field = page.getByRole("combobox", { name: "Person" });
    const offered = page.getByRole("listbox", { name: "Anybody" }).getByRole("option");
    await field.fill(nameless.address.slice(-6));
    await offered.filter({ hasText: nameless.address }).waitFor();
    await axe(page);
    await field.fill("nobody at all");
    await page.getByText("Nobody is called so.").waitFor();
    await axe(page);
    await field.fill(ana.name);
    await offered.filter({ hasText: "WhatsApp" }).waitFor();
    await offered.filter({ hasText: "Instagram" }).waitFor({ state: "detached" });
    while (
      (await offered.and(page.locator("[aria-selected=true]")).filter({ hasText: "WhatsApp" }).count()) === 0
    )
      await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/contact=ctc_/);
    await rows(page).filter({ hasText: "Instagram" }).first().waitFor({ state: "detached" });
    await rows(page).filter({ hasText: "who is this" }).waitFor();
    await page.reload();
    await eventually("her name", async () => (await field.inputValue()) === ana.name || undefined);
    await page.getByRole("button", { name: "Time: Any time" }).click();
    await page.getByLabel("From").fill("2036-01-01T10:00");
    await page.getByText("No message fits these filters").waitFor();
    await axe(page);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Time: From 1 Jan, 10:00" }).click();
    await page.getByRole("button", { name: "Any time", exact: true }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Anybody" }).click();
    await page.waitForURL((url) => !url.searchParams.has("contact") && !url.searchParams.has("since"));
    await rows(page).filter({ hasText: "Instagram" }).first().waitFor();
    // Enter is faster than the answer: what is offered, of the text before, has somebody else at its head.
    await field.click();
    await offered.nth(3).waitFor();
    const head = await offered.first().innerText();
    const wished = [ana, tom].find(({ address }) => !head.includes(address))!;
    await field.fill(wished.address);
    await field.press("Enter");
    await page.waitForURL(/contact=ctc_/);
    await eventually("who was typed", async () => (await field.inputValue()) === wished.name || undefined);
    await rows(page).filter({ hasText: "Instagram" }).first().waitFor({ state: "detached" });
  },
  look,
);

story(
  "new messages come in at the top by themselves, and wait as a pill for who reads further down",
  async ({ page, stack }) => {
    const { tom } = await people(stack);
    for (let n = 0; n < 40; n++) await stack.act(tom, { act: "say", text: `filler ${n}` });
    await page.goto(`${stack.url}/messages?type=text`);
    await rows(page).filter({ hasText: "filler 39" }).waitFor();
    await stack.act(tom, { act: "say", text: "seen at once" });
    await rows(page).filter({ hasText: "seen at once" }).waitFor();
    await list(page).evaluate((element) => {
      (element as unknown as Scrolling).scrollTop = 600;
    });
    await rows(page).filter({ hasText: "seen at once" }).waitFor({ state: "detached" });
    const reading = () => list(page).evaluate((element) => (element as unknown as Scrolling).scrollTop);
    const before = await reading();
    await stack.act(tom, { act: "say", text: "seen when asked for" });
    await page.getByRole("button", { name: "1 new" }).waitFor();
    assert.equal(await reading(), before, "nothing moved under the reader");
    await page.getByRole("button", { name: "1 new" }).click();
    await rows(page).filter({ hasText: "seen when asked for" }).waitFor();
    await page.getByRole("button", { name: "1 new" }).waitFor({ state: "detached" });
  },
  { ...look, height: 500 },
);

story(
  "an unknown message is settled by a person, and sent again as a new one, each after a question",
  async ({ page, stack }) => {
    const { tom } = await people(stack);
    const { status } = await stack.simulate("POST", "/faults", {
      kind: "drop_answer",
      platform: "telegram",
      count: 1,
    });
    assert.equal(status, 201);
    const id = await send(stack, tom, "did this arrive?");
    await become(stack, id, "unknown");
    await page.goto(`${stack.url}/messages/${id}`);
    await opened(page).getByText("Nobody knows whether it arrived").waitFor();
    await opened(page).getByRole("button", { name: "It arrived" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("It counts as sent. Nothing leaves again.").waitFor();
    await axe(page);
    await dialog.getByRole("button", { name: "It arrived" }).click();
    await opened(page).getByText("by a person").waitFor();
    await become(stack, id, "sent");
    const shown = await stack.screen(tom);
    await opened(page).getByRole("button", { name: "Send again as new" }).click();
    await page
      .getByRole("dialog")
      .getByText(/they see it twice/)
      .waitFor();
    await axe(page);
    await page.getByRole("dialog").getByRole("button", { name: "Send again as new" }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(id));
    await stack.newOnScreen(tom, shown.length);
    const again = new URL(page.url()).pathname.split("/").at(-1)!;
    const { json } = await stack.call("GET", `/v1/messages/${again}`);
    assert.equal(json.content.text.body, "did this arrive?");
  },
  look,
);

story(
  "a search that finds nothing far back rests, and goes on when a person says so",
  async ({ page, stack }) => {
    await page.goto(`${stack.url}/messages`);
    let rounds = 0;
    await page.route(/\/v1\/messages\?(?=.*text=needle).*limit=100/, (route) => {
      rounds++;
      const next_cursor = rounds < 12 ? `c${rounds}` : null;
      return route.fulfill({ json: { data: [], next_cursor } });
    });
    await page.getByLabel("Search the words of messages").fill("needle");
    const further = page.getByRole("button", { name: "Look further back" });
    await further.waitFor();
    assert.equal(rounds, 5);
    await further.click();
    await eventually("five rounds more", async () => rounds === 10 || undefined);
    await further.click();
    await page.getByText("No message fits these filters").waitFor();
    assert.equal(rounds, 12);
  },
  look,
);
