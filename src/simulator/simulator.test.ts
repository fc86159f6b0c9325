import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, it } from "node:test";
import { Inbox, type Loose, Rig } from "./rig.ts";
import { startSimulator } from "./simulator.ts";

const rig = new Rig();
let bot: Loose;
let person: Loose;

before(async () => {
  await rig.start();
  bot = await rig.account("telegram");
  [person] = await rig.people("telegram");
});
after(() => rig.remove());

const call = async (method: string, body: object = {}) =>
  (await rig.call("POST", `/bot${bot.token}/${method}`, body)).body;

describe("the simulator", () => {
  it("begins with the same accounts and people in every new folder", async () => {
    const other = await new Rig().start();
    assert.deepEqual(
      await other.call("GET", "/simulator/accounts"),
      await rig.call("GET", "/simulator/accounts"),
    );
    const people = await rig.call("GET", "/simulator/people");
    assert.deepEqual(await other.call("GET", "/simulator/people"), people);
    assert.equal(people.body.data.length, 8);
    for (const one of people.body.data) {
      assert.match(one.id, /^[A-Za-z0-9_.:-]+$/);
      assert.match(one.address, one.platform === "whatsapp" ? /^\+1555\d{7}$/ : /^\d+$/);
    }
    await other.remove();
  });

  it("tells of each message on a screen when it came to be", async () => {
    const other = await new Rig().start();
    const [ana] = await other.people("telegram");
    const before = Date.now();
    await other.act(ana, { act: "say", text: "what time is it?" });
    const { body } = await other.call("GET", `/simulator/people/${ana.id}/screen`);
    const at = Date.parse(body.messages.at(-1).at);
    assert.ok(at >= before && at <= Date.now(), `${at}`);
    await other.remove();
  });

  it("keeps accounts, people, screens, registrations and waiting updates when it starts again", async () => {
    await rig.act(person, { act: "say", text: "hello" });
    await call("sendMessage", { chat_id: person.address, text: "hi" });
    const made = (await rig.call("POST", "/simulator/people", { platform: "telegram", name: "Cy" })).body;
    const before = await rig.screen(person);
    await rig.restart();
    assert.deepEqual(await rig.screen(person), before);
    assert.ok((await rig.people("telegram")).some((one: Loose) => one.id === made.id));
    const { result } = await call("getUpdates");
    assert.equal(result[0].message.text, "hello");
    const inbox = await new Inbox().open();
    await call("setWebhook", { url: inbox.url });
    await rig.restart();
    assert.equal((await call("getWebhookInfo")).result.url, inbox.url);
    await inbox.first(1);
    await call("deleteWebhook");
    await inbox.close();
  });

  it("never mints an id twice, not even after starting again", async () => {
    const whatsapp = await rig.account("whatsapp");
    const [ana] = await rig.people("whatsapp");
    const ids = new Set<string>();
    for (let round = 0; round < 3; round++) {
      await rig.act(person, { act: "say", text: "x" });
      await rig.act(ana, { act: "say", text: "x" });
      const { result } = await call("getUpdates", { offset: -1 });
      const poll = await call("sendPoll", { chat_id: person.address, question: "q", options: ["a"] });
      const sent = await rig.call(
        "POST",
        `/v25.0/${whatsapp.id}/messages`,
        { messaging_product: "whatsapp", to: ana.address, type: "text", text: { body: "x" } },
        whatsapp.token,
      );
      ids.add(`update ${result[0].update_id}`);
      ids.add(`message ${poll.result.message_id}`);
      ids.add(`poll ${poll.result.poll.id}`);
      ids.add(sent.body.messages[0].id);
      await rig.restart();
    }
    assert.equal(ids.size, 12);
  });

  it("logs every call in order, getUpdates too, without a token", async () => {
    await call("setWebhook", { url: "http://127.0.0.1:9/x", secret_token: "very-secret" });
    await call("deleteWebhook");
    await call("sendMessage", { chat_id: person.address, text: "logged" });
    await call("getUpdates");
    const all = (await rig.call("GET", "/simulator/calls?limit=1000")).body.data;
    const whole = JSON.stringify(all);
    assert.ok(!whole.includes(bot.token) && !whole.includes("very-secret"));
    assert.match(all.at(-1).path, /getUpdates$/);
    const last = all.at(-2);
    assert.deepEqual(
      [last.method, last.path, last.person, last.body.text, last.accepted, last.status],
      ["POST", `/bot${bot.id}:***/sendMessage`, person.id, "logged", true, 200],
    );
    const first = (await rig.call("GET", "/simulator/calls?limit=2")).body;
    assert.equal(first.next_cursor, String(first.data[1].id));
    const second = (await rig.call("GET", `/simulator/calls?limit=1000&cursor=${first.next_cursor}`)).body;
    assert.deepEqual([...first.data, ...second.data], all);
    assert.equal(second.next_cursor, null);
  });

  it("refuses a foreign host name", async () => {
    const status = await new Promise((resolve, reject) => {
      const asked = request(
        `${rig.url}/simulator/accounts`,
        { headers: { host: "evil.example" } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      asked.on("error", reject);
      asked.end();
    });
    assert.equal(status, 403);
  });

  it("says what is wrong with an act, a person or an address", async () => {
    const refused: [object, number, RegExp][] = [
      [{ act: "dance" }, 422, /"act" must be one of say, tap/],
      [{ act: "say" }, 422, /"say" needs "text"/],
      [{ act: "say", text: "x", loud: true }, 422, /"loud" is no field of say, which takes text/],
      [{ act: "tap", message: "1", button: 3 }, 422, /"button" must be a label/],
      [{ act: "share_location", latitude: 91, longitude: 0 }, 422, /"latitude" must be a number from -90/],
      [{ act: "send", image: {}, video: {} }, 422, /exactly one of/],
      [
        { act: "tap", message: "999", button: "x" },
        409,
        /There is no message "999" on the screen\. There is: message/,
      ],
      [
        { act: "tap", button: "Nope" },
        409,
        /No message on the screen is one to tap "Nope" on\. The newest are: /,
      ],
      [{ act: "submit", values: {} }, 409, /No message on the screen is one to submit\./],
      [{ act: "choose", message: "1", row: "x" }, 409, /Telegram has no lists/],
      [{ act: "submit", message: "1", values: {} }, 409, /Telegram has no forms/],
      [{ act: "vote", message: "1", option: "x" }, 409, /There is no poll/],
    ];
    for (const [act, status, sentence] of refused) {
      const answer = await rig.act(person, act);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.match(answer.body.detail, sentence);
    }
    assert.equal((await rig.act({ id: "nobody" }, { act: "read" })).status, 404);
    assert.equal((await rig.call("GET", "/simulator/nothing")).status, 404);
    assert.equal((await rig.call("GET", "/elsewhere")).status, 404);
    assert.equal((await rig.call("POST", "/simulator/people", { platform: "icq" })).status, 422);
  });

  it("refuses wishes of another kind for accounts and people", async () => {
    const refused: [string, object, RegExp][] = [
      ["/simulator/accounts", { platform: "telegram", name: 5 }, /"name" must be a text/],
      ["/simulator/accounts", { platform: "whatsapp", edits: "no" }, /"edits" must be true or false/],
      [
        "/simulator/accounts",
        { platform: "telegram", token: "mine" },
        /"token" is no field of a Telegram bot/,
      ],
      ["/simulator/people", { platform: "telegram", username: "bad name" }, /"username" must be 4 to 32/],
      [
        "/simulator/people",
        { platform: "whatsapp", username_only: 1 },
        /"username_only" must be true or false/,
      ],
    ];
    for (const [path, body, sentence] of refused) {
      const answer = await rig.call("POST", path, body);
      assert.equal(answer.status, 422, path);
      assert.match(answer.body.detail, sentence);
    }
  });

  it("lets no second simulator use its folder", async () => {
    const log = { info() {}, warn() {}, error() {} };
    await assert.rejects(startSimulator({ port: 0, dataDir: rig.dataDir, log }), /stop that one/);
  });

  it("tries a webhook again until it is taken, one at a time and in order", async () => {
    const inbox = await new Inbox().open();
    inbox.answers = [{ status: 500 }, { status: 200 }];
    const { id, token } = (await rig.call("POST", "/simulator/accounts", { platform: "telegram" })).body;
    const cy = (await rig.call("POST", "/simulator/people", { platform: "telegram", channel: id })).body;
    await rig.call("POST", `/bot${token}/setWebhook`, { url: inbox.url });
    await rig.act(cy, { act: "say", text: "one" });
    await rig.act(cy, { act: "say", text: "two" });
    const posts = await inbox.first(3);
    assert.deepEqual(
      posts.map((post) => post.body.message.text),
      ["one", "one", "two"],
    );
    const { result } = (await rig.call("GET", `/bot${token}/getWebhookInfo`)).body;
    assert.equal(result.last_error_message, "Wrong response from the webhook: 500");
    await inbox.close();
  });
});
