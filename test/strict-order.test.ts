import assert from "node:assert/strict";
import { test } from "node:test";
import { Digester } from "../src/gateway/receiving/digest.ts";
import { acceptMessage } from "../src/gateway/sending/accept.ts";
import { Lanes } from "../src/gateway/sending/lanes.ts";
import { eventually } from "./support/eventually.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { Workbench } from "./support/workbench.ts";

/** A WhatsApp number beside the workbench's bot, at the same server, by a clock that is set by hand. */
async function scene(bench: Workbench, strict_order: boolean) {
  let sent = 0;
  bench.handler = () => ({ body: { messages: [{ id: `wamid.${++sent}` }], contacts: [] } });
  const { baseUrl } = bench.gateway.channels.get("channel")!;
  const credentials = { phone_number_id: "1001", access_token: "t", app_secret: "s" };
  const shared = { baseUrl, credentials, simulated: true, webhookSecret: "x", paused: false, createdAt: 0 };
  const options = { whatsapp: { strict_order } };
  await bench.gateway.channels.add({
    ...{ id: "number", platform: "whatsapp", naturalId: "1001", name: "Shop", options },
    ...shared,
  });
  const lanes = new Lanes(bench.gateway);
  const digester = new Digester(bench.gateway, lanes);
  await lanes.start();
  const send = async (body: string) => {
    const request = { from: "number", to: "+15550100001", content: { text: { body } } };
    const { message } = await acceptMessage(bench.gateway, { request, normalised: [], warnings: [] });
    return (await bench.store.message(message.id))!.message;
  };
  return { lanes, digester, send };
}

/** WhatsApp's webhook that it has handed a message on. */
function report(id: string): string {
  const status = { id, status: "sent", timestamp: "1767225600", recipient_id: "15550100001" };
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: "1", phone_number_id: "1001" },
    statuses: [status],
  };
  const entry = [{ id: "1", changes: [{ field: "messages", value }] }];
  return JSON.stringify({ object: "whatsapp_business_account", entry });
}

function left(bench: Workbench, count: number): Promise<true> {
  return eventually(`call ${count}`, () => (bench.requests.length >= count ? true : undefined));
}

test("with strict_order a message waits for the report of the one before it, and not for one that is lost", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  const { lanes, digester, send } = await scene(bench, true);
  const { id, conversationId } = await send("first");
  await send("second");
  await send("third");
  await left(bench, 1);
  const isSent = async () => ((await bench.store.message(id))!.message.status === "sent" ? true : undefined);
  await eventually("the first answer", isSent);
  clock.advance(4_000);
  bench.gateway.laneReady.raise({ conversationId, channelId: "number" });
  assert.equal((await bench.store.headCall(conversationId))!.call.state, "queued");
  assert.equal(bench.requests.length, 1);
  await bench.store.storePayloads("number", [report("wamid.1")], clock.now());
  bench.gateway.payloadsReady.raise("number");
  await left(bench, 2);
  await eventually("its end", async () =>
    (await bench.store.unreportedSince(conversationId)) ? true : undefined,
  );
  assert.equal(bench.requests.length, 2);
  clock.advance(5_000);
  bench.gateway.laneReady.raise({ conversationId, channelId: "number" });
  await left(bench, 3);
  await lanes.stop();
  await digester.stop();
});

test("without it a message leaves as soon as the one before it is accepted", async () => {
  await using bench = await Workbench.open();
  const { lanes, digester, send } = await scene(bench, false);
  await send("first");
  await send("second");
  await left(bench, 2);
  await lanes.stop();
  await digester.stop();
});
