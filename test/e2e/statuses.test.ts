import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { entry, envelope, type MetaNumber, postSigned, whatsappNumber } from "../support/meta-webhook.ts";
import { QuietGraph } from "../support/quiet-graph.ts";
import { type Stack, startStack } from "../support/stack.ts";

let graph: QuietGraph;
let stack: Stack;
let number: MetaNumber;
let endpoint: Endpoint;

before(async () => {
  // The accounts are the simulator's; the calls then go to a platform that never reports by itself.
  const first = await startStack();
  number = await whatsappNumber(first);
  await first.stop();
  graph = await QuietGraph.listen();
  stack = await startStack({
    command: "serve",
    from: first,
    env: { SIMULATOR_PORT: String(graph.port), ANTIPHON_ALLOW_PRIVATE_ENDPOINTS: "true" },
  });
  endpoint = await Endpoint.listen();
  await endpoint.register(stack, {
    events: ["message.sent", "message.delivered", "message.read", "message.failed"],
  });
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
  await graph[Symbol.asyncDispose]();
});

async function sentMessage(to: string): Promise<{ id: string; wamid: string }> {
  const content = { text: { body: "hello" } };
  const sent = await stack.call("POST", "/v1/messages", { from: number.phoneNumberId, to, content });
  assert.equal(sent.status, 202, sent.text);
  return eventually("acceptance by the platform", async () => {
    const { json } = await stack.call("GET", `/v1/messages/${sent.json.id}`);
    return json.platform_ids[0] ? { id: sent.json.id, wamid: json.platform_ids[0] } : undefined;
  });
}

/** Each status in a webhook of its own, in this order. */
async function report(wamid: string, to: string, names: string[]): Promise<void> {
  for (const status of names) {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const value = { statuses: [{ id: wamid, status, timestamp, recipient_id: to }] };
    assert.equal((await postSigned(stack, number, envelope(entry(number, value)))).status, 200);
  }
}

async function statusOf(id: string): Promise<string> {
  return (await stack.call("GET", `/v1/messages/${id}`)).json.status;
}

function toldOf(id: string): string[] {
  const events = endpoint.delivered.map(({ event }) => event).filter((event) => event.message.id === id);
  return events.map((event) => event.type);
}

function permutations<Item>(items: Item[]): Item[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

test("read before delivered before sent ends as read", async () => {
  const { id, wamid } = await sentMessage("+15557770002");
  await report(wamid, "15557770002", ["read"]);
  await endpoint.next("message.read", (event) => event.type === "message.read" && event.message.id === id);
  await report(wamid, "15557770002", ["delivered", "sent"]);
  await endpoint.next(
    "message.delivered",
    (event) => event.type === "message.delivered" && event.message.id === id,
  );
  assert.equal(await statusOf(id), "read");
});

test("every order of the statuses, repeated, ends as read and tells each once", async () => {
  for (const [at, order] of permutations(["sent", "delivered", "read"]).entries()) {
    const to = `1555777010${at}`;
    const { id, wamid } = await sentMessage(`+${to}`);
    await report(wamid, to, [...order, ...order]);
    await eventually("three reports", () => (toldOf(id).length >= 3 ? true : undefined));
    assert.equal(await statusOf(id), "read", order.join(", "));
    assert.deepEqual(
      toldOf(id).sort(),
      ["message.delivered", "message.read", "message.sent"],
      order.join(", "),
    );
  }
});

test("sent never means delivered", async () => {
  const { id, wamid } = await sentMessage("+15557770003");
  await report(wamid, "15557770003", ["sent"]);
  await endpoint.next("message.sent", (event) => event.type === "message.sent" && event.message.id === id);
  assert.equal(await statusOf(id), "sent");
  await report(wamid, "15557770003", ["delivered"]);
  await endpoint.next(
    "message.delivered",
    (event) => event.type === "message.delivered" && event.message.id === id,
  );
  assert.equal(await statusOf(id), "delivered");
});
