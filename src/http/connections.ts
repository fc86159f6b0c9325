import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { neighbourhood } from "../gateway/access/neighbourhood.ts";

/** What is known of one connection. */
interface Connection {
  socket: Socket;
  address: string;
  /** The last of its requests that is not answered yet. */
  answering?: { request: IncomingMessage; response: ServerResponse };
}

/**
 * Bounds the connections that stand at once. At the bound a new one takes the place of the one that has waited longest
 * for a request, or for the rest of one, at the address that has the most: whoever opens thousands takes from themselves.
 * A reverse proxy may have them all, for nothing is counted until there is no room.
 */
export class Connections {
  readonly #max: number;
  readonly #bySocket = new Map<Socket, Connection>();
  /** In the order in which they last finished an answer, or came. */
  readonly #byAddress = new Map<string, Set<Connection>>();
  /** How many were ended to make room. */
  ended = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get open(): number {
    return this.#bySocket.size;
  }

  follow(server: Server): void {
    server.on("connection", (socket: Socket) => this.#add(socket));
    server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
      const connection = this.#bySocket.get(request.socket);
      if (!connection) return;
      connection.answering = { request, response };
      response.once("close", () => this.#answered(connection, request));
    });
  }

  /** Whether what cannot be read may be answered: not where that would be taken for the answer to a request before it. */
  mayRefuse(socket: Socket): boolean {
    const answering = this.#bySocket.get(socket)?.answering;
    return !answering || !(answering.request.complete || answering.response.headersSent);
  }

  #add(socket: Socket): void {
    const connection = { socket, address: neighbourhood(socket.remoteAddress ?? "") };
    if (this.open >= this.#max && !this.#makeRoom(connection.address)) {
      this.ended++;
      socket.destroy();
      return;
    }
    this.#bySocket.set(socket, connection);
    this.#place(connection);
    socket.once("close", () => this.#remove(connection));
  }

  #place(connection: Connection): void {
    const { address } = connection;
    const party = this.#byAddress.get(address) ?? new Set();
    party.delete(connection);
    party.add(connection);
    this.#byAddress.set(address, party);
  }

  #answered(connection: Connection, request: IncomingMessage): void {
    if (connection.answering?.request !== request) return;
    connection.answering = undefined;
    if (this.#bySocket.has(connection.socket)) this.#place(connection);
  }

  #remove(connection: Connection): void {
    if (!this.#bySocket.delete(connection.socket)) return;
    const party = this.#byAddress.get(connection.address);
    party?.delete(connection);
    if (party?.size === 0) this.#byAddress.delete(connection.address);
  }

  /** Of several addresses with as many, the newcomer's own pays. */
  #makeRoom(newcomer: string): boolean {
    let largest = this.#byAddress.get(newcomer);
    for (const party of this.#byAddress.values()) if (party.size > (largest?.size ?? 0)) largest = party;
    for (const connection of largest ?? []) {
      if (connection.answering?.request.complete) continue;
      this.ended++;
      this.#remove(connection);
      connection.socket.destroy();
      return true;
    }
    return false;
  }
}
