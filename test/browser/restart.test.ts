import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Endpoint } from "../support/endpoint.ts";
import { startStack } from "../support/stack.ts";
import { stories } from "./open-console.ts";

const story = stories();
/** Nobody on WhatsApp has this number. */
const nobody = "+12015550199";
/** What a browser says of a gateway that is away or was killed in the middle of an answer. */
const away = /Failed to load resource|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|ERR_SOCKET|Failed to fetch/;

const round = (page: Page, words: string) =>
  page.getByRole("list", { name: "Timeline" }).getByRole("heading", { name: words, exact: true });
const live = (page: Page) => page.getByText("Live", { exact: true });

story(
  "four windows stay open while the gateway is killed and started anew, say so, and go on by themselves",
  async (opened) => {
    const before = opened.stack;
    await using endpoint = await Endpoint.listen();
    await endpoint.register(before);
    const [ana] = await before.people("telegram");
    const [ben] = await before.people("whatsapp");
    const windows = {
      messages: await opened.open("/messages"),
      endpoints: await opened.another(`/endpoints/${endpoint.id}`),
      phones: await opened.another("/phones"),
      overview: await opened.another("/"),
    };
    const all = Object.values(windows);
    await before.act(ana!, { act: "say", text: "Before the end" });
    await windows.messages.getByText("Before the end").first().waitFor();
    await round(windows.phones, "Ana Souza writes “Before the end”").waitFor();
    for (const page of all) {
      await live(page).first().waitFor();
      await page.evaluate("globalThis.isAsItWas = true");
    }

    await before.stop("SIGKILL");
    for (const page of all) await page.getByText("The gateway is away.").waitFor();
    await windows.phones.getByText("Reconnecting…").first().waitFor();
    const after = await startStack({ from: before });
    try {
      await after.act(ana!, { act: "say", text: "After the start" });
      const content = { text: { body: "To nobody" } };
      await after.call("POST", "/v1/messages", { from: ben!.channel, to: nobody, content });

      await windows.messages.getByText("After the start").first().waitFor();
      await windows.messages.getByText("To nobody").first().waitFor();
      const failed = windows.endpoints.getByRole("row").filter({ hasText: "message.failed" });
      await failed.getByText("delivered").first().waitFor();
      await endpoint.next("the failure", ({ type }) => type === "message.failed");
      await round(windows.phones, "Ana Souza writes “After the start”").waitFor();
      const got = windows.phones.getByRole("region", { name: "Your code gets: Telegram" });
      await got.getByText("After the start").waitFor();
      await round(windows.phones, "Ana Souza writes “Before the end”").waitFor();
      await windows.overview
        .getByRole("link", { name: /^A message to .* did not arrive: / })
        .first()
        .waitFor();
      for (const page of all) {
        await live(page).first().waitFor();
        assert.equal(await page.getByText("The gateway is away.").count(), 0, page.url());
        assert.equal(await page.evaluate("globalThis.isAsItWas"), true, `${page.url()} was loaded anew`);
      }
    } finally {
      await after.stop();
    }
  },
  { complaints: away },
);
