import assert from "node:assert/strict";
import { test } from "node:test";
import type { Chat, PlatformEvent } from "../../core/platform.ts";
import { acknowledge } from "./acknowledge.ts";
import { parse } from "./parse.ts";

const from = { id: 5, is_bot: false, first_name: "Ana" };
const only = (update: object): PlatformEvent => parse({ update_id: 1, ...update }).events[0]!;
const tap = only({ callback_query: { id: "42", from, data: "v1:t:0", chat_instance: "1" } });
const vote = (...ids: number[]) => only({ poll_answer: { poll_id: "9", user: from, option_ids: ids } });
const poll = { platformIds: ["5:18", "poll:9"], chat: "private" as Chat["type"] };

test("answers a tap with its title, cut to what a toast holds", () => {
  const text = (title?: string) => acknowledge(tap, { ...poll, title })[0]?.body;
  assert.deepEqual(text("Sales"), { callback_query_id: "42", text: "✓ Sales" });
  assert.equal([...String(text("👋".repeat(300))?.text)].length, 200);
  assert.deepEqual(text(), { callback_query_id: "42" });
  assert.deepEqual(acknowledge(tap, null)[0]?.path, "/bot/answerCallbackQuery");
});

test("closes the poll that a person in a private chat has voted in", () => {
  const [call] = acknowledge(vote(1), { ...poll, title: "A" });
  assert.deepEqual([call?.path, call?.body], ["/bot/stopPoll", { chat_id: 5, message_id: 18 }]);
});

test("leaves a poll open in a group, after a vote is taken back, and when nobody knows it", () => {
  assert.deepEqual(acknowledge(vote(1), { ...poll, chat: "group" }), []);
  assert.deepEqual(acknowledge(vote(), poll), []);
  assert.deepEqual(acknowledge(vote(1), null), []);
});
