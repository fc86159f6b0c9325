import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { GatewayError, problems } from "../core/problem.ts";
import type { SimulatedAnswer, SimulatedPlatform, SimulatedRequest, World } from "../core/simulation.ts";
import { BodyTooLarge, readBody } from "./body.ts";
import { type ControlAnswer, type ControlParts, control, controlProblem } from "./control.ts";
import type { Ending, Exchange } from "./exchange.ts";
import { refusalOf } from "./foreign.ts";
import { streamJournal } from "./journal-stream.ts";

export interface SimulatorLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
export interface AppParts {
  control: ControlParts;
  /** The first that owns a call answers it. */
  byPrecedence: readonly SimulatedPlatform[];
  world: World;
  exchange: Exchange;
  log: SimulatorLog;
}

/** Names under which the loopback is called; any other in `Host` is a page that had its name point here. */
const hosts = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** The one port: the control API under `/simulator/`, the platforms at the root. */
export function createApp(parts: AppParts): Server {
  return createServer((request, response) => {
    answer(parts, request, response).catch((error: unknown) => {
      // The error alone: never the request's path, which holds Telegram's token.
      const message = error instanceof Error ? error.message : "unknown";
      parts.log.error({ error: message }, "a request failed");
      if (!response.headersSent)
        sendJson(response, 500, { code: "internal", detail: "Something failed here." });
    });
  });
}

async function answer(parts: AppParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!hosts.test(request.headers.host ?? "")) {
    const detail = "This simulator answers only under localhost, 127.0.0.1 and [::1].";
    sendJson(response, 403, { code: "forbidden_host", detail });
    return;
  }
  const refusal = isControl(request.url ?? "/") && refusalOf(request);
  if (refusal) {
    const { status, ...problem } = refusal;
    sendJson(response, status, problem);
    return;
  }
  let read: SimulatedRequest;
  try {
    read = await readRequest(request);
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    sendJson(response, 413, { code: "body_too_large", detail: "The body is over 101 MiB." });
    return;
  }
  if (read.method === "GET" && read.path === "/simulator/log/stream") {
    streamJournal(parts.control.journal, request, response);
    return;
  }
  if (isControl(read.path)) {
    const { status, body } = answerControl(parts.control, read);
    sendJson(response, status, body);
    return;
  }
  const platform = parts.byPrecedence.find((known) => known.owns(parts.world, read));
  if (!platform) {
    sendJson(response, 404, { code: "not_found", detail: "No platform answers at this address." });
    return;
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  end(response, await parts.exchange.run(platform, read, gone.signal));
}

/** By the path as the routes see it: `/x/../simulator/people` is the control API's too. */
function isControl(address: string): boolean {
  const { pathname } = new URL(`http://localhost${address}`);
  return pathname === "/simulator" || pathname.startsWith("/simulator/");
}

function answerControl(parts: ControlParts, request: SimulatedRequest): ControlAnswer {
  try {
    return control(parts, request);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return controlProblem(error, problems[error.code].status);
  }
}

async function readRequest(request: IncomingMessage): Promise<SimulatedRequest> {
  const url = new URL(`http://localhost${request.url ?? "/"}`);
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    ...(await readBody(request)),
  };
}

function end(response: ServerResponse, ending: Ending): void {
  if (ending.kind === "silence") return;
  if (ending.kind === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  const { status, headers, body } = ending.answer;
  if (response.destroyed) return;
  if (!("bytes" in body)) {
    sendJson(response, status, body, headers);
    return;
  }
  const file = body as Extract<SimulatedAnswer["body"], { bytes: Uint8Array }>;
  response.writeHead(status, { ...headers, "content-type": file.mimeType }).end(file.bytes);
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...headers, "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
}
