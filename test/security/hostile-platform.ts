import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";

interface Asked {
  method: string;
  path: string;
  /** Address, headers and body, as a careless server repeats them. */
  whole: string;
}
interface Ids {
  app: string;
  number: string;
  page: string;
  instagram: string;
  bot: string;
}
const pollMs = 100;

/**
 * All four platforms on one port, as little of them as connecting and sending need. In the mood to echo, every answer
 * is the platform's own error and repeats all that it was asked.
 */
export class HostilePlatform {
  mood: "good" | "echo" | "break off" = "good";
  /** For the bot's next poll. */
  readonly updates: object[] = [];
  echoed = 0;
  sent = 0;
  readonly #ids: Ids;
  readonly #server: Server;

  constructor(ids: Ids) {
    this.#ids = ids;
    this.#server = createServer(async (request, response) => {
      const asked = await read(request);
      const isPoll = asked.path.endsWith("/getUpdates");
      if (this.mood === "break off") return void request.socket.destroy();
      const { status, body } = this.mood === "echo" ? this.#echo(asked) : this.#answer(asked);
      const answer = () =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      if (isPoll) setTimeout(answer, pollMs);
      else answer();
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as { port: number }).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #echo({ path, whole }: Asked) {
    this.echoed++;
    const message = `No: ${whole}`;
    if (path.startsWith("/bot"))
      return { status: 400, body: { ok: false, error_code: 400, description: message } };
    return { status: 400, body: { error: { message, type: "OAuthException", code: 100, fbtrace_id: "x" } } };
  }

  #answer({ method, path }: Asked): { status: number; body: object } {
    const [, first = "", node = "", edge = ""] = path.split("/");
    return { status: 200, body: first.startsWith("bot") ? this.#bot(node) : this.#graph(method, node, edge) };
  }

  #bot(method: string): object {
    const results: Record<string, () => unknown> = {
      getMe: () => ({ id: Number(this.#ids.bot), is_bot: true, first_name: "Bot", username: "canary_bot" }),
      getWebhookInfo: () => ({ url: "", has_custom_certificate: false, pending_update_count: 0 }),
      getUpdates: () => this.updates.splice(0),
      sendMessage: () => ({ message_id: ++this.sent, date: 1_795_000_000, chat: { id: 1, type: "private" } }),
    };
    return { ok: true, result: results[method]?.() ?? true };
  }

  #graph(method: string, node: string, edge: string): object {
    const { app, number, page, instagram } = this.#ids;
    if (edge === "subscriptions") return method === "GET" ? { data: [] } : { success: true };
    if (edge === "subscribed_apps") return method === "GET" ? { data: [] } : { success: true };
    if (node === "app") return { id: app, name: "App" };
    if (node === "debug_token") return { data: { is_valid: true, scopes: ["pages_messaging"], app_id: app } };
    if (edge === "messages" && node === number)
      return { messaging_product: "whatsapp", contacts: [], messages: [{ id: `wamid.${++this.sent}` }] };
    if (edge === "messages") return { recipient_id: "1", message_id: `m_${++this.sent}` };
    if (node === page && method === "GET")
      return { id: page, name: "Page", instagram_business_account: { id: instagram, username: "shop" } };
    if (node === number && method === "GET") return { id: number, verified_name: "Shop" };
    return { id: node, success: true };
  }
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method = "", url = "", rawHeaders } = request;
  const whole = `${method} ${url} ${rawHeaders.join(" ")} ${Buffer.concat(chunks)}`;
  return { method, path: new URL(url, "http://x").pathname, whole };
}
