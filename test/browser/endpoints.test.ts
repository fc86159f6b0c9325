import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { eventually } from "../support/eventually.ts";
import { axe } from "./axe.ts";
import { type OpenConsole, stories } from "./open-console.ts";
import { keptSecret } from "./shown-once.ts";

const story = stories();

interface Heard {
  id: string;
  signature: string;
  timestamp: string;
  body: string;
  isReplay: boolean;
}

/** A customer's program that answers as it is told to. */
class Customer implements AsyncDisposable {
  readonly heard: Heard[] = [];
  status = 204;
  /** Answers wait for it. */
  turn = Promise.resolve();
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
    server.on("request", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const header = (name: string) => String(request.headers[name] ?? "");
      this.heard.push({
        id: header("webhook-id"),
        signature: header("webhook-signature"),
        timestamp: header("webhook-timestamp"),
        body: Buffer.concat(chunks).toString(),
        isReplay: header("antiphon-replay") === "true",
      });
      await this.turn;
      response.writeHead(this.status).end(this.status < 300 ? "" : "out of order");
    });
  }

  static async listen(): Promise<Customer> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Customer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}/hook`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** As Standard Webhooks signs: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
function signed(secret: string, { id, timestamp, body }: Heard): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

/** By the form; gives the secret that it shows once. */
async function added({ page }: OpenConsole, url: string): Promise<string> {
  await page.getByRole("button", { name: "Add an endpoint" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("URL").fill(url);
  await dialog.getByRole("button", { name: "Add and try it" }).click();
  await dialog.getByText(/It answered/).waitFor();
  await page.waitForURL(/\/endpoints\/ep_/);
  return keptSecret(page, /^whsec_/);
}

story(
  "an endpoint is added, tried and told; what failed is tried again, its secret changes and its events are replayed",
  async (opened) => {
    await using customer = await Customer.listen();
    const { stack } = opened;
    const page = await opened.open("/endpoints");
    const secret = await added(opened, customer.url);
    await page.getByRole("button", { name: "Send a test" }).click();
    const delivered = page.getByRole("row").filter({ hasText: "delivered" });
    await delivered.first().waitFor();
    await eventually("the test", () =>
      customer.heard.find(({ id }) => id.startsWith("evt_") && customer.heard.length > 1),
    );
    assert.equal(customer.heard.at(-1)!.signature, signed(secret, customer.heard.at(-1)!));

    customer.status = 503;
    const [person] = await stack.people("telegram");
    await stack.call("POST", "/v1/messages", {
      from: person!.channel,
      to: person!.address,
      content: { text: { body: "hello" } },
    });
    const waiting = page.getByRole("row").filter({ hasText: "message.sent" });
    await waiting.getByText("waiting").waitFor();
    await waiting.getByRole("button", { name: "message.sent" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("status 503").first().waitFor();
    await dialog.getByText("out of order").first().waitFor();
    await dialog.getByLabel("What was sent").getByText('"message.sent"').waitFor();
    await axe(page);
    customer.status = 204;
    await dialog.getByRole("button", { name: "Try again" }).click();
    await page.keyboard.press("Escape");
    await waiting.getByText("delivered").waitFor();
    await page.getByRole("img", { name: /^Success rate/ }).waitFor();
    await opened.demandFit();
    await axe(page);

    await page.getByRole("button", { name: "Rotate the secret" }).click();
    await dialog.waitFor();
    await axe(page);
    await dialog.getByRole("button", { name: "Rotate the secret" }).click();
    const next = await keptSecret(page, /^whsec_/);
    assert.notEqual(next, secret);

    await page.getByRole("tab", { name: "Replays" }).click();
    await page.getByRole("button", { name: "How many?" }).click();
    await page.getByText(/would be told again/).waitFor();
    await page.getByRole("button", { name: "Replay them" }).click();
    await page.getByText("done", { exact: true }).waitFor();
    const replayed = await eventually("the replay", () => customer.heard.find(({ isReplay }) => isReplay));
    assert.deepEqual(
      new Set(replayed.signature.split(" ")),
      new Set([signed(next, replayed), signed(secret, replayed)]),
    );
    await axe(page);

    await page.getByRole("button", { name: "Remove" }).click();
    await dialog.waitFor();
    await axe(page);
    await dialog.getByRole("button", { name: "Remove" }).click();
    await page.getByText("No endpoint yet").waitFor();
  },
);

story(
  "an endpoint whose test failed is listed as such until a try succeeds, and says what it answered",
  async (opened) => {
    await using customer = await Customer.listen();
    customer.status = 500;
    const page = await opened.open("/endpoints");
    await page.getByRole("button", { name: "Add an endpoint" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("URL").fill(customer.url);
    await dialog.getByRole("button", { name: "Add and try it" }).click();
    await dialog.getByText("It did not arrive: status, 500.").waitFor();
    await page.waitForURL(/\/endpoints\/ep_/);
    await keptSecret(page, /^whsec_/);
    const item = page.getByRole("navigation", { name: "Endpoints" }).getByRole("link");
    await item.getByText("its last try failed").waitFor();
    assert.equal(await item.getByText("works").count(), 0);
    const article = page.getByRole("article");
    await article.getByText(/status 500\. Mend it and send a test/).waitFor();
    await opened.demandFit();
    await axe(page);
    customer.status = 204;
    await page.getByRole("button", { name: "Send a test" }).click();
    await item.getByText("works").waitFor();
    await article.getByText(/Mend it/).waitFor({ state: "detached" });
    await opened.stack.call("DELETE", `/v1/endpoints/${page.url().split("/").at(-1)}`);
  },
);

story(
  "an endpoint that says 410 is shown as switched off with what to do, also when the page was open; several are tried again at once",
  async (opened) => {
    await using customer = await Customer.listen();
    const { stack } = opened;
    const page = await opened.open("/endpoints");
    await added(opened, customer.url);
    await page.getByRole("button", { name: "Send a test" }).click();
    await page.getByRole("row").filter({ hasText: "delivered" }).first().waitFor();
    customer.status = 410;
    await stack.call("POST", `/v1/endpoints/${page.url().split("/").at(-1)}/test`);
    await page.getByText(/it answered 410 Gone/).waitFor();
    await page.getByText(/Switch it on when it is mended/).waitFor();
    await page.getByRole("button", { name: "Switch on" }).waitFor();
    // The newest attempt counts as soon as it has ended: a test that went well, and one that did not.
    await page.getByRole("img", { name: "Success rate of the last attempts: delivered 50%" }).waitFor();
    const test = page.getByRole("button", { name: "Send a test" });
    assert.equal(await test.getAttribute("aria-disabled"), "true");
    await test.click({ force: true });
    await page.getByText("Nothing is delivered while it is off: press Switch on").waitFor();
    assert.equal(await page.getByText(/Enable it first/).count(), 0);
    customer.status = 204;
    await page.getByRole("button", { name: "Switch on" }).click();
    await page.getByText(/It answered/).waitFor();
    await page.getByLabel("State").selectOption("dead");
    const dead = page.getByRole("row").filter({ hasText: "dead letter" });
    await dead.first().waitFor();
    await dead
      .first()
      .getByRole("checkbox", { name: /^Select (?!dlv_)[a-z]+\.[a-z_]+, .*\d:\d\d/ })
      .check();
    await page.getByRole("button", { name: "Try 1 again" }).click();
    await page.getByText("It is tried again.").first().waitFor();
    await page.getByText("No delivery here").waitFor();
  },
  { complaints: /410/ },
);

story(
  "all dead letters of a list are chosen at once, handed over as a file with what they were to tell, and tried again",
  async (opened) => {
    await using customer = await Customer.listen();
    const { stack } = opened;
    const { json: endpoint } = await stack.call("POST", "/v1/endpoints", { url: customer.url });
    const held = Promise.withResolvers<void>();
    customer.turn = held.promise;
    for (let count = 0; count < 3; count++) await stack.call("POST", `/v1/endpoints/${endpoint.id}/test`);
    await eventually("three tests under way", () => customer.heard.length === 4 || undefined);
    customer.status = 410;
    held.resolve();
    const page = await opened.open(`/endpoints/${endpoint.id}`);
    await page.getByText(/it answered 410 Gone/).waitFor();
    customer.status = 204;
    await page.getByRole("button", { name: "Switch on" }).click();
    await page.getByText(/It answered/).waitFor();
    await page.getByLabel("State").selectOption("dead");
    await page.getByText("dead letter: gone").nth(2).waitFor();
    assert.ok(!(await page.getByText(/^0 wait/).isVisible()), "that nothing waits is no news");

    await page.getByLabel("Select all that are shown").check();
    await axe(page);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export 3" }).click(),
    ]);
    assert.equal(file.suggestedFilename(), `${endpoint.id}.jsonl`);
    const lines = (await readFile(await file.path(), "utf8")).trim().split("\n");
    const letters = lines.map((line) => JSON.parse(line));
    const ofTests = new Set(
      customer.heard
        .slice(1)
        .map(({ id }) => id)
        .filter((id) => id.startsWith("evt_")),
    );
    assert.deepEqual(
      new Set(letters.map(({ state, event, content }) => `${state} ${event} ${content.id} ${content.type}`)),
      new Set([...ofTests].slice(0, 3).map((id) => `dead ${id} ${id} endpoint.test`)),
    );
    assert.ok(letters.every(({ attempts }) => attempts.at(-1).http_status === 410));

    const retries: string[] = [];
    await page.route("**/retry", (route) => {
      retries.push(route.request().url());
      return route.abort();
    });
    await page.getByRole("button", { name: "Try 3 again" }).click();
    await page.getByText("The gateway does not answer").first().waitFor();
    assert.equal(retries.length, 1, "asked for again of a gateway that is away");
    await page.unroute("**/retry");

    const before = customer.heard.length;
    await page.getByRole("button", { name: "Try 3 again" }).click();
    await page.getByText("3 are tried again.").first().waitFor();
    await page.getByText("No delivery here").waitFor();
    await eventually("the three", () => customer.heard.length === before + 3 || undefined);
    await stack.call("DELETE", `/v1/endpoints/${endpoint.id}`);
  },
  { complaints: /410|ERR_FAILED/ },
);

story(
  "the window for an endpoint fits a laptop, with its button in view and whatever is unfolded",
  async (opened) => {
    const page = await opened.open("/endpoints");
    await page.getByRole("button", { name: "Add an endpoint" }).first().click();
    const dialog = page.getByRole("dialog");
    const demandInView = async () => {
      for (const shown of [dialog, dialog.getByRole("button", { name: "Add and try it" })]) {
        const { y, height } = (await shown.boundingBox())!;
        assert.ok(y >= 0 && y + height <= 900, `from ${y}, ${height} high`);
      }
    };
    await demandInView();
    assert.ok((await dialog.boundingBox())!.height < 500, "it asks for more than it needs");
    await axe(page);
    await dialog.getByText("Which events, and how").click();
    await dialog.getByLabel("message.received").check();
    await demandInView();
    await axe(page);
    await dialog.getByLabel("URL").fill("https://127.0.0.1:9/hook");
    await dialog.getByLabel("Most deliveries a second").fill("0");
    await dialog.getByText("Which events, and how").click();
    await dialog.getByRole("button", { name: "Add and try it" }).click();
    await dialog.locator("input:invalid:focus").waitFor();
  },
  { width: 1440, height: 900 },
);

story(
  "endpoints fit a phone",
  async (opened) => {
    await using customer = await Customer.listen();
    const page = await opened.open("/endpoints");
    await page
      .getByText("No endpoint yet")
      .or(page.getByRole("navigation", { name: "Endpoints" }))
      .first()
      .waitFor();
    await opened.stack.call("POST", "/v1/endpoints", { url: customer.url });
    await page.reload();
    await page.getByRole("link", { name: new RegExp(customer.url) }).click();
    await page.getByRole("article").waitFor();
    await opened.demandFit();
    await axe(page);
    await opened.open("/endpoints/ep_of_yesterday");
    await page.getByText("This endpoint is not here any more.").waitFor();
    await page.getByRole("link", { name: "All endpoints" }).click();
    await page.getByRole("link", { name: new RegExp(customer.url) }).waitFor();
  },
  { width: 360, height: 740 },
);
