import { connect, type Socket } from "node:net";
import { entry, envelope, type MetaNumber, signature } from "../support/meta-webhook.ts";

/** What a generator is told to do, as the JSON of its one argument. */
export interface Flood {
  port: number;
  number: MetaNumber;
  key: string;
  /** Who is written to by the sends of the flood. */
  send: { from: string; to: string };
  perSecond: number;
  seconds: number;
  connections: number;
  /** Each waits for its answer before the next one: what the gateway can do, not what it must bear. */
  isPolite?: boolean;
}

export interface Flooded {
  offered: number;
  /** What had left: the rest still stood in front of a full connection. */
  written: number;
  answers: Record<string, number>;
  connects: number;
  perSecond: number;
  generatorCpu: number;
}

const kinds = 2_000;
/** So many requests of a connection may be without an answer; a proxy sends one, and whoever means harm more. */
const maxUnanswered = 8;
const everyMs = 5;

/** Half of it webhooks, signed, half of it sends with the key; both as they would be taken in quiet times. */
function requests({ number, key, send }: Flood): Buffer[] {
  return Array.from({ length: kinds }, (_, index) => {
    const webhook = envelope(entry(number, { messages: [messageOf(index)] }));
    const message = JSON.stringify({ ...send, content: { text: { body: `flood ${index}` } } });
    return index % 2
      ? bytesOf(`/webhooks/whatsapp/${number.channelId}`, webhook, {
          "x-hub-signature-256": signature(number.appSecret, webhook),
        })
      : bytesOf("/v1/messages", message, { "x-api-key": key });
  });
}

function messageOf(index: number): object {
  const from = String(15_560_000_000 + (index % 500));
  const timestamp = String(Math.floor(Date.now() / 1000));
  return { from, id: `wamid.FLOOD${index}`, timestamp, type: "text", text: { body: "flood" } };
}

function bytesOf(path: string, body: string, headers: Record<string, string>): Buffer {
  const all = { host: "localhost", "content-type": "application/json", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = Buffer.byteLength(body);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("")}content-length: ${length}\r\n\r\n${body}`);
}

class Generator {
  readonly #flood: Flood;
  readonly #requests: Buffer[];
  readonly #sockets: Socket[] = [];
  readonly #unanswered: number[] = [];
  readonly answers: Record<string, number> = {};
  #isOver = false;
  #next = 0;
  offered = 0;
  written = 0;
  connects = 0;

  constructor(flood: Flood) {
    this.#flood = flood;
    this.#requests = requests(flood);
  }

  async run(): Promise<Flooded> {
    const { perSecond, seconds, connections, isPolite } = this.#flood;
    const cpu = process.cpuUsage();
    const startedMs = performance.now();
    for (let place = 0; place < connections; place++) this.#connect(place);
    for (let ms = 0; ms < seconds * 1000; ms = performance.now() - startedMs) {
      if (!isPolite) this.#offer(Math.floor((ms * perSecond) / 1000) - this.offered);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
    const tookMs = performance.now() - startedMs;
    this.#isOver = true;
    for (const socket of this.#sockets) socket.destroy();
    const { user, system } = process.cpuUsage(cpu);
    const { offered, written, answers, connects } = this;
    const answered = Object.values(answers).reduce((sum, count) => sum + count, 0);
    return {
      offered,
      written,
      answers,
      connects,
      perSecond: Math.round((1000 * (isPolite ? answered : offered)) / tookMs),
      generatorCpu: Math.round((user + system) / 10 / tookMs) / 100,
    };
  }

  /** Spread over the connections, whether or not earlier ones were answered; what a full one cannot take is lost. */
  #offer(count: number): void {
    for (let left = count; left > 0; left--) {
      this.offered++;
      const place = this.#next++ % this.#sockets.length;
      const socket = this.#sockets[place]!;
      const unanswered = this.#unanswered[place]!;
      if (socket.connecting || !socket.writable || unanswered >= maxUnanswered) continue;
      this.#unanswered[place] = unanswered + 1;
      socket.write(this.#requests[this.offered % kinds]!);
      this.written++;
    }
  }

  #connect(place: number): void {
    if (this.#isOver) return;
    this.connects++;
    const socket = connect(this.#flood.port, "127.0.0.1").setEncoding("latin1");
    this.#sockets[place] = socket;
    this.#unanswered[place] = 0;
    socket.on("error", () => {});
    socket.on("data", (text) => this.#count(place, String(text)));
    socket.once("close", () => setTimeout(() => this.#connect(place), 10));
    if (this.#flood.isPolite) socket.once("connect", () => this.#one(place));
  }

  #one(place: number): void {
    this.#sockets[place]?.write(this.#requests[this.#next++ % kinds]!);
  }

  #count(place: number, text: string): void {
    for (const [, status] of text.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
      this.answers[status!] = (this.answers[status!] ?? 0) + 1;
      this.#unanswered[place]!--;
      if (this.#flood.isPolite && !this.#isOver) this.#one(place);
    }
  }
}

const flooded = await new Generator(JSON.parse(process.argv[2]!)).run();
process.stdout.write(JSON.stringify(flooded));
process.exit(0);
