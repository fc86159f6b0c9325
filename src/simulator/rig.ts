import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WallClock } from "../core/clock.ts";
import { type RunningSimulator, startSimulator } from "./simulator.ts";

/** What `JSON.parse` gives: tests look into bodies of every shape. */
export type Loose = ReturnType<typeof JSON.parse>;

/** For tests: a simulator in a folder of its own, its control API, and a place where webhooks arrive. */
export interface Posted {
  headers: IncomingHttpHeaders;
  raw: string;
  body: Loose;
}
export interface Answered {
  status: number;
  body: Loose;
}

const quiet = { info() {}, warn() {}, error() {} };

export class Rig {
  readonly dataDir = mkdtempSync(join(tmpdir(), "antiphon-simulator-"));
  readonly #clock: WallClock | undefined;
  #running: RunningSimulator | undefined;

  constructor(clock?: WallClock) {
    this.#clock = clock;
  }

  async start(): Promise<this> {
    const clock = this.#clock ? { clock: this.#clock } : {};
    this.#running = await startSimulator({
      port: this.#running?.port ?? 0,
      dataDir: this.dataDir,
      log: quiet,
      ...clock,
    });
    return this;
  }
  async stop(): Promise<void> {
    await this.#running?.close();
  }
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#running?.port}`;
  }
  async call(method: string, path: string, body?: unknown, token?: string): Promise<Answered> {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        // A connection that is kept alive may be the one that a restart has just closed.
        connection: "close",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  }
  async account(platform: string) {
    const { body } = await this.call("GET", "/simulator/accounts");
    return body.data.find((account: { platform: string }) => account.platform === platform);
  }
  async people(platform: string) {
    const { body } = await this.call("GET", "/simulator/people");
    return body.data.filter((person: { platform: string }) => person.platform === platform);
  }
  act(person: { id: string }, act: object): Promise<Answered> {
    return this.call("POST", `/simulator/people/${person.id}/acts`, act);
  }
  /** What is there, whenever it came. */
  async screen(person: { id: string }) {
    const { body } = await this.call("GET", `/simulator/people/${person.id}/screen`);
    return body.messages.map(({ at: _at, ...message }: { at: string }) => message);
  }
}

/** A server that takes webhooks and lets a test wait for them. */
export class Inbox {
  readonly posts: Posted[] = [];
  /** How the next posts are answered; empty: 200. */
  answers: { status: number; body?: string; headers?: Record<string, string> }[] = [];
  /** What a registration must bring. */
  verifyToken = "verify-me";
  #port = 0;
  #waiting: (() => void)[] = [];
  readonly #server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (request.method === "GET") {
      const right = url.searchParams.get("hub.verify_token") === this.verifyToken;
      response.writeHead(right ? 200 : 403).end(url.searchParams.get("hub.challenge"));
      return;
    }
    let raw = "";
    request.setEncoding("utf8");
    request.on("data", (chunk) => {
      raw += chunk;
    });
    request.on("end", () => {
      this.posts.push({ headers: request.headers, raw, body: JSON.parse(raw) });
      const answer = this.answers.shift() ?? { status: 200 };
      response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
      response.end(answer.body ?? "{}");
      for (const wake of this.#waiting.splice(0)) wake();
    });
  });

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }
  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
  /** Resolves with the first `count` posts once they are there. */
  async first(count: number): Promise<Posted[]> {
    while (this.posts.length < count) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.posts.slice(0, count);
  }
}
