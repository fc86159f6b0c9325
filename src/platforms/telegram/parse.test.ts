import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { allowedUpdates, parse } from "./parse.ts";

test("reads anything at all without throwing", () => {
  fc.assert(fc.property(fc.oneof(fc.anything(), fc.jsonValue()), (payload) => void parse(payload)));
});

test("reads updates of any inner shape without throwing, and makes at most one event of each", () => {
  const keys = [
    "from",
    "chat",
    "date",
    "message",
    "text",
    "photo",
    "location",
    "venue",
    "data",
    "id",
    "user",
    "type",
  ];
  const ids = [
    "poll_id",
    "option_ids",
    "message_id",
    "new_reaction",
    "reply_to_message",
    "file_id",
    "document",
  ];
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<unknown>(null, true, 0, 5, -100, 1.5, "", "private", "5", "v1:t:0", "__proto__"),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys, ...ids), tie("value"), { maxKeys: 8 }),
    ),
  }));
  const update = fc.dictionary(fc.constantFrom(...allowedUpdates, "poll", "new_kind"), value, { maxKeys: 3 });
  fc.assert(
    fc.property(update, (parts) => {
      const { events, unknown } = parse({ update_id: 7, ...parts });
      assert.ok(events.length <= 1);
      assert.ok(events.every(({ dedupeKey }) => dedupeKey === "u:7"));
      assert.ok(unknown.every(({ path }) => path === "" || path.slice(1) in parts));
    }),
    { numRuns: 500 },
  );
});

test("a time outside 2000 to 2100 is no time, and the update is read all the same", () => {
  const chat = { id: 5, type: "private" };
  for (const date of [1e300, 9_007_199_254_740_991, 0, -1, 1e12, null, "soon", {}]) {
    const message = { message_id: 1, date, edit_date: date, chat, from: { id: 5 }, text: "Hi" };
    const membership = { date, chat, from: { id: 5 }, new_chat_member: { status: "kicked" } };
    const reaction = { date, chat, user: { id: 5 }, message_id: 1, new_reaction: [] };
    const parts = {
      message,
      edited_message: message,
      my_chat_member: membership,
      message_reaction: reaction,
    };
    for (const [name, part] of Object.entries(parts)) {
      const [event] = parse({ update_id: 1, [name]: part }).events;
      assert.ok(event, name);
      assert.equal(event.at, undefined, `${name} at ${date}`);
    }
  }
});

test("an edit without a time of its own has the message's", () => {
  const message = {
    message_id: 1,
    date: 1_750_030_073,
    chat: { id: 5, type: "private" },
    from: { id: 5 },
    text: "Hi",
  };
  assert.equal(parse({ update_id: 1, edited_message: message }).events[0]?.at, 1_750_030_073_000);
});

test("an update that nests without end is unknown, or read without what is too deep", () => {
  const deep = JSON.parse(`${'{"a":['.repeat(100_000)}${"]}".repeat(100_000)}`);
  const lists = JSON.parse(`${"[".repeat(200_000)}${"]".repeat(200_000)}`);
  const origin = { message_id: 1, chat: { id: 5, type: "private" }, from: { id: 5 } };
  for (const value of [deep, lists]) {
    for (const name of [...allowedUpdates, "new_kind"])
      assert.deepEqual(parse({ update_id: 1, [name]: value }).events, []);
    for (const key of ["photo", "document", "venue", "location", "contact"]) {
      assert.deepEqual(parse({ update_id: 1, message: { ...origin, [key]: value } }).events, []);
    }
    const tap = {
      id: "1",
      from: { id: 5 },
      data: "x",
      message: { reply_markup: { inline_keyboard: value } },
    };
    const { events } = parse({ update_id: 1, callback_query: tap });
    assert.ok(JSON.stringify(events).length < 1000);
  }
});
