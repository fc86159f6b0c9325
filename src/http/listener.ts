import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Socket } from "node:net";
import { GatewayError, type ProblemCode, problems } from "../core/problem.ts";
import { answerHeaders } from "./answer-headers.ts";
import type { Connections } from "./connections.ts";
import type { Intake } from "./intake.ts";
import { problemJson } from "./problem.ts";
import { Turnstile } from "./turnstile.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Slow senders are cut off: Node alone would look every 30 s, so that 10 s could be 40. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 72_000,
  maxHeaderSize: 16 * 1024,
  insecureHTTPParser: false,
  // Ours is the answer to that too: see request-guard.ts.
  requireHostHeader: false,
};
const maxHeaders = 100;

/** The HTTP server below the routes: it bounds connections, headers and times, and refuses early when too much comes. */
export function listener(
  handle: Handler,
  {
    connections,
    intake,
    refused,
  }: { connections: Connections; intake: Intake; refused: (code: ProblemCode) => void },
): Server {
  const turnstile = new Turnstile(intake, () => refused("overloaded"));
  const server = createServer(limits, (request, response) => {
    turnstile.take(request, response, () => handle(request, response));
  });
  server.maxHeadersCount = maxHeaders;
  connections.follow(server);
  return server;
}

const clientErrors: Record<string, { code: ProblemCode; detail: string }> = {
  HPE_HEADER_OVERFLOW: { code: "headers_too_large", detail: "The headers have over 16 KiB." },
  ERR_HTTP_REQUEST_TIMEOUT: { code: "request_timeout", detail: "The request did not come in time." },
};
const notHttp = { code: "bad_request", detail: "This is no HTTP that can be read in one way only." } as const;

/** What cannot be read as a request is answered once and ends its connection: nothing behind it is read either. */
export function refuseClient(connections: Connections) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (!socket.writable || error.code === "ECONNRESET" || !connections.mayRefuse(socket)) {
      socket.destroy();
      return;
    }
    const { code, detail } = clientErrors[error.code ?? ""] ?? notHttp;
    const { status } = problems[code];
    const body = JSON.stringify(problemJson(new GatewayError(code, detail)));
    const headers = {
      ...answerHeaders,
      "content-type": "application/problem+json; charset=utf-8",
      "content-length": String(Buffer.byteLength(body)),
      connection: "close",
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`, () =>
      socket.destroy(),
    );
  };
}
