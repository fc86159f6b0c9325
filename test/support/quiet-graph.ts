import { once } from "node:events";
import { createServer, type Server } from "node:http";

/** The least of the Graph API: accepts everything and never sends a webhook, so that a test sends them all. */
export class QuietGraph {
  readonly #server: Server;
  #minted = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(): Promise<QuietGraph> {
    const server = createServer();
    const graph = new QuietGraph(server);
    server.on("request", (request, response) => {
      request.resume().on("end", () => {
        const isMessage = request.url?.split("?")[0]?.endsWith("/messages");
        const id = `wamid.QUIET${++graph.#minted}`;
        // WhatsApp's answer and Messenger's in one.
        const body = isMessage ? { messages: [{ id }], message_id: id } : { success: true };
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return graph;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
