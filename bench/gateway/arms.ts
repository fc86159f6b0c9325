import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** A gateway as `npm run serve` starts it; its platform is the stub. */
export function serve(bench: LoadBench, more: Pick<StackOptions, "from" | "nodeArgs"> = {}): Promise<Stack> {
  const env = {
    ANTIPHON_API_KEY: key,
    SIMULATOR_PORT: String(bench.port),
    ANTIPHON_ALLOW_PRIVATE_ENDPOINTS: "true",
    LOG_LEVEL: "warn",
  };
  return startStack({ command: "serve", env, ...more });
}

/** With so many numbers of the platform's stub. */
export async function antiphon(bench: LoadBench, more: { endpoint?: boolean; nodeArgs?: string[] } = {}) {
  const stack = await serve(bench, { nodeArgs: more.nodeArgs });
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
  if (more.endpoint) {
    const { status, text } = await stack.call("POST", "/v1/endpoints", { url: `${bench.url}/hook` });
    if (status !== 201) throw new Error(`registering answered ${status}: ${text}`);
  }
  return { stack, accounts };
}

export function sending(url: string, accounts: Subject["request"]["accounts"]): Subject["request"] {
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  return { url, kind: "message", accounts, headers, path: "/v1/messages", appSecret: account.appSecret };
}

/** A process of this folder behind the same request; `folder` is gone with it. */
async function bare(file: string, args: string[], folder?: string): Promise<Arm> {
  const { child, first } = await Child.start<{ port: number }>(file, args);
  const accounts = [{ channelId: "channel", phoneNumberId: account.phoneNumberId }];
  return {
    subject: {
      pid: child.process.pid!,
      arrives: true,
      request: sending(`http://127.0.0.1:${first.port}`, accounts),
    },
    async stop() {
      await child.stop();
      if (folder) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One for each engine beside what has no store, and the bare limit of storing at all. */
export const arms: Arms = {
  "antiphon on SQLite": async (bench) => {
    const { stack, accounts } = await antiphon(bench);
    return {
      subject: { pid: stack.child.pid!, arrives: true, request: sending(stack.url, accounts) },
      stop: () => stack[Symbol.asyncDispose](),
    };
  },
  "bare store-and-forward": async (bench) => {
    const folder = await mkdtemp(join(tmpdir(), "antiphon-bare-"));
    return bare("gateway/bare-proxy.ts", [bench.url, join(folder, "bare.db")], folder);
  },
  "whatsapp-api-js": (bench) => bare("gateway/library-server.ts", [bench.url, "whatsapp-api-js"]),
  chat: (bench) => bare("gateway/library-server.ts", [bench.url, "chat"]),
};
