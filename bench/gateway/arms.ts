import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../../test/support/postgres-server.ts";
import { type Stack, type StackOptions, startStack } from "../../test/support/stack.ts";
import { account } from "../libraries/account.ts";
import { Child } from "../load/child.ts";
import type { LoadBench, Subject } from "../load/load.ts";

/** A subject under load with what it takes to end it. */
export interface Arm {
  subject: Subject;
  stop(): Promise<void>;
}
export type Arms = Record<string, (bench: LoadBench) => Promise<Arm>>;

const key = "ak_benchbenchbenchbench";
/** Each takes 1,000 a second, the most that WhatsApp lets a number send: their limits are not what is measured. */
const numbers = 8;

/** What may be told of a gateway; its store is a file where no database is. */
export type Serving = Pick<StackOptions, "from" | "nodeArgs" | "tree"> & {
  database?: string;
  /** Of the gateway with which it shares the database. */
  keyFile?: string;
};

/** A gateway as `npm run serve` starts it; its platform is the stub. */
export function serve(bench: LoadBench, { database, keyFile, ...more }: Serving = {}): Promise<Stack> {
  const env = {
    ...(database && { DATABASE_URL: database }),
    ...(keyFile && { ANTIPHON_SECRET_KEY_FILE: keyFile }),
    ANTIPHON_API_KEY: key,
    SIMULATOR_PORT: String(bench.port),
    ANTIPHON_ALLOW_PRIVATE_ENDPOINTS: "true",
    LOG_LEVEL: "warn",
  };
  return startStack({ command: "serve", env, ...more });
}

/** With so many numbers of the platform's stub. */
export async function antiphon(
  bench: LoadBench,
  { endpoint, ...more }: Serving & { endpoint?: boolean } = {},
) {
  const stack = await serve(bench, more);
  const accounts: { channelId: string; phoneNumberId: string }[] = [];
  for (let n = 0; n < numbers; n++) {
    const phoneNumberId = String(Number(account.phoneNumberId) + n);
    const { accessToken: access_token, appSecret: app_secret } = account;
    const { status, json, text } = await stack.call("POST", "/v1/channels", {
      platform: "whatsapp",
      credentials: { phone_number_id: phoneNumberId, access_token, app_secret },
      messages_per_second: 1000,
      simulated: true,
    });
    if (status !== 201) throw new Error(`connecting a number answered ${status}: ${text}`);
    accounts.push({ channelId: json.id, phoneNumberId });
  }
  if (endpoint) {
    const { status, text } = await stack.call("POST", "/v1/endpoints", { url: `${bench.url}/hook` });
    if (status !== 201) throw new Error(`registering answered ${status}: ${text}`);
  }
  return { stack, accounts };
}

export function sending(url: string, accounts: Subject["request"]["accounts"]): Subject["request"] {
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  return { url, kind: "message", accounts, headers, path: "/v1/messages", appSecret: account.appSecret };
}

/** A gateway that sends, with the sources of this tree or another's. */
export async function onSqlite(bench: LoadBench, more: Serving = {}): Promise<Arm> {
  const { stack, accounts } = await antiphon(bench, more);
  return {
    subject: { pids: [stack.child.pid!], arrives: true, request: sending(stack.url, accounts) },
    stop: () => stack[Symbol.asyncDispose](),
  };
}

/** On a PostgreSQL of its own, which makes everything durable and is counted with it. */
export async function onPostgres(bench: LoadBench, more: Serving = {}): Promise<Arm> {
  const server = await startPostgres();
  const { subject, stop } = await onSqlite(bench, { ...more, database: server.url("postgres") });
  return { subject: { ...subject, database: server.pid }, stop: () => stop().finally(server.close) };
}

/** A process of this folder behind the same request. */
async function bare(file: string, args: string[], more: { database?: number } = {}): Promise<Arm> {
  const { child, first } = await Child.start<{ port: number }>(file, args);
  const accounts = [{ channelId: "channel", phoneNumberId: account.phoneNumberId }];
  const request = sending(`http://127.0.0.1:${first.port}`, accounts);
  return {
    subject: { pids: [child.process.pid!], ...more, arrives: true, request },
    stop: () => child.stop(),
  };
}

/** One for each engine, the bare limit of storing on each, and what has no store. */
export const arms: Arms = {
  "antiphon on SQLite": (bench) => onSqlite(bench),
  "antiphon on PostgreSQL": (bench) => onPostgres(bench),
  "bare store-and-forward": async (bench) => {
    const folder = await mkdtemp(join(tmpdir(), "antiphon-bare-"));
    const { subject, stop } = await bare("gateway/bare-proxy.ts", [bench.url, join(folder, "bare.db")]);
    return { subject, stop: () => stop().finally(() => rm(folder, { recursive: true, force: true })) };
  },
  "bare store-and-forward on PostgreSQL": async (bench) => {
    const server = await startPostgres();
    const args = [bench.url, server.url("postgres")];
    const { subject, stop } = await bare("gateway/bare-proxy.ts", args, { database: server.pid });
    return { subject, stop: () => stop().finally(server.close) };
  },
  "whatsapp-api-js": (bench) => bare("gateway/library-server.ts", [bench.url, "whatsapp-api-js"]),
  chat: (bench) => bare("gateway/library-server.ts", [bench.url, "chat"]),
};
