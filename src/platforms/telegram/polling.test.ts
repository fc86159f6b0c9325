import assert from "node:assert/strict";
import { test } from "node:test";
import { telegram } from "./index.ts";

const answer = (status: number, body: unknown) => ({ status, headers: {}, body: JSON.stringify(body) });
const refusal = (code: number, parameters?: object) =>
  answer(code, { ok: false, error_code: code, description: "No", parameters });
const allowed = [
  "message",
  "edited_message",
  "callback_query",
  "poll_answer",
  "my_chat_member",
  "message_reaction",
];

test("asks for every kind of update that is read, by webhook and by polling", () => {
  const [set] = telegram.webhook.point(
    { url: "https://gw.example/webhooks/telegram/1", secret: "s3cret" },
    {},
  );
  assert.deepEqual(
    [set?.path, set?.body?.url, set?.body?.secret_token, set?.body?.allowed_updates],
    ["/bot/setWebhook", "https://gw.example/webhooks/telegram/1", "s3cret", allowed],
  );
  const get = telegram.poll.call(7, 50);
  assert.deepEqual(get.body, { offset: 7, timeout: 50, limit: 100, allowed_updates: allowed });
  assert.deepEqual(telegram.poll.prepare()[0]?.body, { drop_pending_updates: false });
});

test("hands every update on in order and moves behind the last", () => {
  const updates = [
    { update_id: 10, message: {} },
    { update_id: 11, poll: {} },
  ];
  const read = telegram.poll.read(answer(200, { ok: true, result: updates }));
  assert.ok("payloads" in read);
  assert.deepEqual(
    read.payloads.map(({ body }) => JSON.parse(body)),
    updates,
  );
  assert.equal(read.cursor, 12);
  assert.deepEqual(telegram.poll.read(answer(200, { ok: true, result: [] })), { payloads: [], cursor: null });
});

test("gives up on a token that Telegram does not know, and on nothing else", () => {
  const read = (response: ReturnType<typeof answer>) => {
    const result = telegram.poll.read(response);
    return "problem" in result ? [result.fatal, result.afterSeconds] : "payloads";
  };
  assert.deepEqual(read(refusal(401)), [true, undefined]);
  assert.deepEqual(read(refusal(404)), [true, undefined]);
  assert.deepEqual(read(refusal(409)), [false, 3]);
  assert.deepEqual(read(refusal(429, { retry_after: 9 })), [false, 9]);
  assert.deepEqual(read(refusal(500)), [false, 3]);
  assert.deepEqual(read(answer(502, "oops")), [false, 3]);
});

test("tells another poller and another webhook apart from other conflicts", () => {
  const rival = (description: string) => {
    const result = telegram.poll.read(answer(409, { ok: false, error_code: 409, description }));
    return "problem" in result ? result.rival : "payloads";
  };
  const other = "terminated by other getUpdates request; make sure that only one bot instance is running";
  assert.equal(rival(`Conflict: ${other}`), "poller");
  assert.equal(rival("Conflict: can't use getUpdates method while webhook is active"), "webhook");
  assert.equal(rival("Conflict: terminated by setWebhook request"), "webhook");
  assert.equal(rival("Conflict: something new"), undefined);
});

test("names the bot that a token belongs to", () => {
  const bot = { id: 1, is_bot: true, first_name: "Shop", username: "shop_bot" };
  assert.deepEqual(telegram.identify.read(answer(200, { ok: true, result: bot }), {}), {
    name: "Shop",
    handle: "@shop_bot",
  });
  assert.ok("problem" in telegram.identify.read(refusal(401), {}));
});

test("downloads a file by the path that Telegram gives, and never outside the bot's folder", () => {
  const download = (path?: string) =>
    telegram.media.download(answer(200, { ok: true, result: { file_path: path } }));
  const found = download("photos/my file#1.jpg");
  assert.ok("call" in found);
  assert.equal(found.call.path, "/file/bot/photos/my%20file%231.jpg");
  for (const path of [undefined, "/var/lib/bot/a.jpg", "../../botX/getMe", "a/..\\b"])
    assert.ok("problem" in download(path), String(path));
});

test("an update that nests without end is kept by its number, and stops nobody behind it", () => {
  const endless = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  const body = `{"ok":true,"result":[{"update_id":7,"message":${endless}},{"update_id":8,"poll":{}}]}`;
  const answer = telegram.poll!.read({ status: 200, headers: {}, body });
  assert.ok("payloads" in answer);
  assert.equal(answer.cursor, 9);
  assert.deepEqual(
    answer.payloads.map((payload) => JSON.parse(payload.body).update_id),
    [7, 8],
  );
  const [deep] = answer.payloads.map((payload) => telegram.parse(JSON.parse(payload.body)));
  assert.deepEqual([deep?.events.length, deep?.unknown.length], [0, 1]);
});
