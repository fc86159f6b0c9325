import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

/** The files that the gateway writes, in full: not the simulator's, which is the platforms' side. */
function holders({ dataDir }: Stack, texts: string[]): string[] {
  const files = readdirSync(dataDir, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap(({ name }) => {
    const bytes = readFileSync(join(dataDir, name));
    return texts.filter((text) => bytes.includes(text)).map((text) => `${name}: ${text}`);
  });
}

async function contactOf(stack: Stack, person: Person): Promise<string> {
  const { json } = await stack.call("GET", `/v1/contacts?channel=${person.channel}&limit=200`);
  const bare = person.address.replace("+", "");
  const named = json.data.find(({ addresses }: { addresses: string[] }) =>
    addresses.some((one) => one.replace("+", "") === bare),
  );
  assert.ok(named, `${person.name} is a contact`);
  return named.id;
}

/** Both ways, with a slash and letters that JSON may escape; answers that wait for the endpoint too. */
async function talk(stack: Stack, person: Person, canary: string): Promise<void> {
  await stack.act(person, { act: "say", text: `${canary} in/ção ✓` });
  const before = (await stack.screen(person)).length;
  const buttons = [{ type: "reply", reply: { id: `${canary}-id`, title: "Ok" } }];
  const interactive = { type: "button", body: { text: `${canary} out/ção ✓` }, action: { buttons } };
  const wish = {
    from: person.channel,
    to: person.address,
    content: { interactive },
    metadata: { note: canary },
  };
  const headers = { "idempotency-key": `key-${canary}` };
  const { status, text } = await stack.call("POST", "/v1/messages", wish, headers);
  assert.equal(status, 202, text);
  await stack.newOnScreen(person, before);
}

async function erased(stack: Stack, contactId: string): Promise<void> {
  await eventually(`the end of the erasure of ${contactId}`, async () => {
    const { json } = await stack.call("GET", `/v1/contacts/${contactId}`);
    return json.erasure?.state === "done" || undefined;
  });
}

test("of erased contacts nothing is left in the data folder, also where a kill came midway; others are whole", async () => {
  await using stack = await startStack();
  await using endpoint = await Endpoint.listen();
  await endpoint.register(stack);
  const people: Person[] = [];
  for (const platform of ["whatsapp", "telegram", "messenger", "instagram"] as const)
    people.push(...(await stack.people(platform)).slice(0, 2));
  const neighbours = people.filter((_, index) => index % 2 === 1);
  const leaving = people.filter((_, index) => index % 2 === 0);
  for (const [index, person] of people.entries()) await talk(stack, person, `CANARY${index}`);
  const canaries = people.map((_, index) => `CANARY${index}`);
  const theirs = (whose: Person[]) =>
    whose.flatMap((person) => [
      canaries[people.indexOf(person)]!,
      person.address.replace("+", ""),
      person.name,
    ]);
  const ids = await Promise.all(leaving.map((person) => contactOf(stack, person)));
  for (const text of theirs(people)) assert.ok(holders(stack, [text]).length > 0, `${text} is found before`);

  const begun = await Promise.all(ids.map((id) => stack.call("DELETE", `/v1/contacts/${id}`)));
  assert.deepEqual([...new Set(begun.map(({ status }) => status))], [202]);
  await stack.stop("SIGKILL");
  const again = await startStack({ from: stack, command: "serve" });
  try {
    for (const id of ids) await erased(again, id);
    assert.deepEqual(holders(again, theirs(leaving)), []);
    for (const text of theirs(neighbours))
      assert.ok(holders(again, [text]).length > 0, `${text} is a neighbour's`);
    assert.equal((await again.call("DELETE", `/v1/contacts/${ids[0]}`)).status, 200);
    assert.equal((await again.call("GET", `/v1/contacts/${ids[0]}/export`)).status, 404);
  } finally {
    await again.stop();
  }
  assert.deepEqual(holders(stack, theirs(leaving)), []);
});

test("an export tells a contact's messages, events and webhooks, a line each", async () => {
  await using stack = await startStack();
  const [tom] = await stack.people("telegram");
  await talk(stack, tom!, "EXPORTED");
  const { status, headers, text } = await stack.call(
    "GET",
    `/v1/contacts/${await contactOf(stack, tom!)}/export`,
  );
  assert.deepEqual([status, headers["content-type"]], [200, "application/x-ndjson; charset=utf-8"]);
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const kinds = new Set(lines.map(({ kind }) => kind));
  assert.deepEqual([...kinds].sort(), ["contact", "conversation", "event", "message", "webhook"]);
  assert.ok(text.includes("EXPORTED in/ção ✓") && text.includes("EXPORTED out/ção ✓"));
});
