import assert from "node:assert/strict";
import { test } from "node:test";
import type { Origin, RenderOptions } from "../src/core/message.ts";
import type { RenderContext } from "../src/core/platform.ts";
import { previewOn } from "../src/core/preview.ts";
import { type Accepted, acceptMessage, planMessage } from "../src/gateway/sending/accept.ts";
import { telegram } from "../src/platforms/telegram/index.ts";
import type { KeyedRequest } from "../src/store/rows.ts";
import { Workbench } from "./support/workbench.ts";

const day = 86_400;
const windowed = { capabilities: { windowSeconds: day, humanWindowSeconds: 7 * day } };
const content = { text: { body: "Hello" } };

/** A bench that keeps what `render` is told. */
async function opened() {
  const bench = await Workbench.open(windowed);
  const told: RenderContext[] = [];
  const { telegram: platform } = bench.gateway.platforms;
  bench.gateway.platforms.telegram = {
    ...platform,
    render(message, context) {
      told.push(context);
      return telegram.render(message, context);
    },
  };
  return { bench, told };
}

/** Somebody writes, `hoursAgo`; their app speaks Portuguese. */
async function write(bench: Workbench, hoursAgo: number): Promise<void> {
  const at = Date.now() - hoursAgo * 3_600_000;
  const event = {
    kind: "received" as const,
    dedupeKey: `written ${hoursAgo}`,
    at,
    chat: { id: "5", type: "private" as const },
    sender: { aliases: ["5"], language: "pt" },
    platformId: "5:1",
    content: { type: "text", text: { body: "Oi" } },
  };
  await bench.store.storePayloads("channel", ["{}"], at);
  const [payload] = await bench.store.undigested("channel", { limit: 1, maxBytes: 1_000_000 });
  await bench.store.digest({
    payloadId: payload!.id,
    at,
    steady: bench.gateway.clock.steady(),
    events: [{ event, content: event.content, report: true }],
    unknown: [],
  });
}

const plan = (bench: Workbench, more: { origin?: Origin; options?: RenderOptions } = {}) =>
  planMessage(bench.gateway, {
    request: { from: "channel", to: "5", content, ...more },
    normalised: [],
    warnings: [],
  });

test("drawing is told who wrote a message, and whether the window after the contact's last one is known to be over", async () => {
  const { bench, told } = await opened();
  await using _ = bench;
  assert.deepEqual((await plan(bench)).warnings[0]?.rule, "window_closed");
  await write(bench, 25);
  assert.deepEqual((await plan(bench, { origin: "bot" })).warnings[0]?.rule, "window_closed");
  assert.deepEqual((await plan(bench, { origin: "human" })).warnings, []);
  await write(bench, 1);
  assert.deepEqual((await plan(bench, { origin: "human" })).warnings, []);
  assert.deepEqual(
    told.map(({ origin, isWindowClosed, language }) => [origin, isWindowClosed, language]),
    [
      // Whoever was never heard may have written before the channel was connected.
      [undefined, false, undefined],
      ["bot", true, "pt"],
      ["human", true, "pt"],
      ["human", false, "pt"],
    ],
  );
});

test("drawing is told the options of the channel and, over them, those of the message", async () => {
  const { bench, told } = await opened();
  await using _ = bench;
  const labels = { send_location: "Here" };
  await bench.gateway.channels.update("channel", { options: { telegram: { list: "poll" }, labels } });
  await plan(bench);
  await plan(bench, { options: { telegram: { list: "keyboard" } } });
  assert.deepEqual(
    told.map(({ options }) => options),
    [
      { telegram: { list: "poll" }, labels },
      { telegram: { list: "keyboard" }, labels },
    ],
  );
});

test("drawing is told the language that is asked for, else the contact's own", async () => {
  const { bench, told } = await opened();
  await using _ = bench;
  await write(bench, 1);
  await plan(bench);
  await plan(bench, { options: { language: "ar" } });
  await bench.gateway.channels.update("channel", { options: { language: "hi" } });
  await plan(bench);
  previewOn(bench.gateway.platforms.telegram, { content, options: { language: "id" } }, []);
  assert.deepEqual(
    told.map(({ language }) => language),
    ["pt", "ar", "hi", "id"],
  );
});

test("a preview without a channel is drawn for its origin and options alone", async () => {
  const { bench, told } = await opened();
  await using _ = bench;
  const wishes = { origin: "human" as const, options: { telegram: { list: "poll" as const } } };
  previewOn(bench.gateway.platforms.telegram, { content, ...wishes }, []);
  const [{ origin, options, isWindowClosed }] = told as [RenderContext];
  assert.deepEqual({ origin, options, isWindowClosed }, { ...wishes, isWindowClosed: undefined });
});

test("a message goes to the store together with its request and the answer to it, in one intention", async () => {
  await using bench = await Workbench.open();
  const intentions: (KeyedRequest | undefined)[] = [];
  const { acceptMessage: store } = bench.store;
  bench.store.acceptMessage = (message) => {
    intentions.push(message.keyed);
    return store(message);
  };
  const keyed = ({ message }: Accepted) => ({
    ...{ scope: "s", fingerprint: "f", expiresAt: bench.gateway.clock.steady() + 60_000 },
    answer: { status: 202, contentType: "text/plain", body: `${message.id} to ${message.address}` },
  });
  const send = { request: { from: "channel", to: "5", content }, normalised: [], warnings: [] };
  const { message } = await acceptMessage(bench.gateway, send, { keyed });
  const kept = await bench.store.keyedRequest("s", bench.gateway.clock.steady());
  assert.equal(kept?.answer?.body, `${message.id} to 5`);
  assert.deepEqual(intentions, [kept]);
  await assert.rejects(acceptMessage(bench.gateway, send, { keyed }), { code: "idempotency_key_in_use" });
  assert.equal((await bench.store.counts()).messages.accepted, 1);
});
