import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { Webhook } from "standardwebhooks";
import { eventually } from "./eventually.ts";
import type { Stack } from "./stack.ts";

/** One webhook as a customer got it, its signature checked by the reference library. */
interface Delivered {
  atMs: number;
  headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of an event is its own assertion
  event: any;
}

/** A customer's webhook receiver on a real socket. Answers 204 unless told otherwise. */
export class Endpoint {
  readonly delivered: Delivered[] = [];
  /** Answers for the next deliveries, first come first served: a status, or "hang" for none. */
  readonly answers: (number | "hang")[] = [];
  requests = 0;
  id = "";
  #secret = "";
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(): Promise<Endpoint> {
    const server = createServer();
    const endpoint = new Endpoint(server);
    server.on("request", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      // The test delivery comes before the secret is told.
      if (endpoint.#secret === "") return void response.writeHead(204).end();
      endpoint.requests++;
      const answer = endpoint.answers.shift() ?? 204;
      if (answer === "hang") return;
      if (answer < 300)
        endpoint.#keep(Buffer.concat(chunks).toString(), request.headers as Record<string, string>);
      response.writeHead(answer).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return endpoint;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}/hook`;
  }

  /** Registers with the gateway; later webhooks must be signed with the secret that it answers. */
  async register(stack: Stack, wish: object = {}): Promise<void> {
    const { status, json, text } = await stack.call("POST", "/v1/endpoints", { url: this.url, ...wish });
    if (status !== 201) throw new Error(`registering answered ${status}: ${text}`);
    this.id = json.id;
    this.#secret = json.secret;
  }

  /** Waits for a delivered event that fits, among those after the first `from`. */
  // biome-ignore lint/suspicious/noExplicitAny: see Delivered.event
  async next(what: string, fits: (event: any) => boolean, from = 0): Promise<any> {
    return eventually(what, () => this.delivered.slice(from).find(({ event }) => fits(event))?.event).catch(
      (error) => {
        const got = this.delivered
          .slice(from)
          .map(({ event }) => `${event.type} ${JSON.stringify(event.message)}`);
        throw new Error(`${error.message}\nDelivered meanwhile:\n${got.join("\n")}`);
      },
    );
  }

  #keep(body: string, headers: Record<string, string>): void {
    const event = new Webhook(this.#secret).verify(body, headers);
    this.delivered.push({ atMs: performance.now(), headers, event });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
