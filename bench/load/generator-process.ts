import { createHmac } from "node:crypto";
import { Pool } from "undici";
import { bodyText, contact, content } from "../message.ts";
import { nowMs } from "./now.ts";
import { isSteady } from "./steady.ts";

interface Account {
  channelId: string;
  phoneNumberId: string;
}
/** So many requests a second by schedule, with the numbers from `first` on. */
export interface Ask {
  url: string;
  /** Others that take the same: all of them in turns. */
  alsoTo?: readonly string[];
  perSecond: number;
  seconds: number;
  first: number;
  /** How many people are written to, or write, in turns. */
  people?: number;
  /** `message`: to `POST /v1/messages`; `webhook`: a signed text of a person. A person keeps to one account. */
  kind: "message" | "webhook";
  accounts: Account[];
  headers: Record<string, string>;
  /** Where the numbers stand in the path: `{channel}`. */
  path: string;
  appSecret: string;
}
export interface Told {
  /** When the first was to leave, by `nowMs`. */
  startedAt: number;
  sent: number;
  /** When the last was answered, by `nowMs`. */
  lastAt: number;
  /** Answered as it should be. */
  taken: number;
  /** Of them, in the steady part of the run. */
  inTime: number;
  /** How often another status came; 0: no answer. */
  others: Record<string, number>;
  /** From when a request was to leave to its answer, of those taken. */
  latencies: Float64Array;
  /** The latest that one left after its time: the generator's own fault. */
  lateMs: number;
  /** Of this process's processor, in seconds. */
  cpu: number;
}

const connections = 256;
/** Who has no answer by then has none. */
const mostMs = 60_000;
const known = new Map<string, Pool>();

function poolOf(url: string): Pool {
  const pool =
    known.get(url) ??
    new Pool(url, { connections, pipelining: 1, headersTimeout: mostMs, bodyTimeout: mostMs });
  known.set(url, pool);
  return pool;
}

function requestOf(ask: Ask, index: number): { path: string; headers: Record<string, string>; body: string } {
  const person = contact(index, ask.people);
  const account = ask.accounts[Number(person) % ask.accounts.length]!;
  const path = ask.path.replace("{channel}", account.channelId);
  if (ask.kind === "message") {
    const body = JSON.stringify({ from: account.channelId, to: person, content: content(index) });
    return { path, headers: ask.headers, body };
  }
  const body = webhook(account, person, index);
  const signature = createHmac("sha256", ask.appSecret).update(body).digest("hex");
  return { path, headers: { ...ask.headers, "x-hub-signature-256": `sha256=${signature}` }, body };
}

function webhook({ phoneNumberId }: Account, from: string, index: number): string {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const message = { from, id: `wamid.IN${index}`, timestamp, type: "text", text: { body: bodyText(index) } };
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: "15550783881", phone_number_id: phoneNumberId },
    contacts: [{ profile: { name: "Rita" }, wa_id: from }],
    messages: [message],
  };
  const entry = [{ id: "102290129340398", changes: [{ field: "messages", value }] }];
  return JSON.stringify({ object: "whatsapp_business_account", entry });
}

/** Nothing more of the run under way is to leave. */
let isStopped = false;

/** An open loop: nobody's departure waits for another's answer, so that a stall counts in full. */
async function run(ask: Ask): Promise<Told> {
  const pools = [ask.url, ...(ask.alsoTo ?? [])].map(poolOf);
  const total = Math.round(ask.perSecond * ask.seconds);
  const taken: number[] = [];
  const others: Record<string, number> = {};
  const before = process.cpuUsage();
  const startedAt = nowMs() + 20;
  const times = { startedAt, seconds: ask.seconds };
  let inTime = 0;
  let lateMs = 0;
  let next = 0;
  const post = async (index: number, dueAt: number): Promise<void> => {
    lateMs = Math.max(lateMs, nowMs() - dueAt);
    const status = await pools[index % pools.length]!.request({
      method: "POST",
      ...requestOf(ask, index),
    }).then(
      async (answer) => {
        await answer.body.dump();
        return answer.statusCode;
      },
      () => 0,
    );
    if (status === 200 || status === 202) {
      const at = nowMs();
      taken.push(at - dueAt);
      if (isSteady(at, times)) inTime++;
    } else others[status] = (others[status] ?? 0) + 1;
  };
  const posts: Promise<void>[] = [];
  isStopped = false;
  while (next < total && !isStopped) {
    const due = ((nowMs() - startedAt) * ask.perSecond) / 1000;
    for (; next <= due && next < total; next++)
      posts.push(post(ask.first + next, startedAt + (next * 1000) / ask.perSecond));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(posts);
  const lastAt = nowMs();
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1e6;
  return {
    startedAt,
    lastAt,
    sent: next,
    taken: taken.length,
    inTime,
    others,
    latencies: Float64Array.from(taken),
    lateMs,
    cpu,
  };
}

process.on("message", async (ask: Ask | "stop") => {
  if (ask === "stop") isStopped = true;
  else process.send?.(await run(ask));
});
process.once("disconnect", () => process.exit(0));
process.send?.("ready");
