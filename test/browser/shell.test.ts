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
      const link = stack.stdout.trimEnd().split("\n").at(-1)!.trim();
      assert.match(link, /^http\S+\/signin#\S+$/, "the last that is printed: no small window has lost it");
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
      await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
      await axe(page);
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

  story(
    "says that a session has ended, of a page that stands open and of one that is opened, and leads back",
    async (opened) => {
      const { page, stack } = opened;
      const { json: key } = await stack.call("POST", "/v1/keys", { name: "for a while", scopes: ["admin"] });
      await opened.signIn(key.key);
      await page.goto(`${stack.url}/messages?status=failed`);
      await page.getByRole("heading", { name: "Messages", level: 1 }).waitFor();
      await stack.call("DELETE", `/v1/keys/${key.id}`);
      await page.getByText("Your session has ended").waitFor();
      await axe(page);
      await page.goto(`${stack.url}/keys`);
      await page.getByText("Your session has ended").waitFor();
      await page.getByLabel("API key").fill(stack.key);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Keys", level: 1 }).waitFor();
      assert.equal(page.url(), `${stack.url}/keys`);
      await page.getByRole("button", { name: "bootstrap" }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
      await page.getByLabel("API key").waitFor();
      assert.equal(await page.getByText("Your session has ended").count(), 0, "who signs out knows");
    },
    { ...isOut, complaints: refused },
  );

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
    assert.match(await help.innerText(), /Go to Overview\s+g then o/);
    await axe(page);
    for (let n = 0; n < 3; n++) await page.keyboard.press("Tab");
    await page.getByRole("dialog").locator(":focus").waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("k");
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
    assert.match(page.url(), /\/compose/, "a dialog keeps the keys to itself");
  });

  story(
    "gives the focus back to what opened a dialog, by Escape and by its cross",
    async ({ page, stack }) => {
      const dialog = page.getByRole("dialog");
      const ways = [
        () => page.keyboard.press("Escape"),
        () => dialog.getByRole("button", { name: "Close" }).click(),
      ];
      const opens = [
        ["/channels", "Add a channel"],
        ["/keys", "Create a key"],
        ["/compose", "Send"],
      ] as const;
      for (const [path, name] of opens) {
        await page.goto(stack.url + path);
        for (const close of ways) {
          const opener = page.getByRole("button", { name, exact: true }).first();
          await opener.click();
          await dialog.waitFor();
          await close();
          await dialog.waitFor({ state: "detached" });
          await opener.and(page.locator(":focus")).waitFor();
        }
      }
      for (const close of ways) {
        // Nothing has the focus: the heading gets it.
        await page.locator(":focus").blur();
        await page.keyboard.press("?");
        await dialog.waitFor();
        await close();
        await dialog.waitFor({ state: "detached" });
        await page.locator("main h1:focus").waitFor();
      }
      const account = page.getByRole("button", { name: "bootstrap" });
      await account.click();
      await page.getByRole("menuitem", { name: "Keyboard shortcuts" }).click();
      await dialog.waitFor();
      await page.keyboard.press("Escape");
      await account.and(page.locator(":focus")).waitFor();
    },
  );

  story("switches single keys off for whoever presses them unmeant, and keeps that", async (opened) => {
    const { page, stack } = opened;
    await page.goto(`${stack.url}/keys`);
    await page.getByRole("button", { name: "bootstrap" }).click();
    await page.getByRole("menuitem", { name: "Keyboard shortcuts" }).click();
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await help.getByRole("switch", { name: "Single keys" }).click();
    await axe(page);
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("heading", { name: "Keys", level: 1 }).waitFor();
    for (const key of ["?", "g", "m", "c"]) await page.keyboard.press(key);
    await page.getByRole("button", { name: "bootstrap" }).click();
    await page.getByRole("menuitem", { name: "Keyboard shortcuts" }).click();
    assert.equal(new URL(page.url()).pathname, "/keys");
    await help.getByRole("switch", { name: "Single keys" }).click();
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
    await page.keyboard.press("c");
    await page.getByRole("heading", { name: "Compose", level: 1 }).waitFor();
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

  story(
    "says where there is no page, signed in or not, and leads back; a program gets JSON",
    async (opened) => {
      const { page, stack } = opened;
      for (const path of ["/keys/of/nobody", "/nopage"]) {
        await page.goto(stack.url + path);
        await page.getByRole("heading", { name: "There is no such page" }).waitFor();
        assert.equal(await page.title(), "There is no such page · Antiphon");
        await axe(page);
        await page.getByRole("main").getByRole("link", { name: "To the overview" }).click();
        await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
      }
      await page.context().clearCookies();
      assert.equal((await page.goto(`${stack.url}/nopage`))?.status(), 404);
      await page.getByRole("main").getByRole("link", { name: "Messages" }).click();
      await page.getByLabel("API key").waitFor();
      for (const [path, accept] of [
        ["/nopage", "*/*"],
        ["/v1/nopage", "text/html"],
      ] as const) {
        const answer = await fetch(stack.url + path, { headers: { accept } });
        assert.equal(answer.status, 404);
        assert.match(answer.headers.get("content-type")!, /^application\/problem\+json/);
      }
    },
    { complaints: /status of 40[14]/ },
  );

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
      await page.getByRole("menuitem", { name: "Channels" }).waitFor();
      await axe(page);
      await page.getByRole("menuitem", { name: "Channels" }).click();
      await page.getByRole("heading", { name: "Channels", level: 1 }).waitFor();
    },
    { width: 360, height: 740 },
  );
});
