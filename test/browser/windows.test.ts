import assert from "node:assert/strict";
import { type OpenConsole, stories } from "./open-console.ts";

const story = stories();
/** A browser opens six connections to one host, and windows share them. */
const more = ["/messages", "/conversations", "/phones", "/overview", "/channels", "/endpoints", "/messages"];
/** Far below the time after which a list looks again untold. */
const wellBeforeItLooksMs = 20_000;

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
    const become = (is: "hidden" | "seen") =>
      page.evaluate(
        `Object.defineProperty(document, "hidden", { value: ${is === "hidden"}, configurable: true }); document.dispatchEvent(new Event("visibilitychange"))`,
      );
    await become("hidden");
    await page.clock.fastForward(6_000);
    await page.getByText("Reconnecting…").first().waitFor();
    await stack.act(tom!, { act: "say", text: "said meanwhile" });
    await become("seen");
    await page.getByText("Live", { exact: true }).first().waitFor();
    await page.getByRole("option").filter({ hasText: "said meanwhile" }).waitFor();
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
