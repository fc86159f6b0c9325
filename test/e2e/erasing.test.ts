import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Endpoint } from "../support/endpoint.ts";
import { eventually } from "../support/eventually.ts";
import { type MetaAccount, metaAccount, pageEntry, postToApp } from "../support/meta-app.ts";
import { entry, envelope, postSigned, whatsappNumber } from "../support/meta-webhook.ts";
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
  await eventually("what was said", async () => {
    const { json } = await stack.call("GET", "/v1/events?type=message.received&limit=200");
    return JSON.stringify(json).includes(`${canary} in`) || undefined;
  });
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

test("what Meta repeats after an erasure brings nothing of the person back: a message of theirs, an echo of one of ours", async () => {
  await using stack = await startStack();
  const number = await whatsappNumber(stack);
  const page = await metaAccount(stack, "messenger");
  const wa = (from: string, word: string) =>
    postSigned(
      stack,
      number,
      envelope(
        entry(number, {
          contacts: [{ wa_id: from, profile: { name: `${word}-name` } }],
          messages: [
            { from, id: `wamid.${word}`, timestamp: "1767225600", type: "text", text: { body: word } },
          ],
        }),
      ),
    );
  const [person] = await stack.people("messenger");
  const leaving = { number: "15550108881", psid: person!.address };
  const staying = "15550108882";
  const said = pageEntry(page, leaving.psid, { message: { mid: "m_repeated", text: "REPEATED-in" } });
  const known = async (address: string) => {
    const find = async () => {
      const { json } = await stack.call("GET", "/v1/contacts?limit=200");
      return json.data.find(({ addresses }: { addresses: string[] }) =>
        addresses.some((one) => one.replace("+", "") === address),
      )?.id as string | undefined;
    };
    return eventually(`the contact ${address}`, find);
  };

  await wa(leaving.number, "REPEATED-wa");
  await stack.act(person!, { act: "say", text: "REPEATED-first" });
  const ids = [await known(leaving.number), await known(leaving.psid)];
  const { messageId, mid } = await sentTo(stack, page, leaving.psid);
  const time = Date.now();
  const message = { mid, is_echo: true, text: "REPEATED-out", metadata: `not ours ${messageId}` };
  const echo = { sender: { id: page.id }, recipient: { id: leaving.psid }, timestamp: time, message };
  const posts = async () => {
    await wa(leaving.number, "REPEATED-wa");
    await postToApp(stack, page, said);
    await postToApp(stack, page, { id: page.id, time, messaging: [echo] });
  };
  await posts();
  for (const id of ids) assert.equal((await stack.call("DELETE", `/v1/contacts/${id}`)).status, 202);
  for (const id of ids) await erased(stack, id);
  const theirs = ["REPEATED", leaving.number, leaving.psid];
  assert.deepEqual(holders(stack, theirs), []);

  await posts();
  await wa(staying, "STAYING");
  await postToApp(
    stack,
    page,
    pageEntry(page, "88800000000000002", { message: { mid: "m_other", text: "x" } }),
  );
  await known(staying);
  await known("88800000000000002");
  assert.deepEqual(holders(stack, theirs), []);
  assert.ok(holders(stack, ["STAYING"]).length > 0);
});

async function sentTo(
  stack: Stack,
  page: MetaAccount,
  to: string,
): Promise<{ messageId: string; mid: string }> {
  const content = { text: { body: "REPEATED-out" } };
  const answer = await stack.call("POST", "/v1/messages", { from: page.channelId, to, content });
  assert.equal(answer.status, 202, answer.text);
  return eventually("the platform's id", async () => {
    const { json } = await stack.call("GET", `/v1/messages/${answer.json.id}`);
    return json.platform_ids[0] && { messageId: answer.json.id, mid: json.platform_ids[0] };
  });
}
