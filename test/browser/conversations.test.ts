import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually } from "../support/eventually.ts";
import type { Person, Stack } from "../support/stack.ts";
import { axe } from "./axe.ts";
import { stories } from "./open-console.ts";

const look = { width: 1400 };
const story = stories();

/** The first two of WhatsApp and the first of Telegram. */
async function people(stack: Stack): Promise<{ ana: Person; ben: Person; tom: Person }> {
  const [ana, ben] = (await stack.people("whatsapp")) as [Person, Person];
  const [tom] = (await stack.people("telegram")) as [Person];
  return { ana, ben, tom };
}

const thread = (page: Page, name: string) =>
  page.getByRole("region", { name: `The thread with ${name}` }).last();
const row = (page: Page, name: string) =>
  page.getByRole("list", { name: "Conversations, the last active first" }).getByRole("link", { name });

/** The id by which the simulator knows what a person last said. */
async function lastOf(stack: Stack, person: Person): Promise<string> {
  return (await stack.screen(person)).findLast(({ from }) => from === "person").id;
}

story(
  "a person writes, is answered in the thread, and the time to answer counts down",
  async ({ page, stack }) => {
    const { ana } = await people(stack);
    await stack.act(ana, { act: "say", text: "Are you open today? هل أنتم مفتوحون؟" });
    await page.goto(`${stack.url}/conversations?channel=${ana.channel}`);
    await row(page, ana.name).getByText("Are you open today?").waitFor();
    await row(page, ana.name).getByRole("img", { name: "waits for an answer" }).waitFor();
    await row(page, ana.name).click();
    await thread(page, ana.name).getByText("Are you open today?").waitFor();
    await page.getByText(/Can be answered for 23 h 5\d min/).waitFor();
    const { length } = await stack.screen(ana);
    await page.getByPlaceholder("Reply").fill("Until ten tonight.");
    await page.keyboard.press("Enter");
    await thread(page, ana.name).getByText("Until ten tonight.").waitFor();
    const [answer] = await stack.newOnScreen(ana, length);
    assert.match(JSON.stringify(answer), /Until ten tonight\./);
    // The person may see it before the page has the gateway's answer.
    await eventually("an empty field", async () =>
      (await page.getByPlaceholder("Reply").inputValue()) === "" ? true : undefined,
    );
    await stack.act(ana, { act: "react", message: answer.id, emoji: "👍" });
    await thread(page, ana.name).getByText("👍").waitFor();
    await row(page, ana.name).getByRole("img", { name: "waits for an answer" }).waitFor();
    await axe(page);
    await page.getByRole("link", { name: "Composed message" }).click();
    await page.waitForURL(
      (url) => url.pathname === "/compose" && url.searchParams.has("channel") && url.searchParams.has("to"),
    );
  },
  look,
);

story(
  "a page by plain HTTP from another machine sends: an answer, the same again, and what is composed",
  async ({ page, stack }) => {
    // A browser keeps it from such pages.
    await page.addInitScript("delete Crypto.prototype.randomUUID");
    const { ben } = await people(stack);
    await stack.act(ben, { act: "say", text: "Is it far?" });
    await page.goto(`${stack.url}/conversations?channel=${ben.channel}`);
    assert.equal(await page.evaluate("typeof crypto.randomUUID"), "undefined");
    await row(page, ben.name).filter({ hasText: "Is it far?" }).click();
    await page.getByPlaceholder("Reply").fill("Round the corner.");
    await page.keyboard.press("Enter");
    const answer = thread(page, ben.name).getByRole("listitem").filter({ hasText: "Round the corner." });
    await answer.getByRole("link", { name: "Open this message" }).first().click();
    await page.getByRole("button", { name: "Send again as new" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Send again as new" }).click();
    await page.getByText("Sent again.", { exact: true }).waitFor();
    await page.goto(`${stack.url}/compose?example=text&channel=${ben.channel}&to=${ben.address}`);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Send to 1 chat" }).click();
    await page
      .getByRole("region", { name: "What became of it" })
      .getByRole("link", { name: "Open the message" })
      .waitFor();
  },
  look,
);

story(
  "the thread shows native controls, what a person changes and takes back, and leads to each message",
  async ({ page, stack }) => {
    const { tom } = await people(stack);
    const content = {
      interactive: {
        type: "button",
        body: { text: "Which size?" },
        action: { buttons: [{ type: "reply", reply: { id: "L", title: "Large" } }] },
      },
    };
    const { json } = await stack.call("POST", "/v1/messages", {
      from: tom.channel,
      to: tom.address,
      content,
    });
    const [shown] = await stack.newOnScreen(tom, 0);
    await stack.act(tom, { act: "tap", message: shown.id, button: "Large" });
    await stack.act(tom, { act: "say", text: "with extra chese" });
    await page.goto(`${stack.url}/conversations?channel=${tom.channel}&text=${tom.name}`);
    await row(page, tom.name).filter({ hasText: "extra chese" }).click();
    const said = thread(page, tom.name);
    await said.getByRole("button", { name: "Large" }).waitFor();
    await said.getByText("Large", { exact: true }).last().waitFor();
    await stack.act(tom, { act: "edit", message: await lastOf(stack, tom), text: "with extra cheese" });
    await said.getByText("with extra cheese").waitFor();
    await said.getByText("edited").first().waitFor();
    await said
      .getByRole("listitem")
      .filter({ hasText: "Which size?" })
      .getByRole("link", { name: "Open this message" })
      .first()
      .click();
    await page.waitForURL(`${stack.url}/messages/${json.id}`);
  },
  look,
);

story(
  "a vote stands in the poll that it was on, also where the same list was sent twice",
  async ({ page, stack }) => {
    const tom = (await stack.people("telegram"))[1]!;
    const titles = ["Steak", "Salmon"];
    const rows = titles.map((title) => ({ id: title.toUpperCase(), title }));
    const content = {
      interactive: {
        type: "list",
        body: { text: "Tonight?" },
        action: { button: "Menu", sections: [{ rows }] },
      },
    };
    const wish = { from: tom.channel, to: tom.address, content };
    for (const before of [0, 1]) {
      assert.equal((await stack.call("POST", "/v1/messages", wish)).status, 202);
      await stack.newOnScreen(tom, 0, before + 1);
    }
    const polls = (await stack.screen(tom)).filter(({ poll }) => poll);
    assert.equal(polls.length, 2);
    await page.goto(`${stack.url}/conversations?channel=${tom.channel}`);
    await row(page, tom.name).click();
    const drawn = thread(page, tom.name).getByRole("group");
    const option = (poll: number, title: string) =>
      drawn.nth(poll).getByRole("button", { name: title, pressed: true });
    for (const [poll, title] of [
      [0, "Salmon"],
      [1, "Steak"],
    ] as const) {
      await stack.act(tom, { act: "vote", message: polls[poll].id, option: title });
      await option(poll, title).waitFor();
      await drawn.nth(poll).getByText("Final results").waitFor();
      assert.equal(await thread(page, tom.name).getByRole("button", { pressed: true }).count(), poll + 1);
    }
    await axe(page);
  },
  look,
);

story(
  "a person is erased after a question that says what goes",
  async ({ page, stack }) => {
    const { ben } = await people(stack);
    await stack.act(ben, { act: "say", text: "please forget me" });
    await page.goto(`${stack.url}/conversations?channel=${ben.channel}`);
    await row(page, ben.name).filter({ hasText: "please forget me" }).click();
    await thread(page, ben.name).getByText("please forget me").waitFor();
    const id = new URL(page.url()).pathname.split("/").at(-1);
    const { json } = await stack.call("GET", `/v1/conversations/${id}`);
    await page.getByRole("button", { name: "What can be done with this person" }).click();
    await page.getByRole("menuitem", { name: "Erase this person" }).waitFor();
    await axe(page);
    await page.getByRole("menuitem", { name: "Erase this person" }).click();
    await page
      .getByRole("dialog")
      .getByText(/Gone for good: the name and all addresses/)
      .waitFor();
    await axe(page);
    await page.getByRole("dialog").getByRole("button", { name: "Erase for good" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await eventually("the erasure's end", async () => {
      const { json: told } = await stack.call("GET", `/v1/contacts/${json.contact.id}`);
      return told.erasure?.state === "done" || undefined;
    });
    await page.getByText("please forget me").first().waitFor({ state: "detached" });
    assert.equal(await page.getByPlaceholder("Reply").count(), 0);
  },
  look,
);
