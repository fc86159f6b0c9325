import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { type MetaAccount, metaAccount, pageEntry, postToApp } from "../support/meta-app.ts";
import { QuietGraph } from "../support/quiet-graph.ts";
import type { Json } from "../support/seeds.ts";
import { type Stack, startStack } from "../support/stack.ts";

let graph: QuietGraph;
let stack: Stack;
let endpoint: Endpoint;
const accounts: Record<string, MetaAccount> = {};

before(async () => {
  // The accounts are the simulator's; the calls then go to a platform that never reports by itself.
  const first = await startStack();
  for (const platform of ["messenger", "instagram"] as const) {
    accounts[platform] = await metaAccount(first, platform);
  }
  await first.stop();
  graph = await QuietGraph.listen();
  stack = await startStack({
    command: "serve",
    from: first,
    env: { SIMULATOR_PORT: String(graph.port), ANTIPHON_ALLOW_PRIVATE_ENDPOINTS: "true" },
  });
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
  await graph[Symbol.asyncDispose]();
});

let people = 0;
const newPerson = () => `99000000000${++people}`;
const message = (mid: string, text: string) => ({ message: { mid, text } });

/** Each once: a delivery that a kill cut off from its record is made again, with the same event. */
function toldFrom(from: string): Json[] {
  const told = new Map(endpoint.delivered.map(({ event }) => [event.id, event]));
  return [...told.values()].filter(({ message }) => message?.from === from);
}

/** The events of this person, once a last text has come, which is left out. */
async function toldUntilNow(account: MetaAccount, from: string): Promise<Json[]> {
  const mid = `m_end_${endpoint.requests}_${from}`;
  assert.equal(
    (await postToApp(stack, account, pageEntry(account, from, message(mid, "the end")))).status,
    200,
  );
  await endpoint.next("the end", (event) => event.message?.platform_id === mid);
  return toldFrom(from).filter(({ message }) => message.platform_id !== mid);
}

const bodies = (events: Json[]) => events.map((event) => event.message.text?.body);

async function sent(account: MetaAccount, to: string): Promise<{ id: string; mid: string }> {
  const content = { text: { body: "hello" } };
  const answer = await stack.call("POST", "/v1/messages", { from: account.channelId, to, content });
  assert.equal(answer.status, 202, answer.text);
  return eventually("acceptance by the platform", async () => {
    const { json } = await stack.call("GET", `/v1/messages/${answer.json.id}`);
    return json.platform_ids[0] ? { id: answer.json.id, mid: json.platform_ids[0] } : undefined;
  });
}

async function statusOf(id: string): Promise<string> {
  return (await stack.call("GET", `/v1/messages/${id}`)).json.status;
}

function reportsOf(id: string): string[] {
  const events = endpoint.delivered.map(({ event }) => event).filter((event) => event.message?.id === id);
  return events.map((event) => event.type);
}

for (const platform of ["messenger", "instagram"] as const) {
  test(`${platform}: one POST with 2 entries of 2 messages gives 4 events in order, and ten repetitions, one after a restart, none more`, async () => {
    const account = accounts[platform]!;
    const from = newPerson();
    const part = (text: string) => message(`m_${from}_${text}`, text);
    const entries = [
      pageEntry(account, from, part("one"), part("two")),
      pageEntry(account, from, part("three"), part("four")),
    ];
    for (let round = 0; round < 9; round++)
      assert.equal((await postToApp(stack, account, ...entries)).status, 200);
    await eventually("four events", () => (toldFrom(from).length >= 4 ? true : undefined));
    assert.equal(await stack.stop("SIGKILL"), null);
    stack = await startStack({
      command: "serve",
      from: stack,
      env: { SIMULATOR_PORT: String(graph.port), ANTIPHON_ALLOW_PRIVATE_ENDPOINTS: "true" },
    });
    assert.equal((await postToApp(stack, account, ...entries)).status, 200);
    const told = await toldUntilNow(account, from);
    assert.deepEqual(bodies(told), ["one", "two", "three", "four"]);
    assert.deepEqual(
      told.map(({ sequence }) => sequence),
      [1, 2, 3, 4],
    );
    for (const { channel } of told) assert.deepEqual(channel, { id: account.channelId, platform });
  });

  test(`${platform}: what another app answers now is told apart, and not as a message to answer`, async () => {
    const account = accounts[platform]!;
    const from = newPerson();
    const { messaging, ...entry } = pageEntry(account, from, message(`m_${from}`, "to the other")) as Json;
    assert.equal((await postToApp(stack, account, { ...entry, standby: messaging })).status, 200);
    const told = await toldUntilNow(account, from);
    assert.deepEqual(
      told.map(({ type, message: { text } }) => [type, text.body]),
      [["message.standby", "to the other"]],
    );
  });

  test(`${platform}: a menu's postback and a referral come as what they are`, async () => {
    const account = accounts[platform]!;
    const from = newPerson();
    const referral = { ref: "summer", source: "SHORTLINK", type: "OPEN_THREAD" };
    const parts = [
      { postback: { mid: `m_menu_${from}`, title: "Get started", payload: "GET_STARTED", referral } },
      { referral },
    ];
    assert.equal((await postToApp(stack, account, pageEntry(account, from, ...parts))).status, 200);
    const [postback, referred, ...more] = await toldUntilNow(account, from);
    assert.deepEqual(more, []);
    assert.equal(postback?.message.type, "postback");
    assert.equal(postback?.message.postback.payload, "GET_STARTED");
    assert.equal(postback?.message.postback.referral.ref, "summer");
    assert.equal(referred?.message.type, "referral");
    assert.equal(referred?.message.referral.ref, "summer");
  });

  test(`${platform}: what the business wrote by other means is no contact's message`, async () => {
    const account = accounts[platform]!;
    const from = newPerson();
    const echo = {
      sender: { id: account.id },
      recipient: { id: from },
      message: { mid: `m_echo_${from}`, text: "By hand", is_echo: true, app_id: 26390203743090 },
    };
    assert.equal((await postToApp(stack, account, pageEntry(account, from, echo))).status, 200);
    assert.deepEqual(await toldUntilNow(account, from), []);
  });

  test(`${platform}: a part that nothing reads is kept, and those beside it are told`, async () => {
    const account = accounts[platform]!;
    const from = newPerson();
    const parts = [
      message(`m_1${from}`, "before"),
      { something_new: { a: 1 } },
      message(`m_2${from}`, "after"),
    ];
    const before = (await stack.call("GET", "/metrics")).text;
    assert.equal((await postToApp(stack, account, pageEntry(account, from, ...parts))).status, 200);
    assert.deepEqual(bodies(await toldUntilNow(account, from)), ["before", "after"]);
    const unknown = (text: string) => Number(/^antiphon_unknown_parts\S* (\d+)$/m.exec(text)?.[1]);
    assert.equal(unknown((await stack.call("GET", "/metrics")).text), unknown(before) + 1);
  });
}

function permutations<Item>(items: Item[]): Item[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

test("messenger: watermarks and ids, in every order and repeated, end as read and tell each once", async () => {
  const account = accounts.messenger!;
  const steps = ["delivered", "read", "echo"] as const;
  for (const order of permutations([...steps])) {
    const from = newPerson();
    const { id, mid } = await sent(account, from);
    const watermark = Date.now() + 1_000;
    const parts = {
      delivered: { delivery: { mids: [mid], watermark } },
      read: { read: { watermark } },
      echo: {
        sender: { id: account.id },
        recipient: { id: from },
        message: { mid, text: "hello", is_echo: true, app_id: 1 },
      },
    };
    for (const step of [...order, ...order]) {
      assert.equal((await postToApp(stack, account, pageEntry(account, from, parts[step]))).status, 200);
    }
    await toldUntilNow(account, from);
    assert.equal(await statusOf(id), "read", order.join(", "));
    assert.deepEqual(
      reportsOf(id).sort(),
      ["message.delivered", "message.read", "message.sent"],
      order.join(", "),
    );
  }
});

test("messenger: a watermark reaches every message that was sent until then, and none that is sent after", async () => {
  const account = accounts.messenger!;
  const from = newPerson();
  const early = [await sent(account, from), await sent(account, from)];
  const watermark = Date.now();
  await eventually("the next millisecond", () => Date.now() > watermark || undefined);
  const late = await sent(account, from);
  const other = await sent(account, newPerson());
  assert.equal(
    (await postToApp(stack, account, pageEntry(account, from, { read: { watermark } }))).status,
    200,
  );
  await toldUntilNow(account, from);
  for (const { id } of early) assert.equal(await statusOf(id), "read");
  for (const { id } of [late, other]) assert.equal(await statusOf(id), "sent");
});

test("instagram: a message is read by its own id, and there is no delivered", async () => {
  const account = accounts.instagram!;
  const from = newPerson();
  const [first, second] = [await sent(account, from), await sent(account, from)];
  const seen = pageEntry(account, from, { read: { mid: second.mid } });
  for (let round = 0; round < 2; round++) assert.equal((await postToApp(stack, account, seen)).status, 200);
  await toldUntilNow(account, from);
  assert.equal(await statusOf(first.id), "sent");
  assert.equal(await statusOf(second.id), "read");
  assert.deepEqual(reportsOf(second.id), ["message.sent", "message.read"]);
});
