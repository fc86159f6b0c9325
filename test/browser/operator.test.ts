import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { axe } from "./axe.ts";
import { type OpenConsole, stories } from "./open-console.ts";
import { keptSecret } from "./shown-once.ts";

const story = stories();

const titles = {
  whatsapp: "WhatsApp",
  instagram: "Instagram",
  messenger: "Messenger",
  telegram: "Telegram",
};

/** What every page has to keep at any width and in either theme. */
async function demandGood(opened: OpenConsole): Promise<void> {
  await opened.demandFit();
  await axe(opened.page);
}

story(
  "a key is made with its scopes and rotated, seen once until it is kept, works, and is refused once it is revoked",
  async (opened) => {
    const { stack } = opened;
    const page = await opened.open("/");
    await page.getByRole("link", { name: "Keys" }).click();
    await page.getByRole("button", { name: "Create a key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("A reader of the shop");
    await dialog.getByLabel(/^send/).uncheck();
    await dialog.getByLabel(/^read/).check();
    await axe(page);
    await dialog.getByRole("button", { name: "Create a key" }).click();
    const first = await keptSecret(page, /^ak_/);
    const row = page.getByRole("row").filter({ hasText: "A reader of the shop" });
    await row.getByRole("button", { name: "Rotate" }).click();
    await axe(page);
    await dialog.getByRole("button", { name: "Rotate" }).click();
    const key = await keptSecret(page, /^ak_/);
    assert.notEqual(key, first);
    const asked = (path: string, method = "GET", body?: object) =>
      fetch(`${stack.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: body && JSON.stringify(body),
      });
    assert.equal((await asked("/v1/messages")).status, 200);
    assert.equal((await asked("/v1/keys", "POST", { name: "x", scopes: ["read"] })).status, 403);
    await page.reload();
    await row.getByText("read", { exact: true }).waitFor();
    assert.ok(!(await page.content()).includes(key), "the key is shown again");
    await demandGood(opened);
    await row.getByRole("button", { name: "Revoke" }).click();
    await dialog.waitFor();
    await axe(page);
    await dialog.getByRole("button", { name: "Revoke" }).click();
    // Behind an open dialog nobody finds a row by its role.
    await dialog.waitFor({ state: "detached" });
    await row.waitFor({ state: "detached" });
    assert.equal((await asked("/v1/messages")).status, 401);
  },
);

story(
  "at 360 pixels what can be done with a key is in view without scrolling aside",
  async (opened) => {
    const page = await opened.open("/keys");
    for (const name of ["Rotate", "Revoke"]) {
      const box = (await page.getByRole("button", { name }).first().boundingBox())!;
      assert.ok(box.x >= 0 && box.x + box.width <= 360, `${name}: ${JSON.stringify(box)}`);
    }
    await demandGood(opened);
  },
  { width: 360, height: 740 },
);

story(
  "a channel is paused with the reason in view, and resumes; the page hears of it from elsewhere too",
  async (opened) => {
    const { stack } = opened;
    const [person] = await stack.people("telegram");
    const page = await opened.open("/channels");
    await page.getByRole("link", { name: /Simulated bot 1/ }).click();
    await page.waitForURL(/\/channels\/[0-9a-f-]+$/);
    const detail = page.getByRole("article", { name: "Simulated bot 1" });
    await detail.getByRole("img", { name: /^Calls a second/ }).waitFor();
    await demandGood(opened);
    const dialog = page.getByRole("dialog");
    for (const act of ["Change credentials", "Remove"]) {
      await detail.getByRole("button", { name: act }).click();
      await dialog.waitFor();
      await axe(page);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    }
    await detail.getByRole("button", { name: "Pause" }).click();
    await dialog.waitFor();
    await axe(page);
    await dialog.getByRole("button", { name: "Pause" }).click();
    await detail.getByText("A person paused it: nothing is sent until you press Resume.").waitFor();
    const { json } = await stack.call("GET", `/v1/channels/${person!.channel}`);
    assert.equal(json.paused, true);
    await stack.call("PATCH", `/v1/channels/${person!.channel}`, { paused: false });
    await detail.getByRole("button", { name: "Pause" }).waitFor();
    await detail.getByRole("button", { name: "Check" }).click();
    await detail.getByRole("heading", { name: "What the platform says" }).waitFor();
    await demandGood(opened);
  },
);

story(
  "a wrong token is told at its field, and a channel is removed and connected again by the form",
  async (opened) => {
    const { stack } = opened;
    const [person] = await stack.people("telegram");
    const { json } = await stack.simulate("GET", "/accounts");
    const { token } = json.data.find((one: { platform: string }) => one.platform === "telegram");
    const page = await opened.open(`/channels/${person!.channel}`);
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.waitForURL(/\/channels$/);
    await page.getByRole("link", { name: /Simulated bot 1/ }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Add a channel" }).click();
    const dialog = page.getByRole("dialog");
    const platform = dialog.getByLabel("Platform");
    const wrong = async () => {
      await platform.selectOption("telegram");
      await dialog.getByLabel("Bot token").fill("not a token");
      await dialog.getByLabel("An account of the simulator", { exact: true }).check();
      await dialog.getByRole("button", { name: "Try the credentials and connect" }).click();
      await dialog.getByRole("alert").waitFor();
      assert.equal(await dialog.getByLabel("Bot token").getAttribute("aria-invalid"), "true");
    };
    await wrong();
    await axe(page);
    await platform.selectOption("messenger");
    assert.equal(await dialog.getByRole("alert").count(), 0, "what was refused was another platform's");
    await wrong();
    await dialog.getByLabel("Fill in an account").selectOption({ label: "Telegram · simulated_1_bot" });
    assert.equal(await dialog.getByRole("alert").count(), 0);
    assert.equal(await dialog.getByLabel("Bot token").inputValue(), token);
    await dialog.getByRole("button", { name: "Try the credentials and connect" }).click();
    await page.waitForURL(/\/channels\/[0-9a-f-]+$/);
    await page.getByRole("article").getByText("receives", { exact: true }).waitFor();
  },
  { complaints: /422|400|409/ },
);

story(
  "with the simulator on, another account is made, filled in and connected for each platform",
  async (opened) => {
    const page = await opened.open("/channels");
    const dialog = page.getByRole("dialog");
    for (const [platform, title] of Object.entries(titles)) {
      await page.getByRole("button", { name: "Add a channel" }).click();
      await dialog.getByLabel("Platform").selectOption(platform);
      await dialog
        .getByRole("option", { name: /connected/ })
        .first()
        .waitFor({ state: "attached" });
      await dialog.getByRole("button", { name: `Make another one of ${title}` }).click();
      await dialog
        .getByLabel("Fill in an account")
        .and(page.locator(`:has(option:checked:not([value=""]))`))
        .waitFor();
      await dialog.getByRole("button", { name: "Try the credentials and connect" }).click();
      await dialog.waitFor({ state: "detached" });
      const article = page.getByRole("article");
      await article.getByText("receives", { exact: true }).waitFor();
      await article.getByText("simulated", { exact: true }).waitFor();
    }
    await demandGood(opened);
  },
);

story("the overview tells what happens, what rests and what went wrong, and leads to it", async (opened) => {
  const { stack } = opened;
  const [person] = await stack.people("whatsapp");
  const send = (to: string) =>
    stack.call("POST", "/v1/messages", { from: person!.channel, to, content: { text: { body: "hello" } } });
  for (let count = 0; count < 5; count++) await send(person!.address);
  const { json } = await send("+12015550199");
  await eventually("the refusal", async () => {
    const { json: message } = await stack.call("GET", `/v1/messages/${json.id}`);
    return message.status === "failed" || undefined;
  });
  await stack.call("PATCH", `/v1/channels/${person!.channel}`, { paused: true });
  const page = await opened.open("/");
  await page.getByRole("img", { name: /^Throughput/ }).waitFor();
  await page.getByRole("img", { name: /^Outcomes of calls/ }).waitFor();
  await page
    .getByRole("img", { name: /^What waits: calls waiting \d+, webhooks not read yet \d+/ })
    .waitFor();
  await page.getByText("paused by a person").waitFor();
  await demandGood(opened);
  const charts = await page.locator("section:has(figure)").all();
  assert.equal(charts.length, 4);
  // No endpoint has been told of anything: that is said, no empty chart shown.
  await page.getByText("Nothing was timed in this hour.").waitFor();
  for (const chart of charts)
    assert.match(String(await chart.getByRole("link").getAttribute("href")), /^\/(messages|endpoints)/);
  await page.getByRole("link", { name: "Messages that wait" }).click();
  await page.waitForURL(/\/messages\?status=accepted$/);
  await page.goBack();
  const problems = page.locator("section", { has: page.getByRole("heading", { name: "Last problems" }) });
  const paused = problems.getByRole("listitem").filter({ hasText: "was paused and sends nothing." }).first();
  await paused.getByText("press Resume on its page").waitFor();
  assert.doesNotMatch(await problems.innerText(), /message\.failed|channel\.paused|131026/);
  await problems
    .getByRole("link", { name: /^A message to .* did not arrive: / })
    .first()
    .click();
  await page.waitForURL(new RegExp(`/messages/${json.id}`));
  await page.goBack();
  await stack.call("PATCH", `/v1/channels/${person!.channel}`, { paused: false });
  await page.getByText("No channel rests.").waitFor();
  await paused.getByText("over", { exact: true }).waitFor();

  const wish = { name: "One channel", scopes: ["read"], channels: [person!.channel] };
  await opened.signIn((await stack.call("POST", "/v1/keys", wish)).json.key);
  await page.reload();
  await page.getByRole("img", { name: /^Throughput/ }).waitFor();
  assert.equal(await page.getByRole("img", { name: /^What waits/ }).count(), 0, "of all channels");
  await page.getByText("is told to keys for all channels.").waitFor();
  await page.getByRole("link", { name: /calls waiting$/ }).waitFor();
  assert.equal(await page.getByRole("link", { name: /deliveries waiting|messages unknown/ }).count(), 0);
});

story(
  "what a key may not do is off or refused, with the scope that it needs and who can give it, and nothing to try again",
  async (opened) => {
    const { page, stack } = opened;
    const [person] = await stack.people("whatsapp");
    const wish = { name: "A reader", scopes: ["read"], channels: [person!.channel] };
    await opened.signIn((await stack.call("POST", "/v1/keys", wish)).json.key);
    const off = async (name: string) => {
      const button = page.getByRole("button", { name, exact: true }).first();
      await button.waitFor();
      assert.equal(await button.getAttribute("aria-disabled"), "true", name);
      await button.click({ force: true });
      assert.equal(await page.getByRole("dialog").count(), 0, name);
    };
    const refusals = [
      { path: "/keys", action: "Create a key", scope: "admin" },
      { path: "/endpoints", action: "Add an endpoint", scope: "manage" },
    ];
    for (const { path, action, scope } of refusals) {
      await opened.open(path);
      const refused = page.getByRole("alert").filter({ hasText: "Your key may not do this" });
      await refused.getByText(scope).first().waitFor();
      await refused.getByText(/Whoever holds a key with the scope admin can make you one/).waitFor();
      assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0, path);
      await off(action);
    }
    await opened.open(`/channels/${person!.channel}`);
    await page.getByText("Your key may not do this: it lacks the scope manage.").waitFor();
    for (const name of ["Add a channel", "Check", "Pause", "Remove"]) await off(name);
    await page.getByText(/calls a second since \d\d:\d\d:\d\d, when the gateway was started/).waitFor();
    await axe(page);
    await opened.open("/compose");
    await page.getByText("Your key may not do this: it lacks the scope send.").waitFor();
    await off("Send");
    await demandGood(opened);
  },
  { complaints: /403/ },
);

story(
  "a page that fails says so and can be loaded again; the menu and the other pages stand",
  async (opened) => {
    const page = await opened.open("/");
    const toKeys = page.getByRole("link", { name: "Keys" });
    await page.route("**/v1/keys", (route) => route.fulfill({ json: { data: [{}], next_cursor: null } }));
    await toKeys.click();
    const failed = page.getByRole("alert").filter({ hasText: "This page has failed" });
    await failed.getByText("report what stands below").waitFor();
    await demandGood(opened);
    await page.getByRole("link", { name: "Overview" }).click();
    await failed.waitFor({ state: "detached" });
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    await page.unroute("**/v1/keys");
    await page.goBack();
    // What a failed page had asked for is asked for anew.
    await failed.getByRole("button", { name: "Load again" }).click();
    await page.getByRole("table").waitFor();
  },
  { complaints: /undefined|error occurred/ },
);

story(
  "of a console that was built anew meanwhile, an open page says so, and loading it again leads on",
  async (opened) => {
    const page = await opened.open("/");
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    await page.route("**/*.js", (route) => route.fulfill({ status: 404 }));
    await page.getByRole("link", { name: "Keys" }).click();
    await page.getByText("The console has been updated since this page was opened.").waitFor();
    await page.unroute("**/*.js");
    await page.getByRole("button", { name: "Load again" }).click();
    await page.getByRole("table").waitFor();
  },
  { complaints: /404|dynamically imported|error occurred/ },
);

story(
  "keys, channels and the overview fit a phone",
  async (opened) => {
    for (const path of ["/keys", "/channels", "/"]) {
      const page = await opened.open(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await demandGood(opened);
    }
  },
  { width: 360, height: 740 },
);

story(
  "a rest that a platform asks for, and a token that it refuses, are told with what to do",
  async (opened) => {
    const { stack } = opened;
    const [[whatsapp], [messenger]] = await Promise.all([
      stack.people("whatsapp"),
      stack.people("messenger"),
    ]);
    for (const person of [whatsapp!, messenger!]) await stack.act(person, { act: "say", text: "Hello" });
    const fault = { kind: "rate_limit", platform: "whatsapp", count: 1_000 };
    await stack.simulate("POST", "/faults", fault);
    await stack.simulate("POST", `/accounts/${messenger!.channel}/token`, {});
    for (const { channel: from, address: to } of [whatsapp!, messenger!])
      await stack.call("POST", "/v1/messages", { from, to, content: { text: { body: "hello" } } });
    const page = await opened.open(`/channels/${messenger!.channel}`);
    const article = page.getByRole("article");
    await article.getByText(/refuses the channel's token/).waitFor();
    await article.getByText(/Press Change credentials and give a new token/).waitFor();
    await article.getByText("1 call waits.").waitFor();
    await page.getByRole("link", { name: /Simulated business 1/ }).click();
    await article.getByText(/Its platform asked for a rest, .* it goes on by itself/).waitFor();
    await demandGood(opened);
    await opened.open("/");
    const rest = page.getByRole("listitem").filter({ hasText: "Simulated business 1" });
    await rest.getByText("its platform asked for a rest", { exact: true }).waitFor();
  },
);
