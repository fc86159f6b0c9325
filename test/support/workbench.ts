import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/core/clock.ts";
import { unmeasured } from "../../src/core/meter.ts";
import type { Capabilities, Platform } from "../../src/core/platform.ts";
import { untraced } from "../../src/core/tracing.ts";
import { Keys } from "../../src/gateway/access/keys.ts";
import { Sessions } from "../../src/gateway/access/sessions.ts";
import { Apps } from "../../src/gateway/connecting/apps.ts";
import { Channels } from "../../src/gateway/connecting/channels.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { soleTenure } from "../../src/gateway/nodes/tenure.ts";
import { RefusedWebhooks } from "../../src/gateway/receiving/refused-webhooks.ts";
import { Suspects } from "../../src/gateway/receiving/suspects.ts";
import { mintId } from "../../src/gateway/secret.ts";
import { Admission, type AdmissionLimits } from "../../src/gateway/sending/admission.ts";
import { Echoes } from "../../src/gateway/sending/echoes.ts";
import { Journal } from "../../src/gateway/sending/journal.ts";
import { Uploads } from "../../src/gateway/sending/upload.ts";
import { Signal } from "../../src/gateway/signal.ts";
import { Transport } from "../../src/gateway/transport.ts";
import { appProvider, platforms } from "../../src/platforms/index.ts";
import { telegram } from "../../src/platforms/telegram/index.ts";
import { keyring } from "../../src/store/conformance/harness.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import type { Store } from "../../src/store/store.ts";

import { realClock } from "./fake-clock.ts";

export type Handler = (
  body: { text?: string; chat_id?: string | number },
  request: IncomingMessage,
) => Promise<Reply> | Reply;
export interface Reply {
  status?: number;
  body: unknown;
}

const unlimited = { maxQueued: 1e9, maxQueuedPerChannel: 1e9, maxUnread: 1e9 };

/** Telegram's platform with what a test wants otherwise, a real SQLite file, and a real server in Telegram's place. */
export class Workbench {
  readonly folder: string;
  readonly logged: { level: string; message: string; fields: object }[] = [];
  readonly requests: { method: string; body: { text?: string } }[] = [];
  handler: Handler = (_body, _request) => ok(this.requests.length);
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));
  gateway!: Gateway;
  store!: Store;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** `folder`: goes on with what an earlier one left there. */
  static async open(
    change: {
      capabilities?: Partial<Capabilities>;
      parse?: Platform["parse"];
      reconcile?: Platform["reconcile"];
      interpret?: Platform["interpret"];
      folder?: string;
      admission?: Partial<AdmissionLimits>;
      clock?: Clock;
    } = {},
  ): Promise<Workbench> {
    const bench = new Workbench(change.folder ?? mkdtempSync(join(tmpdir(), "antiphon-bench-")));
    const platform: Platform = {
      ...telegram,
      capabilities: { ...telegram.capabilities, ...change.capabilities },
      ...(change.parse ? { parse: change.parse } : {}),
      ...(change.reconcile ? { reconcile: change.reconcile } : {}),
      ...(change.interpret ? { interpret: change.interpret } : {}),
    };
    const clock = change.clock ?? realClock();
    bench.store = await openSqlite({
      file: join(bench.folder, "antiphon.db"),
      mint: mintId,
      windowMs: () => null,
      keyring,
      steady: () => clock.steady(),
    });
    bench.#server.listen(0, "127.0.0.1");
    await once(bench.#server, "listening");
    const log = (level: string) => (fields: object, message: string) =>
      void bench.logged.push({ level, message, fields });
    const apps = new Apps(bench.store);
    const logs = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
    const keys = new Keys({ store: bench.store, clock, log: logs });
    bench.gateway = {
      store: bench.store,
      admission: new Admission(bench.store, { ...unlimited, ...change.admission }),
      apps,
      channels: new Channels(bench.store, apps),
      keys,
      sessions: new Sessions({ store: bench.store, clock, log: logs, keys }),
      provider: appProvider,
      platforms: { ...platforms, telegram: platform },
      transport: new Transport(),
      journal: new Journal(join(bench.folder, "receipts.journal"), logs),
      echoes: new Echoes(bench.store),
      uploads: new Uploads(new Transport(), clock),
      refusedWebhooks: new RefusedWebhooks(),
      suspects: new Suspects({ store: bench.store, clock, log: logs }),
      tenure: soleTenure,
      clock,
      random: () => 0.01,
      mint: mintId,
      log: logs,
      meter: unmeasured,
      tracing: untraced,
      accepted: new Signal(),
      laneReady: new Signal(),
      payloadsReady: new Signal(),
      appPayloadsReady: new Signal(),
      eventsWritten: new Signal(),
    };
    const baseUrl = `http://127.0.0.1:${(bench.#server.address() as { port: number }).port}`;
    await Promise.all([bench.gateway.channels.load(), bench.gateway.keys.load()]).catch(async (error) => {
      await bench[Symbol.asyncDispose]();
      throw error;
    });
    if (bench.gateway.channels.get("channel")) {
      await bench.gateway.channels.update("channel", { baseUrl });
      return bench;
    }
    await bench.gateway.channels.add({
      id: "channel",
      platform: "telegram",
      naturalId: "7",
      name: "Bot",
      credentials: { bot_token: "7:token" },
      baseUrl,
      simulated: true,
      webhookSecret: "secret",
      paused: false,
      createdAt: Date.now(),
    });
    return bench;
  }

  /** Closes all, and gives the folder for a later one to go on with. */
  async leave(): Promise<string> {
    await this.gateway.transport.close();
    this.gateway.journal.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await this.store.close();
    return this.folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const isForm = request.headers["content-type"]?.startsWith("multipart/");
    const body = isForm ? {} : JSON.parse(Buffer.concat(chunks).toString() || "{}");
    this.requests.push({ method: request.url!.split("/").at(-1)!, body });
    const reply = await this.handler(body, request);
    response
      .writeHead(reply.status ?? 200, { "content-type": "application/json" })
      .end(JSON.stringify(reply.body));
  }
}

/** Telegram's answer to a message that it took. */
export function ok(messageId: number, chatId: string | number = 5): Reply {
  return { body: { ok: true, result: { message_id: messageId, chat: { id: chatId } } } };
}

export function tooMany(seconds: number): Reply {
  const description = `Too Many Requests: retry after ${seconds}`;
  return {
    status: 429,
    body: { ok: false, error_code: 429, description, parameters: { retry_after: seconds } },
  };
}
