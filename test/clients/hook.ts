import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A client's own webhook handler behind a port. */
export class Hook {
  readonly #server;

  private constructor(handle: (request: IncomingMessage, response: ServerResponse) => unknown) {
    this.#server = createServer((request, response) => void handle(request, response));
  }

  static async open(handle: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<Hook> {
    const hook = new Hook(handle);
    await new Promise<void>((resolve) => hook.#server.listen(0, "127.0.0.1", resolve));
    return hook;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export async function rawBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
