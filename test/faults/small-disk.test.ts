import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { entry, envelope, postSigned, whatsappNumber } from "../support/meta-webhook.ts";
import { smallDisk, smallDiskFolder, underLimits } from "../support/small-disk.ts";
import { type Answer, type Person, type Stack, startStack } from "../support/stack.ts";

const long = "x".repeat(3_000);

interface Sent {
  id: string;
  body: string;
}

/** Sends to all people in turn until the gateway refuses. */
async function sendUntilRefused(
  gateway: Stack,
  people: Person[],
): Promise<{ sent: Sent[]; refusal: Answer }> {
  const sent: Sent[] = [];
  for (;;) {
    const { channel, address } = people[sent.length % people.length]!;
    const body = `${sent.length} ${long}`;
    const answer = await gateway.call("POST", "/v1/messages", {
      from: channel,
      to: address,
      content: { text: { body } },
    });
    if (answer.status !== 202) return { sent, refusal: answer };
    sent.push({ id: answer.json.id, body });
  }
}

/** The stack with its data copied to another folder, if there is one. */
function movedTo(folder: string | undefined, stack: Stack): Stack {
  if (folder === undefined) return stack;
  cpSync(stack.dataDir, folder, { recursive: true });
  return Object.assign(stack, { dataDir: folder });
}

test("a full disk is refused clearly, loses nothing acknowledged, and all goes on by itself when there is room again", async () => {
  const first = await startStack();
  await first.stop();
  await using simulator = await startStack({ command: "simulator", from: first });
  const from = movedTo(smallDiskFolder, first);
  await using gateway = await startStack({ command: "serve", from, wrap: underLimits });
  const people = [...(await simulator.people("telegram")), ...(await simulator.people("whatsapp"))];
  const screens = async () => (await Promise.all(people.map((person) => simulator.screen(person)))).flat();

  smallDisk.fill(gateway);
  const { sent, refusal } = await sendUntilRefused(gateway, people);
  assert.ok(sent.length > 5, `${sent.length} were accepted before`);
  assert.equal(refusal.status, 507);
  assert.equal(refusal.json.code, "disk_full");
  assert.match(String(refusal.headers["content-type"]), /^application\/problem\+json/);
  assert.equal(refusal.headers["retry-after"], "10");

  // What moves from the log into the file makes room once more, until that has none either.
  const number = await whatsappNumber(gateway);
  const contacts = [{ profile: { name: "Rita" }, wa_id: "15557770001" }];
  const text = { from: "15557770001", timestamp: "1795300000", type: "text", text: { body: long } };
  const stored: string[] = [];
  let posted = 0;
  const { webhook, unready } = await eventually("refusals of webhook and readiness", async () => {
    const id = `wamid.FULL${posted++}`;
    const body = envelope(entry(number, { contacts, messages: [{ ...text, id }] }));
    const webhook = await postSigned(gateway, number, body);
    if (webhook.status === 200) stored.push(id);
    const unready = await gateway.call("GET", "/readyz");
    return webhook.status === 200 || unready.status === 200 ? undefined : { webhook, unready };
  });
  assert.deepEqual([webhook.status, webhook.json.code, unready.status], [503, "unavailable", 503]);
  assert.match(unready.json.reasons.join(), /disk is full/);
  assert.equal((await gateway.call("GET", "/healthz")).status, 200);

  smallDisk.free(gateway);
  await eventually(
    "readiness",
    async () => (await gateway.call("GET", "/readyz")).status === 200 || undefined,
  );
  await eventually("all messages sent", async () => {
    const all = await Promise.all(sent.map(({ id }) => gateway.call("GET", `/v1/messages/${id}`)));
    return all.every(({ json }) => ["sent", "delivered", "read"].includes(json.status)) || undefined;
  });
  const shown = (await screens()).map((message) => message.text);
  for (const { body } of sent) assert.equal(shown.filter((one) => one === body).length, 1);
  assert.ok(!shown.includes(`${sent.length} ${long}`), "what was refused is nowhere");

  const received = await eventually("the stored webhooks' events", async () => {
    const { json } = await gateway.call("GET", "/v1/events?type=message.received&limit=200");
    const ids = json.data.map((event: { message: { platform_id: string } }) => event.message.platform_id);
    const found = ids.filter((id: string) => id.startsWith("wamid.FULL")).sort();
    return found.length >= stored.length ? found : undefined;
  });
  assert.deepEqual(received, stored.toSorted());
  assert.equal(await gateway.stop(), 0);
});
