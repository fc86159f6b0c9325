import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { request } from "undici";
import type { PlatformName } from "../../src/core/platform.ts";
import { eventually } from "./eventually.ts";

const root = join(import.meta.dirname, "..", "..");

/** How npm's scripts start it: settings of the environment and flags of Node.js, as package.json has them. */
const script: string = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts.serve;
const [, given = "", flagged = ""] = /&& ((?:\w+=\S+ )*)exec node (.*?)src\/main\.ts/.exec(script) ?? [];
const settings = Object.fromEntries(
  given
    .trim()
    .split(" ")
    .map((one) => one.split("=")),
);
const flags = flagged.trim().split(" ");

/**
 * A process that a failed test left behind would keep its file, and with it the whole run, from ever ending: what is
 * still there a minute after a file's last test is killed.
 */
const leftBehindAfterMs = 60_000;
const started = new Set<ChildProcess>();
if (process.argv[1]?.endsWith(".test.ts")) {
  after(() => {
    setTimeout(() => {
      for (const child of started) child.kill("SIGKILL");
    }, leftBehindAfterMs).unref();
  });
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of an answer is its own assertion
  json: any;
}

export interface Person {
  id: string;
  platform: PlatformName;
  channel: string;
  name: string;
  address: string;
}

export interface StackOptions {
  command?: "start" | "serve" | "simulator";
  env?: Record<string, string>;
  /** Goes on with an earlier stack's folder and ports. */
  from?: Pick<Stack, "port" | "simulatorPort" | "dataDir" | "key">;
  /** For Node itself: `--import` of something to load before. */
  nodeArgs?: string[];
  /** A command that runs the process, named after it: with limits, say. */
  wrap?: string[];
  /** Another working tree whose sources run: beside this one's, to compare the two. */
  tree?: string;
}

/** Real processes on free ports with a data folder of their own; nothing is shared between stacks. */
export class Stack {
  readonly port: number;
  readonly simulatorPort: number;
  readonly dataDir: string;
  readonly child: ChildProcess;
  /** When it is over, and all that it said has been read. */
  readonly ended: Promise<void>;
  stdout = "";
  stderr = "";
  key = "";

  constructor(child: ChildProcess, place: { port: number; simulatorPort: number; dataDir: string }) {
    this.child = child;
    this.port = place.port;
    this.simulatorPort = place.simulatorPort;
    this.dataDir = place.dataDir;
    this.ended = new Promise((resolve) => child.once("close", () => resolve()));
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get simulatorUrl(): string {
    return `http://127.0.0.1:${this.simulatorPort}`;
  }

  /** To the gateway, with the key unless `headers` say otherwise. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return send(`${this.url}${path}`, method, body, { authorization: `Bearer ${this.key}`, ...headers });
  }

  async simulate(method: string, path: string, body?: unknown): Promise<Answer> {
    return send(`${this.simulatorUrl}/simulator${path}`, method, body, {});
  }

  async people(platform: Person["platform"]): Promise<Person[]> {
    const { json } = await this.simulate("GET", "/people");
    return json.data.filter((person: Person) => person.platform === platform);
  }

  async act(person: Person, act: object): Promise<Answer> {
    return this.simulate("POST", `/people/${person.id}/acts`, act);
  }

  /** What is there, whenever it came. */
  // biome-ignore lint/suspicious/noExplicitAny: see Answer.json
  async screen(person: Person): Promise<any[]> {
    const { messages } = (await this.simulate("GET", `/people/${person.id}/screen`)).json;
    return messages.map(({ at: _at, ...message }: { at: string }) => message);
  }

  /** Waits for a business message on the screen that was not there among `before`. */
  // biome-ignore lint/suspicious/noExplicitAny: see Answer.json
  async newOnScreen(person: Person, before: number, count = 1): Promise<any[]> {
    return eventually(`${count} new messages on ${person.name}'s screen`, async () => {
      const shown = (await this.screen(person))
        .slice(before)
        .filter((message) => message.from === "business");
      return shown.length >= count ? shown : undefined;
    });
  }

  /** Ends with a signal and gives the exit code. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.child.kill(signal);
    await this.ended;
    return this.child.exitCode;
  }

  /** Ends the processes and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGTERM");
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** Starts and does not wait: for starts that are meant to fail. */
export async function spawnStack(options: StackOptions = {}): Promise<Stack> {
  const { command = "start", env = {}, nodeArgs = [], from, tree = root } = options;
  const place = from ?? {
    port: await freePort(),
    simulatorPort: await freePort(),
    dataDir: await mkdtemp(join(tmpdir(), "antiphon-")),
  };
  const node = [process.execPath, ...flags, ...nodeArgs, join(tree, "src", "main.ts"), command];
  const [file, ...args] = [...(options.wrap ?? []), ...node];
  const child = spawn(file!, args, {
    cwd: tree,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      PORT: String(place.port),
      SIMULATOR_PORT: String(place.simulatorPort),
      ANTIPHON_DATA: place.dataDir,
      ...settings,
      ...env,
    },
  });
  started.add(child);
  child.once("exit", () => started.delete(child));
  return new Stack(child, place);
}

/** Starts and waits until it is ready. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const stack = await spawnStack(options);
  const url =
    options.command === "simulator" ? `${stack.simulatorUrl}/simulator/accounts` : `${stack.url}/readyz`;
  await eventually(`an answer of ${url}`, async () => {
    if (stack.child.exitCode !== null) throw new Error(`ended with ${stack.child.exitCode}: ${stack.stderr}`);
    return (await send(url, "GET", undefined, {}).catch(() => undefined))?.status === 200 || undefined;
  }).catch(async (error: Error) => {
    // A process left behind would keep the test file from ever ending, and its last words say why.
    await stack.stop("SIGKILL");
    throw new Error(`${error.message}\n${stack.stderr.slice(-2000)}`);
  });
  stack.key = options.env?.ANTIPHON_API_KEY ?? (await keyOf(stack, options.from));
  return stack;
}

async function keyOf(stack: Stack, from: StackOptions["from"]): Promise<string> {
  const shown = /ak_[0-9a-z_]+/.exec(stack.stdout)?.[0];
  return (
    shown ?? from?.key ?? (await readFile(join(stack.dataDir, "api-key"), "utf8").catch(() => "")).trim()
  );
}

export async function send(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  const answer = await request(url, {
    method: method as "GET",
    headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
    body: body === undefined ? undefined : isRaw ? (body as string) : JSON.stringify(body),
  });
  const text = await answer.body.text();
  // What it had printed before its answer is ready to be read as well: after this turn it was.
  await turn();
  return { status: answer.statusCode, headers: answer.headers, text, json: jsonOf(text) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Below the ports that systems give to outgoing connections (Linux: from 32,768): one of those could take a gateway's
 * while it is restarted. Each process has some of its own, and holds the first of them as long as it runs, so that tests
 * which run side by side do not meet, also while one of their gateways is away.
 */
const ports = { first: 10_000, ofProcess: 100, processes: 220 };
let own: Promise<number> | undefined;
let handedOut = 0;

export async function freePort(): Promise<number> {
  own ??= ownPorts();
  for (;;) {
    const port = (await own) + 1 + (handedOut++ % (ports.ofProcess - 1));
    if (await isFree(port)) return port;
  }
}

/** The first of a hundred that no other process has. */
async function ownPorts(): Promise<number> {
  for (let n = 0; n < ports.processes; n++) {
    const first = ports.first + ((process.pid + n) % ports.processes) * ports.ofProcess;
    const held = await listening(first);
    held?.unref();
    if (held) return first;
  }
  throw new Error(`All ports from ${ports.first} on are taken.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = await listening(port);
  if (!server) return false;
  server.close();
  await once(server, "close");
  return true;
}

function listening(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined)).listen(port, "127.0.0.1", () => resolve(server));
  });
}
