import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Outcome } from "../../core/platform.ts";
import { telegram } from "./index.ts";
import { interpret } from "./interpret.ts";

const answer = (status: number, body: unknown, headers = {}) => ({
  status,
  headers,
  body: JSON.stringify(body),
});
const refusal = (code: number, description: string, parameters?: object) =>
  answer(code, { ok: false, error_code: code, description, parameters });
const chat = { id: 5, type: "private" };

test("gives the ids of an accepted message, and of its poll", () => {
  const ids = (result: unknown) => interpret(answer(200, { ok: true, result }));
  const accepted = (...platformIds: string[]) => ({ kind: "accepted", platformIds });
  assert.deepEqual(ids({ message_id: 18, chat }), accepted("5:18"));
  assert.deepEqual(ids({ message_id: 18, chat, poll: { id: "5447" } }), accepted("5:18", "poll:5447"));
  assert.deepEqual(
    ids([
      { message_id: 1, chat },
      { message_id: 2, chat },
    ]),
    accepted("5:1", "5:2"),
  );
  assert.deepEqual(ids(true), accepted());
  assert.deepEqual(ids({ id: "5447", question: "?" }), accepted());
});

test("waits as long as Telegram says, wherever it says so", () => {
  const wait = (response: Parameters<typeof interpret>[0]) => {
    const outcome = interpret(response);
    return outcome.kind === "retry" ? outcome.afterSeconds : outcome.kind;
  };
  assert.equal(wait(refusal(429, "Too Many Requests: retry after 7", { retry_after: 7 })), 7);
  assert.equal(wait(refusal(400, 'Bad Request: … message #1 … "Too Many Requests: retry after 8"')), 8);
  assert.equal(
    wait(answer(429, { ok: false, error_code: 429, description: "Slow" }, { "retry-after": "9" })),
    9,
  );
  for (const nothing of [null, [], {}, true, "", "soon", -1, 1e308]) {
    assert.equal(
      wait(refusal(429, "Too Many Requests", { retry_after: nothing })),
      undefined,
      String(nothing),
    );
  }
  assert.equal(wait({ status: 429, headers: { "retry-after": "4" }, body: "<html>" }), 4);
  assert.equal(wait(refusal(429, "Too Many Requests")), undefined);
});

const kinds: [status: number, description: string, kind: string][] = [
  [400, "Bad Request: message is not modified: same", "accepted"],
  [400, "Bad Request: query is too old and response timeout expired or query ID is invalid", "accepted"],
  [400, "Bad Request: poll has already been closed", "accepted"],
  [400, "Bad Request: BUTTON_DATA_INVALID", "rejected"],
  [403, "Forbidden: bot was blocked by the user", "rejected"],
  [404, "Not Found", "rejected"],
  [500, "Internal Server Error", "retry"],
  [502, "Bad Gateway", "retry"],
];
for (const [status, description, kind] of kinds) {
  test(`takes ${status} “${description}” for ${kind}`, () => {
    assert.equal(interpret(refusal(status, description)).kind, kind);
  });
}

test("a token that Telegram no longer knows holds the whole channel until it has another", () => {
  const { problem, ...outcome } = interpret(refusal(401, "Unauthorized")) as Extract<
    Outcome,
    { kind: "retry" }
  >;
  assert.deepEqual(outcome, { kind: "retry", scope: "channel", until: "new_credentials" });
  assert.match(problem.hint ?? "", /bot_token anew/);
});

const unfetched: [description: string, is: boolean][] = [
  ["Bad Request: wrong HTTP URL specified", true],
  ["Bad Request: wrong file identifier/HTTP URL specified", true],
  ["Bad Request: failed to get HTTP URL content", true],
  ["Bad Request: wrong type of the web page content", true],
  ["Bad Request: WEBPAGE_CURL_FAILED", true],
  ["Bad Request: WEBPAGE_MEDIA_EMPTY", true],
  ["Bad Request: IMAGE_PROCESS_FAILED", false],
  ["Bad Request: message caption is too long", false],
  ["Bad Request: inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL", false],
  ["Bad Request: chat not found", false],
];
for (const [description, is] of unfetched) {
  test(`takes “${description}” ${is ? "" : "not "}for a link that Telegram could not fetch`, () => {
    const outcome = interpret(refusal(400, description));
    assert.ok(outcome.kind === "rejected");
    assert.equal(outcome.isUnfetched, is ? true : undefined);
  });
}

test("names the group that a group has become", () => {
  const text = "Bad Request: group chat was upgraded to a supergroup chat";
  const outcome = interpret(refusal(400, text, { migrate_to_chat_id: -1001 }));
  assert.ok(outcome.kind === "rejected" && outcome.problem.hint?.includes("-1001"));
});

test("does not know what a server error without Telegram's answer has done", () => {
  const kind = (status: number, body: string) => interpret({ status, headers: {}, body }).kind;
  assert.deepEqual(
    [kind(502, "<html>"), kind(500, ""), kind(200, "oops"), kind(200, "{}"), kind(413, ""), kind(301, "")],
    ["unknown", "unknown", "unknown", "unknown", "rejected", "rejected"],
  );
});

test("reads any answer without throwing", () => {
  const body = fc.oneof(fc.string(), fc.json());
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), body, (status, body) => {
      const response = { status, headers: {}, body };
      interpret(response);
      telegram.poll.read(response);
      telegram.identify.read(response, {});
      telegram.media.download(response);
    }),
  );
});

test("a refusal without a word says at least its number", () => {
  const outcome = interpret(refusal(400, ""));
  assert.ok(outcome.kind === "rejected");
  assert.equal(outcome.problem.message, "Telegram answered 400.");
});
