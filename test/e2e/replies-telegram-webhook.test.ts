import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertPayload, buttonReply, Chat, listReply } from "../support/chat.ts";
import { Endpoint } from "../support/endpoint.ts";
import { type Json, quickReplyCarousel, seed } from "../support/seeds.ts";
import { type Stack, send, startStack } from "../support/stack.ts";

let stack: Stack;
let endpoint: Endpoint;
before(async () => {
  // With a public address Telegram calls us; a simulated bot does so over loopback.
  stack = await startStack({ env: { ANTIPHON_PUBLIC_URL: "https://chat.example.com" } });
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
});
after(async () => {
  await endpoint?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

/** Without the barrier of `Chat.hears`: Telegram posts taps, votes and texts of one person side by side. */
async function hears(chat: Chat, act: object): Promise<Json> {
  const from = endpoint.delivered.length;
  await chat.act(act);
  const isTheirs = (event: Json) =>
    event.type === "message.received" && event.conversation.id === chat.hello.conversation.id;
  return endpoint.next("the event", isTheirs, from);
}

test("every kind of reply comes through Telegram's webhook as one signed event", async () => {
  const chat = await Chat.open(stack, endpoint, "telegram");
  const shown = async () => (await chat.lastShown()).id;

  const buttons = await chat.sent({ interactive: seed("seed-1-button").interactive });
  const tapped = await hears(chat, { act: "tap", message: await shown(), button: "Sales" });
  assertPayload(tapped, buttonReply({ id: "SALES", title: "Sales" }), buttons);

  const list = await chat.sent({ interactive: seed("seed-1-list").interactive });
  const option = "Shrimp risotto — Serving for 2 people";
  const voted = await hears(chat, { act: "vote", message: await shown(), option });
  const risotto = { id: "dish_2", title: "Shrimp risotto", description: "Serving for 2 people" };
  assertPayload(voted, listReply(risotto), list);

  const cards = await chat.sent({ interactive: quickReplyCarousel(2, "flat") });
  const picked = await hears(chat, { act: "tap", message: await shown(), button: "Pick 1" });
  assertPayload(picked, buttonReply({ id: "card-1-reply-1", title: "Pick 1", card_index: 1 }), cards);

  const request = await chat.sent({ interactive: seed("seed-1-location-request-message").interactive });
  const location = { latitude: 40.782910059774, longitude: -73.959075808525 };
  const shared = await hears(chat, { act: "share_location", ...location });
  assertPayload(shared, { type: "location", location }, request);

  const said = await hears(chat, { act: "say", text: "That was all" });
  assertPayload(said, { type: "text", text: { body: "That was all" } });

  // The events with their taps' acknowledgements behind them: nothing came twice.
  await chat.calls(({ path }) => /answerCallbackQuery|stopPoll/.test(path), 3);
  const received = endpoint.delivered
    .map(({ event }) => event)
    .filter(({ type }) => type === "message.received")
    .map(({ message }) => message.id);
  const heard = [chat.hello, tapped, voted, picked, shared, said].map(({ message }) => message.id);
  assert.deepEqual(received, heard);
});

test("the bot has a webhook and no polling, and a post without its secret is refused", async () => {
  const [bot] = (await stack.simulate("GET", "/accounts")).json.data.filter(
    ({ platform }: Json) => platform === "telegram",
  );
  const info = (await send(`${stack.simulatorUrl}/bot${bot.token}/getWebhookInfo`, "GET", undefined, {}))
    .json;
  assert.match(info.result.url, new RegExp(`^${stack.url}/webhooks/telegram/`));
  const { data } = (await stack.simulate("GET", "/calls?limit=1000")).json;
  const methods = data.map(({ path }: Json) => path.split("/").at(-1));
  assert.deepEqual([methods.includes("setWebhook"), methods.includes("getUpdates")], [true, false]);
  const update = {
    update_id: 1,
    message: {
      message_id: 900,
      date: Math.floor(Date.now() / 1000),
      chat: { id: 5, type: "private", first_name: "Eve" },
      from: { id: 5, is_bot: false, first_name: "Eve" },
      text: "Forged",
    },
  };
  for (const headers of [{}, { "x-telegram-bot-api-secret-token": "guess" }]) {
    assert.equal(
      (await send(info.result.url, "POST", update, headers as Record<string, string>)).status,
      401,
    );
  }
  // A genuine update after it has come through by then.
  await Chat.open(stack, endpoint, "telegram");
  const texts = endpoint.delivered.map(({ event }) => event.message?.text?.body);
  assert.equal(texts.includes("Forged"), false);
});
