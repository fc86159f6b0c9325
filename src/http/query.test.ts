import assert from "node:assert/strict";
import { test } from "node:test";
import { GatewayError } from "../core/problem.ts";
import { pageJson, readCount, readName, readPage, readQuery, readText, readTime } from "./query.ts";

function refusal(read: () => unknown): GatewayError {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error));
    return error;
  }
  assert.fail("it was taken");
}

test("a parameter that a route does not know is refused, so that a typo filters nothing", () => {
  assert.deepEqual(readQuery({ cursor: "a" }, ["cursor", "limit"]), { cursor: "a" });
  const { code, errors } = refusal(() => readQuery({ cursr: "a", __proto__x: "b" }, ["cursor", "limit"]));
  assert.equal(code, "invalid_request");
  assert.deepEqual(
    errors.map(({ pointer, rule }) => [pointer, rule]),
    [
      ["?cursr", "unknown_parameter"],
      ["?__proto__x", "unknown_parameter"],
    ],
  );
  assert.match(errors[0]?.hint ?? "", /cursor, limit/);
});

test("a parameter given twice is refused", () => {
  const { errors } = refusal(() => readQuery({ limit: ["1", "2"] }, ["limit"]));
  assert.deepEqual(
    errors.map(({ pointer, rule }) => [pointer, rule]),
    [["?limit", "repeated_parameter"]],
  );
});

test("a limit is a whole number from 1 to 200, 50 where none is given", () => {
  assert.deepEqual(readPage({}), { limit: 50, after: undefined });
  assert.deepEqual(readPage({ limit: "1", cursor: "x" }), { limit: 1, after: "x" });
  assert.equal(readCount("limit", "200", 50), 200);
  for (const value of ["0", "201", "-1", "1.5", "", "ten", "1e9", "Infinity"])
    assert.equal(refusal(() => readCount("limit", value, 50)).errors[0]?.rule, "out_of_range", value);
});

test("a page says where the next one starts, and null at the end", () => {
  const present = (row: number) => row * 2;
  assert.deepEqual(pageJson({ rows: [1, 2], next: "c" }, present), { data: [2, 4], next_cursor: "c" });
  assert.deepEqual(pageJson({ rows: [], next: null }, present), { data: [], next_cursor: null });
});

test("a time of a filter is RFC 3339, and a text says something", () => {
  assert.equal(readTime("since", "2027-01-31T12:00:00+02:00"), Date.UTC(2027, 0, 31, 10));
  assert.equal(readTime("since", undefined), undefined);
  for (const time of ["yesterday", "2027-01-31", "2027-01-31T12:00:00 02:00", "2027-02-30T12:00:00Z"])
    assert.equal(refusal(() => readTime("since", time)).errors[0]?.pointer, "?since", time);
  assert.equal(readText("text", "  two words "), "two words");
  for (const text of ["", "  ", "x".repeat(201)])
    assert.equal(refusal(() => readText("text", text)).errors[0]?.rule, "length");
  assert.equal(readName("type", "list_reply"), "list_reply");
  assert.equal(refusal(() => readName("type", "List reply")).errors[0]?.rule, "pattern");
});
