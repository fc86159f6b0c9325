import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientRequest, get, type IncomingMessage } from "node:http";
import { after, before, test } from "node:test";
import { createParser } from "eventsource-parser";
import { Inbox, type Loose, Rig } from "./rig.ts";

let rig: Rig;
let inbox: Inbox;
let watching: Watcher;

/** Reads the journal as a browser would. */
class Watcher {
  readonly entries: Loose[] = [];
  #request: ClientRequest | undefined;
  #waiting: (() => void)[] = [];

  /** On a connection of its own, which no restart can spoil. */
  async open(url: string, lastId?: string, recent = 0): Promise<this> {
    const headers = lastId === undefined ? {} : { "last-event-id": lastId };
    const asked = get(`${url}/simulator/log/stream?recent=${recent}`, { agent: false, headers });
    this.#request = asked;
    asked.on("error", () => {});
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    void this.#read(answer.setEncoding("utf8")).catch(() => {});
    return this;
  }
  close(): void {
    this.#request?.destroy();
  }
  /** Resolves with the first entry that fits. */
  async first(fits: (entry: Loose) => boolean): Promise<Loose> {
    for (;;) {
      const found = this.entries.find(fits);
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
  async #read(body: AsyncIterable<string>): Promise<void> {
    const parser = createParser({
      onEvent: ({ id, data }) => {
        const entry = JSON.parse(data);
        assert.equal(entry.id, id);
        this.entries.push(entry);
        for (const wake of this.#waiting.splice(0)) wake();
      },
    });
    for await (const chunk of body) parser.feed(chunk);
  }
}

const token = async (platform: string) => (await rig.account(platform)).token;

/** Has a bot's updates posted to the inbox. */
async function subscribe(): Promise<void> {
  const wish = { url: inbox.url, secret_token: "hush" };
  const { body } = await rig.call("POST", `/bot${await token("telegram")}/setWebhook`, wish);
  assert.equal(body.ok, true);
}
const send = async (person: { address: string }, text: string) =>
  rig.call("POST", `/bot${await token("telegram")}/sendMessage`, { chat_id: person.address, text });

before(async () => {
  rig = await new Rig().start();
  inbox = await new Inbox().open();
  watching = await new Watcher().open(rig.url);
});
after(async () => {
  watching.close();
  await rig.remove();
  await inbox.close();
});

test("an act is told with the webhook that it causes, and a call with its answer", async () => {
  await subscribe();
  const [ana] = await rig.people("telegram");
  await rig.act(ana, { act: "say", text: "Good morning" });
  const act = await watching.first(({ kind, person }) => kind === "act" && person === ana.id);
  assert.deepEqual(act.act, { act: "say", text: "Good morning" });
  const webhook = await watching.first(({ kind }) => kind === "webhook");
  assert.deepEqual(webhook.causes, [act.act_id]);
  assert.equal(webhook.status, 200);
  assert.equal(webhook.body.message.text, "Good morning");
  assert.ok(webhook.headers.includes("x-telegram-bot-api-secret-token"));
  assert.ok(!JSON.stringify(webhook).includes("hush"), "a header's value is not shown");

  await send(ana, "Good morning to you");
  const call = await watching.first(({ kind, is_send }) => kind === "call" && is_send);
  assert.deepEqual([call.person, call.status, call.accepted], [ana.id, 200, true]);
  assert.equal(call.body.text, "Good morning to you");
  assert.equal(call.answer.result.text, "Good morning to you");
  assert.ok(!call.path.includes(await token("telegram")), "nor is a token");
  const order = watching.entries.filter((entry) => [act.id, webhook.id, call.id].includes(entry.id));
  assert.deepEqual(order, [act, webhook, call]);
});

test("statuses name the call that they come from, and a fault that struck is named", async () => {
  const number = await rig.account("whatsapp");
  const app = `${number.app_id}|${number.app_secret}`;
  const wish = { object: "whatsapp_business_account", callback_url: inbox.url, verify_token: "verify-me" };
  await rig.call("POST", `/v25.0/${number.app_id}/subscriptions`, { ...wish, fields: "messages" }, app);
  await rig.call("POST", `/v25.0/${number.waba_id}/subscribed_apps`, undefined, number.token);
  const [ana] = await rig.people("whatsapp");
  await rig.act(ana, { act: "say", text: "Hello" });
  const say = (body: string) =>
    rig.call(
      "POST",
      `/v25.0/${number.id}/messages`,
      { messaging_product: "whatsapp", to: ana.address, type: "text", text: { body } },
      number.token,
    );
  await say("first");
  const call = await watching.first(({ body }) => body?.text?.body === "first");
  const status = await watching.first(({ body }) => body?.entry?.[0].changes[0].value.statuses);
  assert.deepEqual(status.causes, [call.call]);

  await rig.call("POST", "/simulator/faults", { kind: "rate_limit", platform: "whatsapp", count: 1 });
  await say("refused");
  const refused = await watching.first(({ body }) => body?.text?.body === "refused");
  assert.deepEqual([refused.fault, refused.accepted, refused.status], ["rate_limit", false, 400]);

  await rig.call("POST", "/simulator/faults", { kind: "lost_reports", platform: "whatsapp" });
  await say("never told of");
  const lost = await watching.first(({ fault }) => fault === "lost_reports");
  const sent = await watching.first(({ body }) => body?.text?.body === "never told of");
  assert.deepEqual([lost.kind, lost.causes], ["withheld", [sent.call]]);

  await rig.call("DELETE", "/simulator/faults");
  await rig.call("POST", "/simulator/faults", { kind: "batch_webhooks", platform: "whatsapp", count: 1 });
  const acts: string[] = [];
  for (const text of ["one", "two"]) {
    await rig.act(ana, { act: "say", text });
    acts.push((await watching.first(({ act }) => act?.text === text)).act_id);
  }
  const batch = await watching.first(({ kind, fault }) => kind === "webhook" && fault === "batch_webhooks");
  assert.deepEqual(batch.causes, acts, "one POST comes from both");
});

test("a poll that brings updates names the acts that they come from; one that brings none is not told", async () => {
  await rig.call("POST", `/bot${await token("telegram")}/deleteWebhook`);
  const [, ben] = await rig.people("telegram");
  const poll = async (offset: number) =>
    rig.call("POST", `/bot${await token("telegram")}/getUpdates`, { offset, timeout: 0 });
  await poll(0);
  await rig.act(ben, { act: "say", text: "Anybody there?" });
  const { body } = await poll(0);
  const act = await watching.first(({ person }) => person === ben.id);
  const brought = await watching.first(({ path }) => path?.endsWith("/getUpdates"));
  assert.deepEqual(brought.causes, [act.act_id]);
  assert.deepEqual(brought.answer, body);
  await poll(body.result[0].update_id + 1);
});

test("a reader goes on where it was; after a restart it gets all of the new run", async () => {
  const known = watching.entries.at(-2);
  const again = await new Watcher().open(rig.url, known.id);
  assert.deepEqual(await again.first(() => true), watching.entries.at(-1));
  again.close();
  const late = await new Watcher().open(rig.url, undefined, 2);
  assert.equal((await late.first(() => true)).id, known.id);
  late.close();

  await rig.restart();
  const [ana] = await rig.people("messenger");
  await rig.act(ana, { act: "say", text: "after" });
  const fresh = await new Watcher().open(rig.url, known.id);
  const first = await fresh.first(() => true);
  fresh.close();
  assert.equal(first.act.text, "after");
  const before = watching.entries.filter(({ kind }) => kind === "act").map(({ act_id }) => act_id);
  assert.ok(!before.includes(first.act_id), "no id is given twice");
});
