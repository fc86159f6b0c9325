import { createSocket, type Socket } from "node:dgram";
import { type LookupAddress, Resolver } from "node:dns";
import { once } from "node:events";

/** A name server on loopback that answers every question for an IPv4 address with what it is told, for 0 seconds. */
export class DnsServer {
  readonly #socket: Socket = createSocket("udp4");
  /** Patient: a question that is asked again is another look-up. */
  readonly #resolver = new Resolver({ timeout: 60_000, tries: 1 });
  /** What each question was answered with, in order. */
  readonly told: string[][] = [];
  answer: (index: number) => string[];

  private constructor(answer: (index: number) => string[]) {
    this.answer = answer;
    this.#socket.on("message", (question, { port }) =>
      this.#socket.send(this.#reply(question), port, "127.0.0.1"),
    );
  }

  static async listen(answer: (index: number) => string[]): Promise<DnsServer> {
    const server = new DnsServer(answer);
    server.#socket.bind(0, "127.0.0.1");
    await once(server.#socket, "listening");
    server.#resolver.setServers([`127.0.0.1:${server.#socket.address().port}`]);
    return server;
  }

  /** As `dns.lookup`, of this server's names. */
  readonly lookup = ((
    hostname: string,
    _options: object,
    callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
  ): void => {
    this.#resolver.resolve4(hostname, (error, addresses) =>
      callback(
        error,
        (addresses ?? []).map((address) => ({ address, family: 4 })),
      ),
    );
  }) as unknown as typeof import("node:dns").lookup;

  /** RFC 1035, section 4: the question again, and a record for each address. */
  #reply(question: Buffer): Buffer {
    const addresses = this.answer(this.told.length);
    this.told.push(addresses);
    const end = question.indexOf(0, 12) + 5;
    const head = Buffer.from(question.subarray(0, 12));
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt16BE(addresses.length, 6);
    head.writeUInt32BE(0, 8);
    const records = addresses.map((address) =>
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split(".").map(Number)]),
    );
    return Buffer.concat([head, question.subarray(12, end), ...records]);
  }

  [Symbol.dispose](): void {
    this.#resolver.cancel();
    this.#socket.close();
  }
}
