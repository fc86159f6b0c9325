import assert from "node:assert/strict";
import { test } from "node:test";
import { newKeySchema } from "./keys.ts";
import { replaySchema } from "./replays.ts";

const isEnd = (text: string) =>
  newKeySchema.safeParse({ name: "x", scopes: ["read"], expires_at: text }).success;
const isSince = (text: string) => replaySchema.safeParse({ since: text }).success;

test("a time is read alike wherever one is given: RFC 3339 with its offset, of a day that there is", () => {
  for (const text of ["2027-01-31T12:00:00Z", "2028-02-29T23:59:59.123456+05:30"])
    assert.deepEqual([isEnd(text), isSince(text)], [true, true], text);
  for (const text of [
    "",
    "tomorrow",
    "2027-01-31",
    "2027-01-31T12:00:00",
    "2027-02-29T12:00:00Z",
    "2027-13-01T00:00:00Z",
  ])
    assert.deepEqual([isEnd(text), isSince(text)], [false, false], text);
});
