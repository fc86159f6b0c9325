import assert from "node:assert/strict";
import { test } from "node:test";
import { isWithin, sees } from "./caller.ts";
import { allOf, covers, type Scope, scopes } from "./scope.ts";

const comesTo: Record<Scope, Scope[]> = {
  send: ["send"],
  read: ["read"],
  manage: ["read", "manage"],
  admin: ["send", "read", "manage", "admin"],
};

test("each scope brings what its row says and nothing else", () => {
  for (const given of scopes) assert.deepEqual(allOf([given]), comesTo[given]);
  assert.deepEqual(allOf(["send", "manage"]), ["send", "read", "manage"]);
  assert.deepEqual(allOf([]), []);
  assert.equal(covers(["send", "read"], "manage"), false);
});

test("a caller with a list of channels sees those alone, and nothing that belongs to none", () => {
  const [all, one] = [{ channels: [] }, { channels: ["a"] }];
  assert.deepEqual([sees(all, "a"), sees(all, undefined)], [true, true]);
  assert.deepEqual([sees(one, "a"), sees(one, "b"), sees(one, undefined)], [true, false, false]);
});

test("a list of channels asks for no more than a caller sees only when it names them, and sees each", () => {
  const [all, two] = [{ channels: [] }, { channels: ["a", "b"] }];
  assert.deepEqual([isWithin([], all), isWithin(["x"], all)], [true, true]);
  assert.deepEqual([isWithin(["a"], two), isWithin(["a", "b"], two)], [true, true]);
  assert.deepEqual([isWithin([], two), isWithin(["a", "c"], two)], [false, false]);
});
