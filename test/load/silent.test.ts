import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { test } from "node:test";
import { setTimeout as rest } from "node:timers/promises";
import { Pool } from "undici";
import { eventually, withinMs } from "../support/eventually.ts";
import { entry, envelope, signature, whatsappNumber } from "../support/meta-webhook.ts";
import { type Stack, startStack } from "../support/stack.ts";

/** `QUEUED=200000 SILENT_SECONDS=180` for the whole of what docs/reliability.md promises. */
const queued = Number(process.env.QUEUED ?? 4_000);
const silentSeconds = Number(process.env.SILENT_SECONDS ?? 8);
/** In the short form few messages wait, and when a machine that others keep busy gives memory back is its own affair. */
const maxRssMb = process.env.QUEUED === undefined ? 450 : 300;
const connections = 64;
/** What one channel may have under way at a time. */
const maxInFlightPerChannel = 64;

/** In the platforms' place: takes every request to send and gives no answer, until it is told to. */
class SilentPlatforms {
  readonly #held = new Set<ServerResponse>();
  readonly #server = createServer((request, response) => void this.#take(request, response));
  isSilent = true;
  taken = 0;
  answered = 0;

  async listen(port: number): Promise<void> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    await once(request, "end");
    const [url = ""] = (request.url ?? "").split("?");
    const isTelegram = url.startsWith("/bot");
    const isSending = request.method === "POST" && /\/(messages|sendMessage)$/.test(url);
    if (!isSending) {
      if (url.includes("/getUpdates")) await rest(1_000);
      return void response.end(JSON.stringify({ ok: true, result: [], success: true }));
    }
    this.taken++;
    if (this.isSilent) {
      this.#held.add(response);
      response.on("close", () => this.#held.delete(response));
      return;
    }
    this.answered++;
    const id = String(this.answered);
    const answer = isTelegram
      ? { ok: true, result: { message_id: this.answered, date: 1, chat: { id: 1, type: "private" } } }
      : {
          messaging_product: "whatsapp",
          contacts: [{ input: "1", wa_id: "1" }],
          messages: [{ id: `wamid.${id}` }],
        };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer));
  }
}

/** Resident memory now, and the most that there ever was, in MB (man 5 proc). */
function memoryMb({ child }: Stack): { now: number; most: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  const field = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)![1]) / 1000;
  return { now: field("VmRSS"), most: field("VmHWM") };
}

/** Messages to as many people as there are, in turn on both channels, all answered 202. */
async function queue(gateway: Stack, channels: string[]): Promise<void> {
  const pool = new Pool(gateway.url, { connections, pipelining: 1 });
  const headers = { "content-type": "application/json", authorization: `Bearer ${gateway.key}` };
  let next = 0;
  const poster = async (): Promise<void> => {
    while (next < queued) {
      const index = next++;
      const body = JSON.stringify({
        from: channels[index % channels.length],
        to: String(5_511_900_000_000 + index),
        content: { text: { body: `message ${index}` } },
      });
      const answer = await pool.request({ method: "POST", path: "/v1/messages", headers, body });
      await answer.body.dump();
      assert.equal(answer.statusCode, 202);
    }
  };
  await Promise.all(Array.from({ length: connections }, poster));
  await pool.close();
}

test(`with ${queued} messages queued for platforms that give no answer the gateway stays under ${maxRssMb} MB, reads what comes in, and goes on when they do`, async (t) => {
  const first = await startStack();
  const number = await whatsappNumber(first);
  const channels = ((await first.call("GET", "/v1/channels")).json.data as { id: string; platform: string }[])
    .filter(({ platform }) => platform === "whatsapp" || platform === "telegram")
    .map(({ id }) => id);
  await first.stop();
  await using platforms = new SilentPlatforms();
  await platforms.listen(first.simulatorPort);
  await using gateway = await startStack({ command: "serve", from: first, env: { LOG_LEVEL: "error" } });
  const atStartMb = memoryMb(gateway).now;
  await queue(gateway, channels);
  const whenQueuedMb = memoryMb(gateway).now;

  const path = `/webhooks/whatsapp/${number.channelId}`;
  let received = 0;
  let underWay = 0;
  for (const until = performance.now() + silentSeconds * 1000; performance.now() < until; received++) {
    const messages = [
      {
        from: "15550000001",
        id: `wamid.IN${received}`,
        timestamp: "1790000000",
        type: "text",
        text: { body: "hello" },
      },
    ];
    const body = envelope(
      entry(number, { contacts: [{ profile: { name: "Rita" }, wa_id: "15550000001" }], messages }),
    );
    const headers = { authorization: "", "x-hub-signature-256": signature(number.appSecret, body) };
    assert.equal((await gateway.call("POST", path, body, headers)).status, 200);
    underWay = Math.max(underWay, await sending(gateway));
    await rest(100);
  }
  const read = await eventually("every webhook read", async () => {
    const { json } = await gateway.call("GET", "/v1/messages?direction=in&limit=200");
    return json.data.length >= Math.min(200, received) ? json.data.length : undefined;
  });
  const silentMb = memoryMb(gateway);
  const whileSilent = platforms.taken;
  platforms.isSilent = false;
  await eventually("the queue goes on", async () => platforms.answered >= 100 || undefined, 3 * withinMs);

  t.diagnostic(
    JSON.stringify({
      queued,
      silentSeconds,
      atStartMb: Math.round(atStartMb),
      whenQueuedMb: Math.round(whenQueuedMb),
      mostMb: Math.round(silentMb.most),
      underWayAtMost: underWay,
      takenWhileSilent: whileSilent,
      webhooksRead: read,
    }),
  );
  assert.ok(silentMb.most < maxRssMb, `${silentMb.most} MB`);
  assert.ok(underWay > 0, "something was under way at the silent platforms");
  assert.ok(underWay <= channels.length * maxInFlightPerChannel, `${underWay} at once`);
});

/** Calls that have left and were not answered yet, as the gateway itself tells. */
async function sending(gateway: Stack): Promise<number> {
  const { text } = await gateway.call("GET", "/metrics");
  return Number(/antiphon_calls\{state="sending"\} (\d+)/.exec(text)?.[1] ?? 0);
}
