import { createServer, type IncomingMessage, type Server } from "node:http";
import { Agent, request } from "undici";

/** As a proxy in front of nodes would have it: who says nothing for so long gets no more of this request. */
const withinMs = 3_000;

/** What stands where a proxy would: each webhook goes to the next node in turn, and a platform that gets a 502 posts it again. */
export class Front {
  readonly #server: Server;
  readonly #agent = new Agent({ headersTimeout: withinMs, bodyTimeout: withinMs, connectTimeout: withinMs });
  #turn = 0;
  #passed = 0;

  private constructor(ports: readonly number[]) {
    this.#server = createServer(async (asked, answer) => {
      const port = ports[this.#turn++ % ports.length]!;
      const { status, body } = await this.#pass(asked, port).catch(() => ({ status: 502, body: "" }));
      if (status < 300) this.#passed++;
      answer.writeHead(status).end(body);
    });
  }

  static async open(at: number, ports: readonly number[]): Promise<Front> {
    const front = new Front(ports);
    await new Promise<void>((resolve) => front.#server.listen(at, "127.0.0.1", resolve));
    return front;
  }

  /** How many webhooks a node has taken. */
  get passed(): number {
    return this.#passed;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#agent.destroy();
  }

  async #pass(asked: IncomingMessage, port: number): Promise<{ status: number; body: string }> {
    const { "transfer-encoding": _, connection: __, ...headers } = asked.headers;
    const answer = await request(`http://127.0.0.1:${port}${asked.url}`, {
      method: asked.method as "POST",
      headers: headers as Record<string, string>,
      body: Buffer.concat(await asked.toArray()),
      dispatcher: this.#agent,
    });
    return { status: answer.statusCode, body: await answer.body.text() };
  }
}
