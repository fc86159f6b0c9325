import assert from "node:assert/strict";
import { describe } from "node:test";
import { axe } from "./axe.ts";
import { stories } from "./open-console.ts";

const pages = [
  ["/", "Overview"],
  ["/compose", "Compose"],
  ["/phones", "Phones"],
  ["/messages", "Messages"],
  ["/conversations", "Conversations"],
  ["/channels", "Channels"],
  ["/endpoints", "Endpoints"],
  ["/keys", "Keys"],
] as const;

const isOut = { isSignedOut: true };
/** A request that is refused is an error in the browser's eyes. */
const refused = /status of 401/;

describe("the console", () => {
  const story = stories();

  story(
    "is signed in to by the link that npm start prints, which leaves nothing in the address bar or the history",
    async ({ page, stack }) => {
      const link = /http\S+\/signin#\S+/.exec(stack.stdout)![0];
      await page.goto(link);
      await page.getByRole("heading", { name: "Compose", level: 1 }).waitFor();
      assert.match(page.url(), /\/compose(\?[^#]*)?$/);
      await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Keys" }).click();
      await page.getByRole("heading", { name: "Keys", level: 1 }).waitFor();
      await page.goBack();
      await page.getByRole("heading", { name: "Compose", level: 1 }).waitFor();
      assert.ok(!page.url().includes("#"), page.url());
    },
    { ...isOut, complaints: refused },
  );

  story(
    "is signed in to with a key, a wrong one is told, and one comes to where one was going",
    async ({ page, stack }) => {
      await page.goto(`${stack.url}/messages?status=failed`);
      const key = page.getByLabel("API key");
      await key.waitFor();
      await axe(page);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("Type or paste an API key.").waitFor();
      await key.fill("ak_wrong");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").waitFor();
      await axe(page);
      await key.fill(stack.key);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Messages", level: 1 }).waitFor();
      assert.equal(page.url(), `${stack.url}/messages?status=failed`);
    },
    { ...isOut, complaints: refused },
  );

  story(
    "is signed out of, for every request after",
    async ({ page, stack }) => {
      await page.goto(`${stack.url}/keys`);
      await page.getByRole("button", { name: "bootstrap" }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
      await page.getByLabel("API key").waitFor();
      await page.goto(`${stack.url}/keys`);
      await page.getByLabel("API key").waitFor();
    },
    { complaints: refused },
  );

  story("has each page marked in the menu, titled, and its heading in focus", async ({ page, stack }) => {
    await page.goto(`${stack.url}/keys`);
    const menu = page.getByRole("navigation", { name: "Pages" });
    for (const [path, name] of pages) {
      await menu.getByRole("link", { name, exact: true }).click();
      const heading = page.getByRole("heading", { name, level: 1, exact: true });
      await heading.waitFor();
      await page.waitForURL(({ pathname }) => pathname === path);
      await page.locator("main h1:focus").waitFor();
      assert.equal(await menu.locator("[aria-current=page]").innerText(), name);
      assert.equal(await page.title(), `${name} · Antiphon`);
    }
  });

  story("goes by keys: to a page, to compose, to help and out of it", async ({ page, stack }) => {
    await page.goto(`${stack.url}/`);
    await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("m");
    await page.getByRole("heading", { name: "Messages", level: 1 }).waitFor();
    await page.keyboard.press("/");
    await page.locator("main input:focus").waitFor();
    await page.keyboard.type("c?");
    await page.waitForURL(/\/messages\?text=/);
    await page.locator("main input:focus").blur();
    await page.keyboard.press("c");
    await page.getByRole("heading", { name: "Compose", level: 1 }).waitFor();
    await page.locator("main h1:focus").waitFor();
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await help.waitFor();
    await axe(page);
    for (let n = 0; n < 3; n++) await page.keyboard.press("Tab");
    await page.getByRole("dialog").locator(":focus").waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("k");
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
    assert.match(page.url(), /\/compose/, "a dialog keeps the keys to itself");
  });

  story("lets whoever goes by keyboard skip the menu", async ({ page, stack }) => {
    await page.goto(`${stack.url}/keys`);
    await page.getByRole("heading", { name: "Keys", level: 1 }).waitFor();
    await page.keyboard.press("Tab");
    await page.getByRole("link", { name: "Skip to the page" }).and(page.locator(":focus")).waitFor();
    await page.keyboard.press("Enter");
    await page.locator("main:focus").waitFor();
  });

  story("keeps the chosen theme", async ({ page, stack }) => {
    await page.goto(`${stack.url}/keys`);
    const ground = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    const light = await ground();
    await page.getByRole("button", { name: "bootstrap" }).click();
    await page.getByRole("menuitemcheckbox", { name: "Dark" }).click();
    const dark = await ground();
    assert.notEqual(dark, light);
    await page.reload();
    await page.getByRole("button", { name: "bootstrap" }).waitFor();
    assert.equal(await ground(), dark);
    await page.getByRole("button", { name: "bootstrap" }).click();
    await page.getByRole("menuitemcheckbox", { name: "Theme of the system" }).click();
    assert.equal(await ground(), light);
  });

  story("says where there is no page, and leads back", async ({ page, stack }) => {
    await page.goto(`${stack.url}/keys/of/nobody`);
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    await axe(page);
    await page.getByRole("main").getByRole("link").click();
    await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  });

  story(
    "fits a window of 360 pixels, with every page behind the bar at its foot",
    async (opened) => {
      const { page, stack } = opened;
      for (const [path, name] of pages) {
        await page.goto(stack.url + path);
        await page.getByRole("heading", { name, level: 1, exact: true }).waitFor();
        await opened.demandFit();
      }
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("menuitem", { name: "Channels" }).click();
      await page.getByRole("heading", { name: "Channels", level: 1 }).waitFor();
    },
    { width: 360, height: 740 },
  );
});
