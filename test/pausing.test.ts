import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { momentOf } from "../src/core/clock.ts";
import { Digester } from "../src/gateway/receiving/digest.ts";
import { acceptMessage } from "../src/gateway/sending/accept.ts";
import { Journal } from "../src/gateway/sending/journal.ts";
import { Lanes } from "../src/gateway/sending/lanes.ts";
import { pauseRow } from "../src/gateway/sending/pauses.ts";
import { eventually } from "./support/eventually.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { ok, Workbench } from "./support/workbench.ts";

const pauseMs = 5_000;

async function send(bench: Workbench, to: string): Promise<string> {
  const request = { from: "channel", to, content: { text: { body: `to ${to}` } } };
  return (await acceptMessage(bench.gateway, { request, normalised: [], warnings: [] })).message.id;
}

/** A call that was answered before a kill: nothing but the journal has the answer. */
async function answeredAtTheEnd(
  bench: Workbench,
  id: string,
  asked: { paces?: { key: string; fullAt: number }[]; until?: "new_credentials" },
): Promise<void> {
  const { store, clock, journal, log } = bench.gateway;
  const [call] = (await store.message(id))!.calls;
  await store.beginCall(call!.id, momentOf(clock));
  const problem = { code: "429", message: "" };
  journal.keep({
    callId: call!.id,
    attempt: 1,
    startedAt: clock.now(),
    at: clock.now(),
    httpStatus: 429,
    retryAt: clock.steady() + (asked.until ? 0 : pauseMs),
    ...(asked.paces && { paces: asked.paces }),
    outcome: { kind: "retry", scope: "channel", problem, ...(asked.until && { until: asked.until }) },
  });
  bench.gateway.journal = new Journal(join(bench.folder, "receipts.journal"), log);
  journal.close();
}

/** A call that was cut off by a kill had stored a pause of the whole channel. */
async function pauseChannel(bench: Workbench): Promise<void> {
  const { store, clock } = bench.gateway;
  const [call] = (await store.message(await send(bench, "6")))!.calls;
  await store.beginCall(call!.id, momentOf(clock), [pauseRow("channel", clock.steady() + pauseMs)]);
}

test("a pause that only the journal knows of holds for the whole channel after the next start", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  const [refused, other] = [await send(bench, "5"), await send(bench, "6")];
  await answeredAtTheEnd(bench, refused, { paces: [pauseRow("channel", clock.steady() + pauseMs)] });
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  const sent = () => bench.requests.map(({ body }) => body.text);
  clock.advance(pauseMs - 1);
  await new Promise(setImmediate);
  assert.deepEqual(sent(), []);
  await eventually("both sends", async () => {
    clock.advance(100);
    const { message } = (await bench.store.message(other))!;
    return message.status === "sent" && sent().length === 2 ? true : undefined;
  });
  await lanes.stop();
});

for (const [where, nth] of [
  ["before its gate", 1],
  ["within its gate", 2],
] as const)
  test(`a lane that looks for its call ${where} while all stop begins none, and waits for nothing`, async () => {
    const clock = new FakeClock();
    await using bench = await Workbench.open({ clock });
    const id = await send(bench, "5");
    const lane = (await bench.store.message(id))!.message.conversationId;
    // A lane that has waited at its gate looks again within it.
    if (nth === 2) await pauseChannel(bench);
    const goesOn = Promise.withResolvers<void>();
    let looks = 0;
    const headCall = async (conversationId: string) => {
      const isHeldUp = conversationId === lane && ++looks === nth;
      if (isHeldUp) await goesOn.promise;
      return bench.store.headCall(conversationId);
    };
    const gateway = { ...bench.gateway, store: { ...bench.store, headCall } };
    const lanes = new Lanes(gateway);
    await lanes.start();
    await eventually("the look", async () => {
      if (looks === nth - 1) clock.advance(pauseMs / 10);
      return looks === nth || undefined;
    });
    const stopping = lanes.stop();
    goesOn.resolve();
    await stopping;
    assert.deepEqual(bench.requests, []);
    assert.equal((await bench.store.message(id))?.calls[0]?.state, "queued");
  });

test("after a kill the next try tells whether the token that only the journal knows as refused is another by now", async () => {
  for (const isRefusedStill of [true, false]) {
    await using bench = await Workbench.open();
    bench.handler = () =>
      isRefusedStill
        ? { status: 401, body: { ok: false, error_code: 401, description: "Unauthorized" } }
        : ok(1);
    const id = await send(bench, "5");
    await answeredAtTheEnd(bench, id, { until: "new_credentials" });
    const lanes = new Lanes(bench.gateway);
    await lanes.start();
    const waits = () => bench.gateway.channels.get("channel")?.awaitsCredentials === true;
    await eventually("the next try's end", async () => {
      const { message } = (await bench.store.message(id))!;
      return waits() || message.status === "sent" ? true : undefined;
    });
    assert.deepEqual([waits(), bench.requests.length], [isRefusedStill, 1]);
    await lanes.stop();
  }
});

test("what two conversations have used counts for the one that they become", async () => {
  const clock = new FakeClock();
  const rate = (perSecond: number, burst: number) => ({
    perSecond,
    burst,
    source: "test",
    read: "2026-11-22",
  });
  const capabilities = { pace: { channel: rate(1_000, 1_000), contact: rate(1, 5) } };
  const sender = { aliases: ["5", "6"] };
  const said = {
    kind: "received",
    dedupeKey: "in",
    platformId: "in",
    sender,
    chat: { id: "5", type: "private" },
  };
  const parse = () => ({ events: [{ ...said, content: { type: "text" } } as never], unknown: [] });
  await using bench = await Workbench.open({ clock, capabilities, parse });
  const lanes = new Lanes(bench.gateway);
  const digester = new Digester(bench.gateway, lanes);
  await lanes.start();
  const sent = async (count: number) =>
    eventually(`${count} sends`, () => (bench.requests.length === count ? true : undefined));
  for (const to of ["5", "6", "5", "6", "5", "6", "5"]) await send(bench, to);
  await sent(7);
  await bench.store.storePayloads("channel", ["{}"], clock.now());
  bench.gateway.payloadsReady.raise("channel");
  const lanesOf = async () => (await bench.store.conversations({ limit: 5 })).rows.length;
  await eventually("one conversation", async () => ((await lanesOf()) === 1 ? true : undefined));
  await send(bench, "5");
  // Of another person, behind which it would have left.
  await send(bench, "7");
  await sent(8);
  assert.equal(bench.requests.at(-1)?.body.text, "to 7");
  await eventually("its turn", () => {
    clock.advance(500);
    return bench.requests.length === 9 ? true : undefined;
  });
  await lanes.stop();
  await digester.stop();
});
