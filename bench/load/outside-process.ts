import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { numberIn } from "../message.ts";
import { nowMs } from "./now.ts";

/** From which number on, and how many. */
export interface Ask {
  first: number;
  count: number;
  /** Each arrival, or only how many there were. */
  each: boolean;
}
export interface Told {
  /** How many have arrived. */
  seen: number;
  /** When each number arrived first, by `nowMs`; 0: not yet. None where only their number was asked for. */
  arrivals: Float64Array;
  /** How many came more than once. */
  twice: number;
  /** Seconds of processor that this process has used so far. */
  cpu: number;
}

const mostNumbers = 4_000_000;
const arrivals = new Float64Array(mostNumbers);
let twice = 0;
let minted = 0;

/** What is asked of a number of the Cloud API when it is connected. */
const node = JSON.stringify({
  success: true,
  id: "106540352242922",
  display_phone_number: "15550783881",
  verified_name: "Bench",
  data: [],
});

const to = Buffer.from('"to":"');

/** Under which number it knows the recipient: everybody's own, or a gateway would take all for one person. */
function recipientIn(body: Buffer): string {
  const from = body.indexOf(to) + to.length;
  return body.toString("latin1", from, body.indexOf('"', from)).replace("+", "");
}

function taken(body: Buffer): string {
  const recipient = recipientIn(body);
  const contacts = [{ input: recipient, wa_id: recipient }];
  const messages = [{ id: `wamid.BENCH${++minted}` }];
  return JSON.stringify({ messaging_product: "whatsapp", contacts, messages });
}

/** The platform and the customer's endpoint in one process: it answers at once, and knows each message by its number. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.once("end", () => {
    const at = nowMs();
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    const number = numberIn(body);
    if (number >= 0 && number < mostNumbers) {
      if (arrivals[number] === 0) arrivals[number] = at;
      else twice++;
    }
    if (request.url === "/hook") return void response.writeHead(204).end();
    const isMessage = request.method === "POST" && request.url?.split("?")[0]?.endsWith("/messages");
    response.writeHead(200, { "content-type": "application/json" }).end(isMessage ? taken(body) : node);
  });
}

const server = createServer({ keepAliveTimeout: 60_000 }, answer);
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", ({ first, count, each }: Ask) => {
  const { user, system } = process.cpuUsage();
  const asked = arrivals.subarray(first, first + count);
  const seen = asked.reduce((sum, at) => sum + (at > 0 ? 1 : 0), 0);
  const told: Told = {
    seen,
    arrivals: each ? asked.slice() : new Float64Array(),
    twice,
    cpu: (user + system) / 1e6,
  };
  process.send?.(told);
});
process.once("disconnect", () => process.exit(0));
