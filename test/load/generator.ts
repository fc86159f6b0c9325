import { writeFileSync } from "node:fs";
import { Pool } from "undici";
import { entry, envelope, type MetaNumber, signature } from "../support/meta-webhook.ts";

/** What a generator is told to do, as the JSON of its one argument. */
export interface Load {
  url: string;
  number: MetaNumber;
  perSecond: number;
  seconds: number;
  /** Where the ids go that were answered 200, one a line. */
  acknowledgedFile: string;
}

export interface Measured {
  sent: number;
  /** How often each status was answered; 0: no answer. */
  statuses: Record<string, number>;
  /** From the time at which the request was to leave, whenever it did, to its answer. */
  latencyMs: { p50: number; p90: number; p99: number; p999: number; max: number };
  /** The latest that a request left after its time: the generator's own fault. */
  lateMs: { p99: number; max: number };
  /** Of one core. */
  generatorCpu: number;
}

const contacts = 500;
const connections = 128;

/**
 * Posts signed webhooks at their times, whether or not earlier ones were answered: an open loop, so that a stall of
 * the gateway delays nobody's departure and counts in full.
 */
async function run(load: Load): Promise<Measured> {
  const pool = new Pool(load.url, { connections, pipelining: 1 });
  const path = `/webhooks/whatsapp/${load.number.channelId}`;
  const total = load.perSecond * load.seconds;
  const latencies: number[] = [];
  const delays: number[] = [];
  const statuses: Record<string, number> = {};
  const acknowledged: string[] = [];
  const startedAt = performance.now() + 100;
  const cpu = process.cpuUsage();

  const post = async (index: number): Promise<void> => {
    const dueAt = startedAt + (index * 1000) / load.perSecond;
    const id = `wamid.LOAD${index}`;
    const body = webhook(load.number, index, id);
    delays.push(performance.now() - dueAt);
    const headers = {
      "content-type": "application/json",
      "x-hub-signature-256": signature(load.number.appSecret, body),
    };
    const status = await pool.request({ method: "POST", path, headers, body }).then(
      async (answer) => {
        await answer.body.dump();
        return answer.statusCode;
      },
      () => 0,
    );
    latencies.push(performance.now() - dueAt);
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status === 200) acknowledged.push(id);
  };

  const posts: Promise<void>[] = [];
  while (posts.length < total) {
    const due = ((performance.now() - startedAt) * load.perSecond) / 1000;
    while (posts.length <= due && posts.length < total) posts.push(post(posts.length));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(posts);
  const { user, system } = process.cpuUsage(cpu);
  const tookMs = performance.now() - startedAt;
  await pool.close();
  writeFileSync(load.acknowledgedFile, acknowledged.join("\n"));
  const sorted = latencies.sort((a, b) => a - b);
  const late = delays.sort((a, b) => a - b);
  return {
    sent: total,
    statuses,
    latencyMs: {
      p50: quantile(sorted, 0.5),
      p90: quantile(sorted, 0.9),
      p99: quantile(sorted, 0.99),
      p999: quantile(sorted, 0.999),
      max: quantile(sorted, 1),
    },
    lateMs: { p99: quantile(late, 0.99), max: quantile(late, 1) },
    generatorCpu: Math.round((user + system) / 10 / tookMs) / 100,
  };
}

function webhook(number: MetaNumber, index: number, id: string): string {
  const from = String(15_550_000_000 + (index % contacts));
  const timestamp = String(Math.floor(Date.now() / 1000));
  const message = { from, id, timestamp, type: "text", text: { body: `message ${index}` } };
  return envelope(
    entry(number, { contacts: [{ profile: { name: "Rita" }, wa_id: from }], messages: [message] }),
  );
}

function quantile(sorted: number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return Math.round(value * 10) / 10;
}

process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2]!))));
