import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { Inbox, type Loose, Rig } from "./rig.ts";

let now = Date.UTC(2026, 10, 21, 12);
const rig = new Rig({ now: () => now });
let bot: Loose;
let ana: Loose;
let ben: Loose;
let chat: number;

const call = async (method: string, body: object = {}) =>
  (await rig.call("POST", `/bot${bot.token}/${method}`, body)).body;
const send = (body: object) => call("sendMessage", { chat_id: chat, ...body });
const say = (text: string) => rig.act(ana, { act: "say", text });
/** Fetches what waits and confirms it. */
async function fetchAll(): Promise<Loose[]> {
  const { result } = await call("getUpdates", { timeout: 0 });
  if (result.length > 0) await call("getUpdates", { offset: result.at(-1).update_id + 1, timeout: 0 });
  return result;
}
async function act(deed: object): Promise<Loose> {
  await fetchAll();
  const done = await rig.act(ana, deed);
  assert.equal(done.status, 200, JSON.stringify(done.body));
  return (await fetchAll()).at(-1);
}
const keyboard = (...buttons: object[]) => ({ inline_keyboard: buttons.map((button) => [button]) });

before(async () => {
  await rig.start();
  bot = await rig.account("telegram");
  [ana, ben] = await rig.people("telegram");
  chat = Number(ana.address);
});
beforeEach(() => {
  now += 120_000;
});
after(() => rig.remove());

describe("the simulated Telegram", () => {
  it("lets a bot write only to those who have written, and not to those who have blocked it", async () => {
    assert.match((await send({ text: "hi" })).description, /^Forbidden: bot can't initiate conversation/);
    await say("/start");
    const [update] = await fetchAll();
    assert.deepEqual(update.message.entities, [{ type: "bot_command", offset: 0, length: 6 }]);
    assert.equal((await send({ text: "hi" })).ok, true);
    const blocked = await act({ act: "block" });
    assert.equal(blocked.my_chat_member.new_chat_member.status, "kicked");
    assert.equal((await send({ text: "hi" })).description, "Forbidden: bot was blocked by the user");
    assert.equal((await say("hi")).status, 409);
    const back = await act({ act: "unblock" });
    assert.equal(back.my_chat_member.new_chat_member.status, "member");
    assert.equal(
      (await call("sendMessage", { chat_id: 42, text: "hi" })).description,
      "Bad Request: chat not found",
    );
    assert.equal((await call("sendMessage", { chat_id: ben.address, text: "hi" })).error_code, 403);
  });

  it("answers a wrong token, method or path as the real server does", async () => {
    const wrong = await rig.call("GET", "/bot1:nobody/getMe");
    assert.deepEqual([wrong.status, wrong.body.description], [401, "Unauthorized"]);
    assert.equal((await call("nothing")).description, "Not Found: method not found");
    assert.equal((await rig.call("GET", `/bot${bot.token}`)).body.description, "Not Found");
    assert.equal((await rig.call("GET", `/bot${bot.token}/test/GETME`)).body.result.username, bot.username);
  });

  it("reads HTML and MarkdownV2 into text and entities", async () => {
    const html = await send({
      text: " <b>Help</b>\n\nA &amp; <i>b</i> <a href='https://a.b/?x=1&amp;y'>c</a>",
      parse_mode: "HTML",
    });
    assert.equal(html.result.text, "Help\n\nA & b c");
    assert.deepEqual(html.result.entities, [
      { type: "bold", offset: 0, length: 4 },
      { type: "italic", offset: 10, length: 1 },
      { type: "text_link", offset: 12, length: 1, url: "https://a.b/?x=1&y" },
    ]);
    const markdown = await send({
      text: "*b _i_* __u__ ~s~ ||p|| `c*` [l](https://a.b/\\)) 1\\.\n```js\nx\n```",
      parse_mode: "markdownv2",
    });
    assert.equal(markdown.result.text, "b i u s p c* l 1.\nx");
    assert.deepEqual(
      markdown.result.entities.map((entity: Loose) => [entity.type, entity.offset, entity.length]),
      [
        ["bold", 0, 3],
        ["italic", 2, 1],
        ["underline", 4, 1],
        ["strikethrough", 6, 1],
        ["spoiler", 8, 1],
        ["code", 10, 2],
        ["text_link", 13, 1],
        ["pre", 18, 1],
      ],
    );
    const shown = (await rig.screen(ana)).at(-1);
    assert.equal(shown.text, "b i u s p c* l 1.\nx");
  });

  const mistakes: [string, string, string][] = [
    ["HTML", "<b>x", 'Can\'t find end tag corresponding to start tag "b"'],
    ["HTML", "é<x>", 'Unsupported start tag "x" at byte offset 2'],
    ["HTML", "x</b>", "Unexpected end tag at byte offset 1"],
    ["HTML", "x<b", "Unclosed start tag at byte offset 1"],
    ["MarkdownV2", "a.b", "Character '.' is reserved and must be escaped with the preceding '\\'"],
    ["MarkdownV2", "a *b", "Can't find end of Bold entity at byte offset 2"],
  ];
  for (const [mode, text, sentence] of mistakes) {
    it(`refuses ${JSON.stringify(text)} as ${mode}`, async () => {
      const { description } = await send({ text, parse_mode: mode });
      assert.equal(description, `Bad Request: can't parse entities: ${sentence}`);
    });
  }

  it("turns a tap into a callback query that can be answered once, and soon", async () => {
    const { result } = await send({
      text: "Pick",
      reply_markup: keyboard({ text: "A", callback_data: "x" }),
    });
    assert.deepEqual((await rig.screen(ana)).at(-1).buttons, [{ label: "A", kind: "reply" }]);
    const { callback_query } = await act({ act: "tap", message: String(result.message_id), button: "A" });
    assert.equal(callback_query.data, "x");
    assert.deepEqual(callback_query.message, result);
    const answer = () => call("answerCallbackQuery", { callback_query_id: callback_query.id, text: "✓ A" });
    assert.equal((await answer()).ok, true);
    assert.match((await answer()).description, /query is too old/);
    const second = (await act({ act: "tap", message: result.message_id, button: "A" })).callback_query;
    now += 16_000;
    assert.match(
      (await call("answerCallbackQuery", { callback_query_id: second.id })).description,
      /query is too old/,
    );
  });

  it("opens a link without telling anybody, and says what there is when there is no such button", async () => {
    const { result } = await send({
      text: "Go",
      reply_markup: keyboard({ text: "Visit", url: "example.com/a" }),
    });
    const tapped = await rig.act(ana, { act: "tap", message: String(result.message_id), button: "Visit" });
    assert.deepEqual(tapped.body, { messages: [], opened: "http://example.com/a" });
    assert.deepEqual(await fetchAll(), []);
    const missing = await rig.act(ana, { act: "tap", message: String(result.message_id), button: "Nope" });
    assert.equal(missing.status, 409);
    assert.match(missing.body.detail, /buttons "Visit"/);
  });

  it("asks for a place by a reply keyboard, on the newest message that carried one", async () => {
    const markup = {
      keyboard: [[{ text: "Send location", request_location: true }]],
      one_time_keyboard: true,
    };
    const { result } = await send({ text: "Where?", reply_markup: markup });
    assert.equal(result.reply_markup, undefined);
    assert.deepEqual((await rig.screen(ana)).at(-1).buttons, [
      { label: "Send location", kind: "location", place: "keyboard" },
    ]);
    const plain = await act({ act: "share_location", latitude: 1, longitude: 2, plain: true });
    assert.equal(plain.message.reply_to_message, undefined);
    const place = { latitude: 40.782910059774, longitude: -73.959075808525 };
    const { message } = await act({ act: "share_location", ...place, name: "Museum", address: "5th Ave" });
    assert.deepEqual(message.location, place);
    assert.deepEqual([message.venue.title, message.venue.address], ["Museum", "5th Ave"]);
    assert.equal(message.reply_to_message.message_id, result.message_id);
    assert.equal(
      (await call("editMessageText", { chat_id: chat, message_id: result.message_id, text: "x" }))
        .description,
      "Bad Request: message can't be edited",
    );
    const after = (await rig.screen(ana)).find((seen: Loose) => seen.id === String(result.message_id));
    assert.equal(after.buttons, undefined);
  });

  it("takes votes, tells them unless the poll is anonymous, and holds to one where votes are final", async () => {
    const options = ["Steak", { text: "Cake" }];
    const { result } = await call("sendPoll", {
      chat_id: chat,
      question: "Menu",
      options: JSON.stringify(options),
      is_anonymous: "false",
      allows_revoting: false,
    });
    await fetchAll();
    await rig.act(ana, { act: "vote", message: String(result.message_id), option: "Cake" });
    const [answer, state] = await fetchAll();
    assert.deepEqual([answer.poll_answer.poll_id, answer.poll_answer.option_ids], [result.poll.id, [1]]);
    assert.equal(state.poll.options[1].voter_count, 1);
    assert.deepEqual((await rig.screen(ana)).at(-1).poll.options, [
      { text: "Steak" },
      { text: "Cake", voted: true },
    ]);
    const again = await rig.act(ana, { act: "vote", message: String(result.message_id), option: "Steak" });
    assert.equal(again.status, 409);
    const stopped = await call("stopPoll", { chat_id: chat, message_id: result.message_id });
    assert.equal(stopped.result.is_closed, true);
    const quiet = await call("sendPoll", { chat_id: chat, question: "Anonymous?", options: ["a", "b"] });
    await fetchAll();
    await rig.act(ana, { act: "vote", message: String(quiet.result.message_id), option: "a" });
    assert.deepEqual(
      (await fetchAll()).map((update) => Object.keys(update)[1]),
      ["poll"],
    );
    await rig.act(ana, { act: "vote", message: String(quiet.result.message_id), option: null });
    assert.equal((await fetchAll())[0].poll.total_voter_count, 0);
  });

  it("edits, deletes and reacts on both sides", async () => {
    const { result } = await send({ text: "one" });
    const target = { chat_id: chat, message_id: result.message_id };
    assert.equal((await call("editMessageText", { ...target, text: "two" })).result.text, "two");
    assert.match(
      (await call("editMessageText", { ...target, text: "two" })).description,
      /message is not modified/,
    );
    assert.equal(
      (await call("setMessageReaction", { ...target, reaction: [{ type: "emoji", emoji: "👍" }] })).ok,
      true,
    );
    await rig.act(ana, { act: "react", message: String(result.message_id), emoji: "🔥" });
    assert.deepEqual(await fetchAll(), []);
    await call("getUpdates", { allowed_updates: ["message", "message_reaction", "edited_message"] });
    const reaction = await act({ act: "react", message: result.message_id, emoji: "👎" });
    assert.deepEqual(reaction.message_reaction.old_reaction, [{ type: "emoji", emoji: "🔥" }]);
    await call("getUpdates", { allowed_updates: [] });
    const said = (await say("frist")).body.messages[0];
    const edited = await act({ act: "edit", message: said, text: "first" });
    assert.equal(edited.edited_message.text, "first");
    await rig.act(ana, { act: "delete", message: said });
    assert.deepEqual(await fetchAll(), []);
    assert.equal((await call("deleteMessage", target)).ok, true);
    assert.equal(
      (await call("deleteMessage", target)).description,
      "Bad Request: message to delete not found",
    );
  });

  it("keeps what people and bots send as files", async () => {
    const { message } = await act({ act: "send", image: { caption: "me" } });
    assert.equal(message.caption, "me");
    const { result } = await call("getFile", { file_id: message.photo.at(-1).file_id });
    const file = await fetch(`${rig.url}/file/bot${bot.token}/${result.file_path}`);
    assert.equal((await file.arrayBuffer()).byteLength, result.file_size);
    const again = await call("sendPhoto", { chat_id: chat, photo: message.photo[0].file_id, caption: "you" });
    assert.equal(again.result.caption, "you");
    const linked = await call("sendVideo", { chat_id: chat, video: "https://example.com/a.mp4" });
    assert.deepEqual((await rig.screen(ana)).at(-1).media.link, "https://example.com/a.mp4");
    assert.equal(linked.ok, true);
    const local = await call("sendPhoto", { chat_id: chat, photo: "http://localhost/a.jpg" });
    assert.equal(local.description, "Bad Request: wrong HTTP URL specified");
    const photo = { type: "photo", media: "https://example.com/a.jpg" };
    const album = await call("sendMediaGroup", { chat_id: chat, media: [photo, photo] });
    assert.equal(new Set(album.result.map((one: Loose) => one.media_group_id)).size, 1);
  });

  it("holds a poll open until something happens, and ends the older of two", async () => {
    await fetchAll();
    const polls = [call("getUpdates", { timeout: 50 }), call("getUpdates", { timeout: 50 })];
    const ended = await Promise.race(polls);
    assert.equal(ended.error_code, 409);
    assert.match(ended.description, /^Conflict: terminated by other getUpdates request/);
    await say("wake up");
    const told = (await Promise.all(polls)).find((answer) => answer.ok);
    assert.equal(told.result[0].message.text, "wake up");
    assert.equal((await call("getUpdates")).result.length, 1, "unconfirmed: told again");
    await say("two");
    const last = await call("getUpdates", { offset: -1 });
    assert.deepEqual(
      last.result.map((update: Loose) => update.message.text),
      ["two"],
    );
    await fetchAll();
  });

  it("posts to a webhook with its secret, does what the answer asks, and refuses to be polled meanwhile", async () => {
    const inbox = await new Inbox().open();
    const set = await call("setWebhook", { url: inbox.url, secret_token: "s3cret" });
    assert.equal(set.description, "Webhook was set");
    assert.match(
      (await call("getUpdates")).description,
      /can't use getUpdates method while webhook is active/,
    );
    inbox.answers = [
      { status: 500 },
      { status: 200, body: JSON.stringify({ method: "sendMessage", chat_id: chat, text: "echo" }) },
    ];
    await say("hello");
    const posts = await inbox.first(2);
    assert.equal(posts[0]?.headers["x-telegram-bot-api-secret-token"], "s3cret");
    assert.equal(posts[0]?.body.update_id, posts[1]?.body.update_id);
    await say("and again");
    await inbox.first(3);
    assert.ok((await rig.screen(ana)).some((message: Loose) => message.text === "echo"));
    assert.equal((await call("setWebhook", { url: inbox.url })).parameters?.retry_after, 1);
    assert.equal((await call("deleteWebhook")).description, "Webhook was deleted");
    await inbox.close();
  });

  it("lets twenty messages into a chat at once, then one a second", async () => {
    now += 60_000;
    for (let count = 0; count < 20; count++) assert.equal((await send({ text: "x" })).ok, true);
    const refused = await rig.call("POST", `/bot${bot.token}/sendMessage`, { chat_id: chat, text: "x" });
    assert.deepEqual([refused.status, refused.body.parameters], [429, { retry_after: 1 }]);
    now += 1000;
    assert.equal((await send({ text: "x" })).ok, true);
  });
});
