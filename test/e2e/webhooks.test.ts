import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { entry, envelope, type MetaNumber, postSigned, whatsappNumber } from "../support/meta-webhook.ts";
import { type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let number: MetaNumber;
let endpoint: Endpoint;

before(async () => {
  stack = await startStack();
  number = await whatsappNumber(stack);
  endpoint = await Endpoint.listen();
  await endpoint.register(stack);
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

const seconds = () => String(Math.floor(Date.now() / 1000));
const text = (from: string, id: string, body: string) => ({
  from,
  id,
  timestamp: seconds(),
  type: "text",
  text: { body },
});
const contact = (wa_id: string, name: string) => ({ profile: { name }, wa_id });

/** Each once: a delivery that a kill cut off from its record is made again, with the same event. */
function bodiesFrom(from: string): string[] {
  const told = new Map(endpoint.delivered.map(({ event }) => [event.id, event]));
  return [...told.values()]
    .filter((event) => event.type === "message.received" && event.message.from === from)
    .map((event) => event.message.text.body);
}

test("one POST with 2 entries of 2 messages gives 4 events in order, and ten repetitions, one after a restart, none more", async () => {
  const from = "15557770001";
  const contacts = [contact(from, "Rita")];
  const body = envelope(
    entry(number, { contacts, messages: [text(from, "wamid.A1", "one"), text(from, "wamid.A2", "two")] }),
    entry(number, { contacts, messages: [text(from, "wamid.A3", "three"), text(from, "wamid.A4", "four")] }),
  );
  for (let round = 0; round < 9; round++) assert.equal((await postSigned(stack, number, body)).status, 200);
  await eventually("four events", () => (bodiesFrom(from).length >= 4 ? true : undefined));

  assert.equal(await stack.stop("SIGKILL"), null);
  stack = await startStack({ from: stack });
  assert.equal((await postSigned(stack, number, body)).status, 200);
  await postSigned(
    stack,
    number,
    envelope(entry(number, { contacts, messages: [text(from, "wamid.A5", "the end")] })),
  );
  await eventually("the message after", () => (bodiesFrom(from).includes("the end") ? true : undefined));
  assert.deepEqual(bodiesFrom(from), ["one", "two", "three", "four", "the end"]);

  const listed = (await stack.call("GET", "/v1/events?type=message.received&limit=200")).json.data
    .filter((event: { message: { from: string } }) => event.message.from === from)
    .reverse();
  assert.deepEqual(
    listed.map((event: { message: { text: { body: string } } }) => event.message.text.body),
    ["one", "two", "three", "four", "the end"],
  );
  assert.deepEqual(
    listed.map((event: { sequence: number }) => event.sequence),
    [1, 2, 3, 4, 5],
  );
});
