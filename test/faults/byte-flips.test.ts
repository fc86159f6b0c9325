import assert from "node:assert/strict";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Notifier } from "../../src/gateway/delivering/notify.ts";
import { Digester } from "../../src/gateway/receiving/digest.ts";
import { ingest } from "../../src/gateway/receiving/ingest.ts";
import { acceptMessage } from "../../src/gateway/sending/accept.ts";
import { Lanes } from "../../src/gateway/sending/lanes.ts";
import { Transport } from "../../src/gateway/transport.ts";
import { eventually } from "../support/eventually.ts";
import { ok, Workbench } from "../support/workbench.ts";

/** 1,000 in the long run: ANTIPHON_FLIPS=1000. Flip number n of a seed is the same place in every run. */
const flips = Number(process.env.ANTIPHON_FLIPS ?? 100);
const seed = Number(process.env.ANTIPHON_FLIP_SEED ?? 20_261_122);
const each = 15;

const unhurried = { perSecond: 10_000, burst: 10_000, source: "test", read: "2026-11-22" };
const quick = { pace: { channel: unhurried, contact: unhurried } };
const long = Array(8).fill("All that is sent and told must be as it was written.").join(" ");
const sentText = (n: number) => `to ${n}: ${long}`;
const toldText = (n: number) => `from ${n}: ${long}`;

type Outcome =
  | "identical"
  | "refused"
  | "quarantined"
  | "told in the log"
  | "waits, with its reason"
  | "SILENT"
  | "ALTERED";

/** mulberry32, public domain, by Tommy Ettinger. */
function stream(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A customer's endpoint: the texts of the messages that it was told. */
async function listen() {
  const told: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const event = JSON.parse(Buffer.concat(chunks).toString());
    if (event.type === "message.received") told.push(event.message.text?.body ?? "");
    response.writeHead(204).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, told, url: `http://127.0.0.1:${(server.address() as { port: number }).port}/` };
}

function update(n: number) {
  const from = { id: 900 + n, is_bot: false, first_name: "Rita" };
  const message = {
    message_id: n,
    date: 1_795_300_000,
    chat: { id: 900 + n, type: "private" },
    from,
    text: toldText(n),
  };
  const rawBody = Buffer.from(JSON.stringify({ update_id: n, message }));
  return { method: "POST", query: {}, headers: { "x-telegram-bot-api-secret-token": "secret" }, rawBody };
}

/** A folder with messages to be sent, payloads to be read, and events to be delivered. */
async function written(url: string): Promise<string> {
  const bench = await Workbench.open({ capabilities: quick });
  const [channel] = bench.gateway.channels.all();
  const endpoint = {
    id: "endpoint",
    url,
    secret: "whsec_AAAA",
    format: "antiphon" as const,
    events: [],
    channels: [],
    ordered: false,
    enabled: true,
    createdAt: 1,
  };
  await bench.store.addEndpoint(endpoint);
  for (let n = 0; n < each; n++) await ingest(bench.gateway, channel!, update(n));
  const lanes = new Lanes(bench.gateway);
  const digester = new Digester(bench.gateway, lanes);
  digester.start();
  await eventually(
    "reading",
    async () => (await bench.store.backlog("channel")).all.unread === 0 || undefined,
  );
  await digester.stop();
  for (let n = each; n < 2 * each; n++) await ingest(bench.gateway, channel!, update(n));
  for (let n = 0; n < each; n++) {
    const request = { from: "channel", to: String(100 + n), content: { text: { body: sentText(n) } } };
    await acceptMessage(bench.gateway, { request, normalised: [], warnings: [] });
  }
  const folder = mkdtempSync(join(tmpdir(), "antiphon-flips-"));
  await bench.store.close();
  cpSync(bench.folder, folder, { recursive: true });
  await bench[Symbol.asyncDispose]();
  return folder;
}

/** Whether all that still waits has been tried, and its record says why it waits: an endpoint's URL is another one. */
async function isRecorded({ store }: Workbench): Promise<boolean> {
  const { rows } = await store.deliveries({ limit: 10 * each, state: "pending" });
  const { all } = await store.backlog("channel");
  const isQuiet = all.queued === 0 && all.unread === 0;
  return isQuiet && rows.some(({ attempts }) => attempts.at(-1)?.error !== undefined);
}

/** Starts a gateway on the damaged folder, lets it do all it finds to do, and judges what left it. */
async function judge(folder: string, told: string[]): Promise<Outcome> {
  let bench: Workbench;
  try {
    bench = await Workbench.open({ folder, capabilities: quick });
  } catch {
    return "refused";
  }
  await using _closing = bench;
  const sent: string[] = [];
  bench.handler = ({ text = "", chat_id }) => {
    sent.push(`${chat_id} ${text}`);
    return ok(sent.length, chat_id);
  };
  const transport = new Transport();
  const lanes = new Lanes(bench.gateway);
  const digester = new Digester(bench.gateway, lanes);
  const notifier = new Notifier(bench.gateway, transport);
  await lanes.start().catch((err) => bench.gateway.log.error({ err }, "starting failed"));
  digester.start();
  await notifier.start().catch((err) => bench.gateway.log.error({ err }, "starting failed"));
  const errors = () => bench.logged.filter(({ level }) => level === "error");
  const isDone = () => sent.length >= each && told.length >= 2 * each;
  const end = await eventually(
    "an end",
    async () => isDone() || errors().length > 0 || (await isRecorded(bench)) || undefined,
  ).catch(() => "silent");
  // What goes on beside the damage must be as it was written too.
  await Promise.all([notifier.stop(), lanes.stop(), digester.stop()]);
  await transport.close();
  const wantedSent = Array.from({ length: each }, (_, n) => `${100 + n} ${sentText(n)}`);
  const wantedTold = Array.from({ length: 2 * each }, (_, n) => toldText(n));
  if (sent.some((one) => !wantedSent.includes(one)) || told.some((one) => !wantedTold.includes(one)))
    return "ALTERED";
  if (errors().length === 0 && end === "silent") return "SILENT";
  if (errors().length === 0 && !isDone()) return "waits, with its reason";
  if (errors().length === 0) return "identical";
  return errors().every(({ message }) => message.includes("is damaged")) ? "quarantined" : "told in the log";
}

test(`of ${flips} bytes changed at random places of the file none alters what is sent or told, and none loses it in silence`, async (t) => {
  const { server, told, url } = await listen();
  const base = await written(url);
  const bytes = readFileSync(join(base, "antiphon.db"));
  const random = stream(seed);
  const outcomes = new Map<Outcome, number>();
  const wrong: string[] = [];
  for (let n = 0; n < flips; n++) {
    const place = Math.floor(random() * bytes.length);
    const change = 1 + Math.floor(random() * 255);
    const damaged = Buffer.from(bytes);
    damaged[place]! ^= change;
    const folder = mkdtempSync(join(tmpdir(), "antiphon-flip-"));
    writeFileSync(join(folder, "antiphon.db"), damaged);
    told.length = 0;
    const outcome = await judge(folder, told);
    rmSync(folder, { recursive: true, force: true });
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (outcome === "ALTERED" || outcome === "SILENT")
      wrong.push(`flip ${n}: byte ${place} ^ ${change}: ${outcome}`);
  }
  rmSync(base, { recursive: true });
  server.closeAllConnections();
  server.close();
  t.diagnostic(`seed ${seed}, ${bytes.length} bytes: ${JSON.stringify(Object.fromEntries(outcomes))}`);
  assert.deepEqual(wrong, []);
});
