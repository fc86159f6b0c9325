import { type Readable, Transform } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { isObject } from "../core/json.ts";
import { GatewayError, problems } from "../core/problem.ts";
import { SimulatorLink } from "../gateway/connecting/simulator-link.ts";
import { answerHeaders } from "./answer-headers.ts";
import { idOf } from "./found.ts";
import { readCount, readQuery } from "./query.ts";
import type { Server } from "./server.ts";
import { streamReader } from "./stream-reader.ts";

/** An act is a few words; files that people send are the simulator's own small ones. */
const bounded = { bodyLimit: 64 * 1024 };

/**
 * The simulator beside this gateway, for the console: what stands here is passed on to it, and nothing else. It answers
 * without a key to this machine alone; by this way whoever has one may reach it. Its accounts' tokens, which open nothing
 * elsewhere, are for whoever may connect channels by them.
 */
export function simulatorRoutes(app: FastifyInstance, { gateway, settings }: Server): void {
  const link = settings.simulatorUrl === undefined ? undefined : new SimulatorLink(settings.simulatorUrl);
  const streams = new Set<AbortController>();

  const known = (): SimulatorLink => {
    if (link) return link;
    const detail =
      "This gateway runs without a simulator: only one that listens on loopback may have one. Run npm start.";
    throw new GatewayError("not_found", detail);
  };
  const pass = async (reply: FastifyReply, asked: Parameters<SimulatorLink["ask"]>[0]) => {
    const { status, text } = await known().ask(asked);
    const body = parsed(text);
    if (status < 300) return reply.code(status).send(body);
    throw refusal(status, body);
  };
  const person = (id: string) => {
    // Steps like ".." would lead elsewhere.
    if (!/^\w+:/.test(id)) throw new GatewayError("not_found", "There is no such simulated person.");
    return `/people/${encodeURIComponent(id)}`;
  };

  app.get("/v1/simulator/accounts", (_request, reply) => pass(reply, { method: "GET", path: "/accounts" }));
  app.post("/v1/simulator/accounts", bounded, (request, reply) =>
    pass(reply, { method: "POST", path: "/accounts", body: request.body }),
  );
  app.get("/v1/simulator/people", (_request, reply) => pass(reply, { method: "GET", path: "/people" }));
  app.get("/v1/simulator/people/:id/screen", (request, reply) =>
    pass(reply, { method: "GET", path: `${person(idOf(request))}/screen` }),
  );
  app.post("/v1/simulator/people/:id/acts", bounded, (request, reply) =>
    pass(reply, { method: "POST", path: `${person(idOf(request))}/acts`, body: request.body }),
  );
  app.get("/v1/simulator/faults", (_request, reply) => pass(reply, { method: "GET", path: "/faults" }));
  app.post("/v1/simulator/faults", bounded, (request, reply) =>
    pass(reply, { method: "POST", path: "/faults", body: request.body }),
  );
  app.delete("/v1/simulator/faults", (_request, reply) => pass(reply, { method: "DELETE", path: "/faults" }));

  app.delete("/v1/simulator/faults/:id", (request, reply) => {
    const id = idOf(request);
    if (!/^\d+$/.test(id)) throw new GatewayError("not_found", "There is no such fault.");
    return pass(reply, { method: "DELETE", path: `/faults/${id}` });
  });

  app.get("/v1/simulator/stream", async (request, reply) => {
    const query = readQuery(request.query, ["recent"]);
    const recent = query.recent === undefined ? 0 : readCount("recent", query.recent, 0);
    const lastId = request.headers["last-event-id"];
    const from = { recent, ...(typeof lastId === "string" && { lastId }) };
    const reader = streamReader(request, gateway);
    const ended = new AbortController();
    const end = () => ended.abort();
    const unlisten = reader.onChange(() => reader.caller() ?? end());
    // Before anything is waited for: who leaves meanwhile is told of once.
    reply.raw.once("close", end);
    streams.add(ended);
    try {
      const source = await known().follow(from, ended.signal);
      reply.hijack();
      await pipe(source, reply, { ended, mayRead: () => reader.caller() !== undefined });
    } catch (error) {
      throw reader.caller()
        ? error
        : new GatewayError("unauthorized", "The key or the session has ended meanwhile.");
    } finally {
      unlisten();
      streams.delete(ended);
    }
  });

  app.addHook("preClose", async () => {
    for (const stream of streams) stream.abort();
    await link?.close();
  });
}

/**
 * Until either side ends; the reader then comes back with the last id that it has seen. Each part, the simulator's
 * heartbeats among them, is passed on only while it may read.
 */
async function pipe(
  source: Readable,
  { raw }: FastifyReply,
  { ended, mayRead }: { ended: AbortController; mayRead: () => boolean },
): Promise<void> {
  const gate = new Transform({
    transform(part, _encoding, done) {
      if (mayRead()) return done(null, part);
      ended.abort();
      done();
    },
  });
  raw.writeHead(200, { ...answerHeaders, "content-type": "text/event-stream; charset=utf-8" });
  raw.flushHeaders();
  await new Promise<void>((resolve) => {
    source.once("error", resolve);
    source.once("close", resolve);
    ended.signal.addEventListener("abort", () => resolve());
    if (ended.signal.aborted) resolve();
    else source.pipe(gate).pipe(raw);
  });
  gate.unpipe(raw);
  source.destroy();
  raw.end();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GatewayError("unavailable", "What answers in the simulator's place is no simulator.");
  }
}

/** In the simulator's words, where its code is one of ours. */
function refusal(status: number, body: unknown): GatewayError {
  const { code, detail } = isObject(body) ? body : {};
  const isKnown = typeof code === "string" && Object.hasOwn(problems, code);
  if (!isKnown || typeof detail !== "string")
    return new GatewayError("unavailable", `The simulator answered ${status}.`);
  return new GatewayError(code as keyof typeof problems, detail);
}
