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
