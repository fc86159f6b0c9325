import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it, type TestContext } from "node:test";
import { Bot, InlineKeyboard, InputFile, webhookCallback } from "grammy";
import { Markup, Telegraf } from "telegraf";
import { eventually, withinMs } from "../../test/support/eventually.ts";
import { type Loose, Rig } from "./rig.ts";

const rig = new Rig();
/** For each test by itself: what it waits for has an end of its own, and only a client that hangs comes to this one. */
const limit = { timeout: 4 * withinMs };

/** A bot of its own for each test, with one person who has pressed Start before anybody listened. */
async function newBot() {
  const bot = (await rig.call("POST", "/simulator/accounts", { platform: "telegram" })).body;
  const person = (await rig.call("POST", "/simulator/people", { platform: "telegram", channel: bot.id }))
    .body;
  return { bot, person };
}

/** What the person sees, once the business has said `count` things. */
async function seen(person: Loose, count: number): Promise<Loose[]> {
  return eventually(`message ${count} of the business`, async () => {
    const messages = (await rig.screen(person)).filter((message: Loose) => message.from === "business");
    return messages.length >= count ? messages : undefined;
  });
}

/** Until the test ends, however it ends. */
async function listen(t: TestContext, handler: Parameters<typeof createServer>[1]) {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

const tapOn = async (person: Loose, label: string) => {
  const message = (await rig.screen(person)).findLast((one: Loose) =>
    one.buttons?.some((button: Loose) => button.label === label),
  );
  return rig.act(person, { act: "tap", message: message.id, button: label });
};

/** Everything that the echo bots do, driven by the person. */
async function converse(person: Loose): Promise<void> {
  await rig.act(person, { act: "say", text: "/start" });
  assert.deepEqual((await seen(person, 1))[0].buttons, [{ label: "Go", kind: "reply" }]);
  await rig.act(person, { act: "say", text: "hello" });
  assert.equal((await seen(person, 2))[1].text, "you said hello");
  await tapOn(person, "Go");
  assert.equal((await seen(person, 3))[2].text, "tapped go");
  await rig.act(person, { act: "say", text: "/poll" });
  const poll = (await seen(person, 4))[3];
  await rig.act(person, { act: "vote", message: poll.id, option: "two" });
  assert.equal((await seen(person, 5))[4].text, "voted 1");
}

/** The uploaded bytes can be fetched again. */
async function fileOf(bot: Loose, id: string): Promise<string> {
  const { result } = (await rig.call("GET", `/bot${bot.token}/getFile?file_id=${id}`)).body;
  return (await fetch(`${rig.url}/file/bot${bot.token}/${result.file_path}`)).text();
}

const pollQuestion = { is_anonymous: false } as const;

function grammyBot(token: string): Bot {
  const bot = new Bot(token, { client: { apiRoot: rig.url } });
  bot.command("start", (ctx) =>
    ctx.reply("welcome", { reply_markup: new InlineKeyboard().text("Go", "go") }),
  );
  bot.command("file", (ctx) => ctx.replyWithDocument(new InputFile(Buffer.from("contents"), "my file.txt")));
  bot.command("poll", (ctx) => ctx.replyWithPoll("Which?", [{ text: "one" }, { text: "two" }], pollQuestion));
  bot.on("callback_query:data", async (ctx) => {
    await ctx.answerCallbackQuery("✓");
    await ctx.reply(`tapped ${ctx.callbackQuery.data}`);
  });
  bot.on("poll_answer", async (ctx) => {
    await ctx.api.sendMessage(ctx.pollAnswer.user?.id ?? 0, `voted ${ctx.pollAnswer.option_ids}`);
  });
  bot.on("message:text", (ctx) => ctx.reply(`you said ${ctx.message.text}`));
  return bot;
}

function telegrafBot(token: string): Telegraf {
  const bot = new Telegraf(token, { telegram: { apiRoot: rig.url } });
  bot.start((ctx) => ctx.reply("welcome", Markup.inlineKeyboard([Markup.button.callback("Go", "go")])));
  bot.command("poll", (ctx) => ctx.replyWithPoll("Which?", ["one", "two"], pollQuestion));
  bot.action("go", async (ctx) => {
    // By webhook, telegraf sends this one as the answer to the webhook itself.
    await ctx.answerCbQuery("✓");
    await ctx.reply("tapped go");
  });
  bot.on("poll_answer", async (ctx) => {
    await ctx.telegram.sendMessage(ctx.pollAnswer.user?.id ?? 0, `voted ${ctx.pollAnswer.option_ids}`);
  });
  bot.on("text", (ctx) => ctx.reply(`you said ${ctx.message.text}`));
  return bot;
}

before(() => rig.start());
after(() => rig.remove());

describe("clients that nobody changed", () => {
  it("grammY works by polling", limit, async (t) => {
    const { bot: account, person } = await newBot();
    const bot = grammyBot(account.token);
    const running = bot.start({ drop_pending_updates: false });
    t.after(async () => {
      await bot.stop();
      await running;
    });
    await converse(person);
    await rig.act(person, { act: "say", text: "/file" });
    const { media } = (await seen(person, 6))[5];
    assert.equal(media.filename, "my file.txt");
    assert.equal(await fileOf(account, media.id), "contents");
  });

  it("grammY works by webhook, with its secret", limit, async (t) => {
    const { bot: account, person } = await newBot();
    const bot = grammyBot(account.token);
    const url = await listen(t, webhookCallback(bot, "http", { secretToken: "s3cret" }));
    await bot.api.setWebhook(url, { secret_token: "s3cret" });
    await converse(person);
  });

  it("telegraf works by polling", limit, async (t) => {
    const { bot: account, person } = await newBot();
    const bot = telegrafBot(account.token);
    const running = bot.launch();
    t.after(async () => {
      bot.stop();
      await running;
    });
    await converse(person);
  });

  it("telegraf works by webhook, and its answer to a tap comes with the webhook's", limit, async (t) => {
    const { bot: account, person } = await newBot();
    const bot = telegrafBot(account.token);
    const url = await listen(t, bot.webhookCallback("/hook", { secretToken: "s3cret" }));
    await bot.telegram.setWebhook(url, { secret_token: "s3cret" });
    await converse(person);
    const { data } = (await rig.call("GET", "/simulator/calls?limit=1000")).body;
    const answered = data.filter(
      (call: Loose) => call.channel === account.id && /answercallbackquery$/i.test(call.path),
    );
    assert.deepEqual(
      answered.map((call: Loose) => call.accepted),
      [true],
    );
  });

  it("takes an upload as telegraf writes it", limit, async () => {
    // Its bytes as recorded from 4.16.3 on Node 20: on Node 26 telegraf's own stream stops after the first header.
    const { bot: account, person } = await newBot();
    await rig.act(person, { act: "say", text: "/start" });
    const mark = "e79c1f70916b7ec72efe00c3c3b84cad";
    const parts = [
      ['name="method"', "sendDocument"],
      ['name="chat_id"', person.address],
      ['name="document"; filename="my file.txt"', "contents"],
    ];
    const written = parts.map(([name, body]) => `content-disposition:form-data; ${name}\r\n\r\n${body}`);
    const answer = await fetch(`${rig.url}/bot${account.token}/sendDocument`, {
      method: "POST",
      headers: { "content-type": `multipart/form-data; boundary=${mark}` },
      body: `--${mark}\r\n${written.join(`\r\n--${mark}\r\n`)}\r\n--${mark}--`,
    });
    const { document } = ((await answer.json()) as Loose).result;
    assert.equal(document.file_name, "my file.txt");
    assert.equal(await fileOf(account, document.file_id), "contents");
  });

  it("a client that is told to wait waits for what it was told", limit, async () => {
    const { bot: account, person } = await newBot();
    await rig.act(person, { act: "say", text: "/start" });
    await rig.call("POST", "/simulator/faults", {
      kind: "rate_limit",
      platform: "telegram",
      count: 1,
      retry_after: 7,
    });
    const bot = grammyBot(account.token);
    await assert.rejects(bot.api.sendMessage(person.address, "x"), (error: Loose) => {
      assert.deepEqual([error.error_code, error.parameters], [429, { retry_after: 7 }]);
      return true;
    });
    await bot.api.sendMessage(person.address, "x");
  });
});
