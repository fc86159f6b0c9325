import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Faults } from "./faults.ts";
import { Inbox, type Loose, Rig } from "./rig.ts";

const rig = new Rig();
let inbox: Inbox;
let account: Loose;
let ana: Loose;
let ben: Loose;

const text = { type: "text", text: { body: "hi" } };
const path = () => `/v25.0/${account.id}/messages`;
const body = () => ({ messaging_product: "whatsapp", to: ana.address, ...text });
const send = () => rig.call("POST", path(), body(), account.token);
const order = (fault: object) => rig.call("POST", "/simulator/faults", fault);
const texts = (posts: { body: Loose }[]): string[] =>
  posts.flatMap(({ body }) =>
    body.entry.flatMap((entry: Loose) =>
      entry.changes.flatMap(({ value }: Loose) => (value.messages ?? []).map((one: Loose) => one.text.body)),
    ),
  );
const businessTexts = async () =>
  (await rig.screen(ana)).filter((message: Loose) => message.from === "business").length;
const lastCall = async () => (await rig.call("GET", "/simulator/calls?limit=1000")).body.data.at(-1);
/** The texts that arrive after `deed`, once there are `count`. */
async function heard(
  count: number,
  deed: () => Promise<unknown>,
): Promise<{ words: string[]; posts: number }> {
  const from = inbox.posts.length;
  await deed();
  for (let posts = from; ; posts++) {
    const words = texts(inbox.posts.slice(from));
    if (words.length >= count) return { words, posts: inbox.posts.length - from };
    await inbox.first(posts + 1);
  }
}

before(async () => {
  await rig.start();
  inbox = await new Inbox().open();
  account = await rig.account("whatsapp");
  [ana, ben] = await rig.people("whatsapp");
  await rig.call("POST", `/v25.0/${account.waba_id}/subscribed_apps`, {}, account.token);
  const configuration = { override_callback_uri: inbox.url, verify_token: "verify-me" };
  await rig.call("POST", `/v25.0/${account.id}`, { webhook_configuration: configuration }, account.token);
  await heard(1, () => rig.act(ana, { act: "say", text: "hello" }));
});
after(async () => {
  await inbox.close();
  await rig.remove();
});

describe("the simulator's faults", () => {
  it("refuses with the platform's own errors and accepts nothing", async () => {
    await order({ kind: "server_error", platform: "whatsapp", count: 1 });
    await order({ kind: "rate_limit", platform: "whatsapp", count: 1, retry_after: 3 });
    const before = await businessTexts();
    const broken = await send();
    assert.deepEqual([broken.status, broken.body.error.code], [500, 131000]);
    const limited = await send();
    assert.deepEqual([limited.status, limited.body.error.code], [400, 130429]);
    assert.equal(await businessTexts(), before);
    const refused = await lastCall();
    assert.deepEqual([refused.accepted, refused.person], [false, ana.id]);
    assert.equal((await send()).status, 200);
    assert.deepEqual((await rig.call("GET", "/simulator/faults")).body, { data: [] });
  });

  it("accepts and then resets the connection, or never answers", async () => {
    const request = (signal?: AbortSignal) =>
      fetch(rig.url + path(), {
        method: "POST",
        headers: { authorization: `Bearer ${account.token}`, "content-type": "application/json" },
        body: JSON.stringify(body()),
        ...(signal ? { signal } : {}),
      });
    const before = await businessTexts();
    await order({ kind: "drop_answer", count: 1 });
    await assert.rejects(request());
    const dropped = await lastCall();
    assert.deepEqual([dropped.accepted, dropped.status, dropped.answer], [true, null, null]);
    await order({ kind: "silence", count: 1 });
    const patience = new AbortController();
    const silent = request(patience.signal);
    while ((await businessTexts()) < before + 2) await new Promise(setImmediate);
    patience.abort();
    await assert.rejects(silent, { name: "AbortError" });
    assert.equal((await send()).status, 200);
    assert.equal(await businessTexts(), before + 3);
  });

  it("posts a webhook several times", async () => {
    await order({ kind: "duplicate_webhooks", times: 3, count: 1 });
    const { words } = await heard(4, async () => {
      await rig.act(ana, { act: "say", text: "twice" });
      await rig.act(ana, { act: "say", text: "once" });
    });
    assert.deepEqual(words, ["twice", "twice", "twice", "once"]);
  });

  it("turns the order of webhooks round", async () => {
    await order({ kind: "reorder_webhooks", size: 3, count: 1 });
    const { words } = await heard(3, async () => {
      for (const word of ["a", "b", "c"]) await rig.act(ana, { act: "say", text: word });
    });
    assert.deepEqual(words, ["c", "b", "a"]);
  });

  it("puts the acts of several people into one POST over two entries", async () => {
    await order({ kind: "batch_webhooks", size: 4, count: 1 });
    const { words, posts } = await heard(4, async () => {
      for (const word of ["a", "b"]) await rig.act(ana, { act: "say", text: word });
      for (const word of ["c", "d"]) await rig.act(ben, { act: "say", text: word });
    });
    assert.deepEqual([words, posts], [["a", "b", "c", "d"], 1]);
    assert.equal(inbox.posts.at(-1)?.body.entry.length, 2);
  });

  it("holds back only what acts cause, and lets it go when the faults are lifted", async () => {
    await order({ kind: "batch_webhooks", size: 9 });
    await rig.act(ana, { act: "say", text: "waiting" });
    const from = inbox.posts.length;
    await send();
    await inbox.first(from + 2);
    assert.deepEqual(texts(inbox.posts.slice(from)), []);
    const { words } = await heard(1, () => rig.call("DELETE", "/simulator/faults"));
    assert.deepEqual(words, ["waiting"]);
  });

  it("lets what a fault holds back go when it starts again", async () => {
    await order({ kind: "reorder_webhooks", size: 9 });
    await rig.act(ana, { act: "say", text: "kept" });
    const { words } = await heard(1, () => rig.restart());
    assert.deepEqual(words, ["kept"]);
  });

  it("strikes by the same chance whenever the seed is the same", () => {
    const pattern = (seed: number) => {
      const faults = new Faults();
      faults.add({ kind: "silence", rate: 0.3, seed });
      return Array.from({ length: 200 }, () => (faults.strike("telegram", ["silence"]) ? "x" : ".")).join("");
    };
    assert.equal(pattern(7), pattern(7));
    assert.notEqual(pattern(7), pattern(8));
    const struck = pattern(7).split("x").length - 1;
    assert.ok(struck > 30 && struck < 90, `${struck} of 200`);
  });

  it("says what is wrong with an order", async () => {
    const sentences: [object, RegExp][] = [
      [{ kind: "gremlins" }, /"kind" must be one of rate_limit/],
      [{ kind: "silence", size: 3 }, /"size" is no field of silence/],
      [{ kind: "silence", rate: 2 }, /"rate" must be a number from 0 to 1/],
      [{ kind: "batch_webhooks", size: 1 }, /"size" must be a whole number from 2/],
      [{ kind: "silence", platform: "icq" }, /"platform" must be one of whatsapp, telegram/],
    ];
    for (const [fault, sentence] of sentences) {
      const refused = await order(fault);
      assert.equal(refused.status, 422);
      assert.match(refused.body.detail, sentence);
    }
  });
});
