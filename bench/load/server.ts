import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Answer = { status: number; body?: object };
export type Handler = (body: Buffer, request: IncomingMessage) => Promise<Answer> | Answer;

/** The least server that can take a body and answer JSON. Tells its parent its port, and ends with it. */
export function serveBare(handler: Handler): void {
  const answer = async (request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> => {
    const { status, body: said } = await Promise.resolve(handler(body, request)).catch(
      (error: Error): Answer => ({ status: 500, body: { error: error.message } }),
    );
    response.writeHead(status, { "content-type": "application/json" }).end(said && JSON.stringify(said));
  };
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => void answer(request, response, Buffer.concat(chunks)));
  });
  server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
  process.once("disconnect", () => process.exit(0));
}
