import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { EndpointRow } from "../../src/store/endpoint-rows.ts";

/** A customer's server that takes whatever comes. */
export class Customer {
  readonly got: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", async (request, response) => {
      this.got.push(await text(request));
      response.writeHead(204).end();
    });
  }

  static async listen(): Promise<Customer> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Customer(server);
  }

  get endpoint(): EndpointRow {
    const { port } = this.#server.address() as AddressInfo;
    return {
      id: "ep",
      url: `http://127.0.0.1:${port}/`,
      secret: "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0",
      format: "antiphon",
      events: [],
      channels: [],
      ordered: false,
      enabled: true,
      createdAt: 0,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
