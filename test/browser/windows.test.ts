import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type OpenConsole, stories } from "./open-console.ts";

const story = stories();
/** A browser opens six connections to one host, and windows share them. */
const more = ["/messages", "/conversations", "/phones", "/overview", "/channels", "/endpoints", "/messages"];
/** Far below the time after which a list looks again untold. */
const wellBeforeItLooksMs = 20_000;

/** As if another window lay before it, or no longer. */
const become = (page: Page, is: "hidden" | "seen") =>
  page.evaluate(
    `Object.defineProperty(document, "hidden", { value: ${is === "hidden"}, configurable: true }); document.dispatchEvent(new Event("visibilitychange"))`,
  );

async function openEight(opened: OpenConsole) {
  const windows = [await opened.open("/messages")];
  for (const path of more) windows.push(await opened.another(path === "/overview" ? "/" : path));
  return windows;
}

story(
  "eight windows of one browser stay live, and one that signs out takes the others along",
  async (opened) => {
    const { stack } = opened;
    const windows = await openEight(opened);
    for (const page of windows) await page.getByText("Live", { exact: true }).first().waitFor();
    const [tom] = await stack.people("telegram");
    await stack.act(tom!, { act: "say", text: "seen in every window" });
    for (const page of windows.filter((one) => /messages|conversations|phones/.test(one.url())))
      await page.getByText("seen in every window").first().waitFor();
    const [first, ...others] = windows;
    await first!.getByRole("button", { name: "bootstrap" }).click();
    await first!.getByRole("menuitem", { name: "Sign out" }).click();
    for (const page of others) await page.getByLabel("API key").waitFor();
    assert.equal(await others[0]!.getByText("Your session has ended").count(), 0, "somebody wished for it");
  },
  { complaints: /status of 401/ },
);

story(
  "a browser without shared workers hears by a stream of each window's own, which rests while it is hidden",
  async (opened) => {
    const { page, stack } = opened;
    await page.addInitScript("delete globalThis.SharedWorker");
    await page.clock.install();
    await opened.open("/messages");
    await page.getByText("Live", { exact: true }).first().waitFor();
    const [tom] = await stack.people("telegram");
    await stack.act(tom!, { act: "say", text: "heard alone" });
    await page.getByRole("option").filter({ hasText: "heard alone" }).waitFor();
    await become(page, "hidden");
    await page.clock.fastForward(6_000);
    await page.getByText("Reconnecting…").first().waitFor();
    await stack.act(tom!, { act: "say", text: "said meanwhile" });
    await become(page, "seen");
    await page.getByText("Live", { exact: true }).first().waitFor();
    await page.getByRole("option").filter({ hasText: "said meanwhile" }).waitFor();
  },
);

story(
  "seven windows of the phones leave connections: those behind rest, and go on where they were",
  async (opened) => {
    const { stack } = opened;
    const [ana] = await stack.people("whatsapp");
    const timeline = (page: Page) => page.getByRole("list", { name: "Timeline" });
    const first = await opened.open("/phones");
    await stack.act(ana!, { act: "say", text: "before they rest" });
    await timeline(first).getByText("before they rest").first().waitFor();
    await become(first, "hidden");
    for (let others = 6; others > 0; others--) {
      const page = await opened.another("/phones");
      await timeline(page).getByText("before they rest").first().waitFor();
      await become(page, "hidden");
    }
    await stack.act(ana!, { act: "say", text: "while they rest" });
    await become(first, "seen");
    await timeline(first).getByText("while they rest").first().waitFor();
    assert.equal(await timeline(first).getByRole("heading", { name: "before they rest" }).count(), 1);
  },
);

story(
  "what others send is in the lists while it waits to leave, one message after another",
  async (opened) => {
    const { page, stack } = opened;
    const [ana] = await stack.people("whatsapp");
    const { channel, address: to, name } = ana!;
    await stack.call("PATCH", `/v1/channels/${channel}`, { paused: true });
    try {
      await opened.open("/messages");
      const conversations = await opened.another("/conversations");
      // What the lists look up when they are opened may find the first; nothing but the hint tells of the last.
      for (const body of ["it waits", "so does this", "and this"]) {
        const wish = { from: channel, to, content: { text: { body } } };
        const { status } = await stack.call("POST", "/v1/messages", wish);
        assert.equal(status, 202);
        const row = page.getByRole("option").filter({ hasText: body });
        await row.getByText("accepted").waitFor({ timeout: wellBeforeItLooksMs });
        const last = conversations.getByRole("link", { name: new RegExp(`${name}.*${body}`, "s") });
        await last.waitFor({ timeout: wellBeforeItLooksMs });
      }
    } finally {
      await stack.call("PATCH", `/v1/channels/${channel}`, { paused: false });
    }
  },
);

story(
  "another key that signs in takes every window along, and none shows on what the first might see",
  async (opened) => {
    const { stack } = opened;
    const [ana] = await stack.people("whatsapp");
    const [tom] = await stack.people("telegram");
    const windows = [await opened.open("/phones"), await opened.another("/messages")];
    await stack.act(ana!, { act: "say", text: "for the first alone" });
    for (const page of windows) await page.getByText("for the first alone").first().waitFor();
    const wish = { name: "the second", scopes: ["read"], channels: [tom!.channel] };
    const { json: second } = await stack.call("POST", "/v1/keys", wish);
    const third = await opened.another("/signin");
    await third.getByLabel("API key").fill(second.key);
    await third.keyboard.press("Enter");
    for (const page of [...windows, third]) await page.getByRole("button", { name: "the second" }).waitFor();
    const list = windows[1]!;
    await list.getByText("Live", { exact: true }).first().waitFor();
    await stack.act(ana!, { act: "say", text: "this as well" });
    await stack.act(tom!, { act: "say", text: "for the second, too" });
    await list.getByText("for the second, too").first().waitFor();
    for (const page of windows)
      assert.doesNotMatch(await page.content(), /for the first alone|this as well/, page.url());
  },
  { complaints: /status of 40[13]/ },
);

story(
  "a secret that is shown once goes with the session that it was told to",
  async (opened) => {
    const { page, stack } = opened;
    const { json: mine } = await stack.call("POST", "/v1/keys", { name: "for a while", scopes: ["admin"] });
    await opened.signIn(mine.key);
    await opened.open("/keys");
    await page.getByRole("button", { name: "Create a key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("nobody keeps it");
    await dialog.getByRole("button", { name: "Create a key" }).click();
    await dialog.getByText(/^ak_/).waitFor();
    await stack.call("DELETE", `/v1/keys/${mine.id}`);
    await page.getByText("Your session has ended").waitFor();
    await dialog.waitFor({ state: "detached" });
    assert.doesNotMatch(await page.content(), /ak_\w{8}/);
  },
  { isSignedOut: true, complaints: /status of 401/ },
);
