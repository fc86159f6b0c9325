import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, beforeEach, test } from "node:test";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

const platforms = ["whatsapp", "messenger", "instagram"] as const;
type Echoing = (typeof platforms)[number];

/** So that a test need not wait a minute: what the gateway would learn of platforms that tell at once. */
const holdMs = 1_000;
/** So much later that a machine which stops for seconds does not have it come before. */
const lateSeconds = 6;

let stack: Stack;
let endpoint: Endpoint;
const people = {} as Record<Echoing, Person>;

before(async () => {
  const first = await startStack();
  await first.stop();
  const db = new DatabaseSync(join(first.dataDir, "antiphon.db"));
  const set = db.prepare("INSERT INTO settings (key, value) VALUES (?, ?)");
  for (const platform of platforms) set.run(`echo_hold_ms ${platform}`, String(holdMs));
  db.close();
  stack = await startStack({ from: first });
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
  for (const platform of platforms) {
    people[platform] = (await stack.people(platform))[0]!;
    await stack.act(people[platform], { act: "say", text: "Hello!" });
  }
});
beforeEach(async () => {
  await stack.simulate("DELETE", "/faults");
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

async function order(platform: Echoing, fault: { kind: string; [field: string]: unknown }): Promise<void> {
  assert.equal((await stack.simulate("POST", "/faults", { platform, ...fault })).status, 201);
}

async function send(platform: Echoing, content: object, more: object = {}): Promise<string> {
  const person = people[platform];
  const wish = { from: person.channel, to: person.address, content, ...more };
  const { status, json, text } = await stack.call("POST", "/v1/messages", wish);
  assert.equal(status, 202, text);
  return json.id;
}

const text = (body: string) => ({ text: { body } });

function told(type: string, id: string) {
  return endpoint.next(`${type} of ${id}`, (event) => event.type === type && event.message.id === id);
}

/** What was told of a message so far. */
const typesOf = (id: string) =>
  endpoint.delivered.filter(({ event }) => event.message?.id === id).map(({ event }) => event.type);

async function shown(platform: Echoing, body: string): Promise<{ id: string }[]> {
  return (await stack.screen(people[platform])).filter((message) => message.text === body);
}

const detail = async (id: string) => (await stack.call("GET", `/v1/messages/${id}`)).json;

/** How many genuine webhooks have come. */
async function webhooks(): Promise<number> {
  const { text } = await stack.call("GET", "/metrics");
  const counts = text.matchAll(/^antiphon_webhooks_total\{.*verdict="genuine".*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

const buttons = {
  type: "button",
  body: { text: "Coming?" },
  action: { buttons: [{ type: "reply", reply: { id: "Y", title: "Yes" } }] },
};
const contents = [
  text("Is this here?"),
  { interactive: buttons },
  { image: { link: "https://media.example.com/cake.png" } },
];

for (const content of contents) {
  const [kind] = Object.keys(content);
  test(`instagram: ${kind} whose answer is lost is settled by the echo that fits it, and says so`, async () => {
    await order("instagram", { kind: "drop_answer", count: 1 });
    const id = await send("instagram", content);
    assert.equal((await told("message.sent", id)).message.matched_by, "content");
    const json = await detail(id);
    assert.deepEqual([json.status, json.calls[0].attempts[0].outcome], ["sent", "unknown"]);
    const { at: _, ...line } = json.history.at(-1);
    assert.deepEqual(line, { status: "sent", source: "platform", receipt: "sent", matched_by: "content" });
    const [last] = (await stack.screen(people.instagram)).slice(-1);
    assert.equal(json.platform_ids[0], last.id);
  });
}

test("on every platform an echo that comes after the hold time settles what is unknown, and its lane went on", async () => {
  // All at once: they wait for one another's late echoes no longer than for their own.
  const late = platforms.map(async (platform) => {
    await order(platform, { kind: "drop_answer", count: 1 });
    await order(platform, { kind: "late_reports", after: lateSeconds });
    const lost = await send(platform, text("late"));
    const behind = await send(platform, text("behind the late one"));
    await told("message.unknown", lost);
    await told("message.sent", behind);
    await told("message.sent", lost);
    const [{ id }] = (await shown(platform, "late")) as [{ id: string }];
    assert.deepEqual((await detail(lost)).platform_ids, [id], platform);
  });
  await Promise.all(late);
});

for (const platform of platforms) {
  test(`${platform}: without an echo it stays unknown, and what follows is not taken for it`, async () => {
    await order(platform, { kind: "drop_answer", count: 1 });
    await order(platform, { kind: "lost_reports" });
    const lost = await send(platform, text("the same words"));
    await told("message.unknown", lost);
    await stack.simulate("DELETE", "/faults");
    const again = await send(platform, text("the same words"));
    await told("message.sent", again);
    await eventually("the second one's echo", async () =>
      (await detail(again)).history.some((line: { receipt?: string }) => line.receipt === "sent")
        ? true
        : undefined,
    );
    assert.equal((await detail(lost)).status, "unknown");
  });

  test(`${platform}: an echo that comes three times settles one message, once`, async () => {
    await order(platform, { kind: "drop_answer", count: 1 });
    await order(platform, { kind: "duplicate_reports", times: 3 });
    const lost = await send(platform, text("thrice"));
    await told("message.sent", lost);
    const next = await send(platform, text("thrice"));
    await told("message.sent", next);
    await stack.act(people[platform], { act: "say", text: `heard ${platform}` });
    await endpoint.next("the barrier", (event) => event.message?.text?.body === `heard ${platform}`);
    assert.equal(typesOf(lost).filter((type) => type === "message.sent").length, 1);
    const ids = [...(await detail(lost)).platform_ids, ...(await detail(next)).platform_ids];
    assert.deepEqual(
      ids,
      (await shown(platform, "thrice")).map(({ id }) => id),
    );
  });

  test(`${platform}: the echo of a first try that comes after the second was answered is nobody else's`, async () => {
    await order(platform, { kind: "drop_answer", count: 1 });
    await order(platform, { kind: "late_reports", after: lateSeconds, count: 1 });
    // WhatsApp tells of the delivery too.
    if (platform !== "instagram")
      await order(platform, { kind: "late_reports", after: lateSeconds, count: 1 });
    const before = await webhooks();
    const twice = await send(platform, text("twice"), { on_ambiguous: "resend" });
    const next = await send(platform, text("next"));
    await told("message.sent", next);
    const [first, second] = (await shown(platform, "twice")) as [{ id: string }, { id: string }];
    const names = platform === "instagram" ? [second.id] : [first.id, second.id];
    // Three messages have left, and Instagram tells of each in one webhook.
    await eventually("the late echo", async () => {
      const isThere = platform === "instagram" ? (await webhooks()) >= before + 3 : true;
      return isThere && (await detail(twice)).platform_ids.length === names.length ? true : undefined;
    });
    assert.deepEqual((await detail(twice)).platform_ids.toSorted(), names.toSorted());
    assert.equal((await detail(next)).platform_ids.length, 1);
    assert.equal(typesOf(twice).filter((type) => type === "message.sent").length, 1);
  });
}
