import { bot } from "../libraries/chat.ts";
import { whatsappApi } from "../libraries/whatsapp-api-js.ts";
import { type Handler, serveBare } from "../load/server.ts";

/** A library's handler of webhooks behind the least server, as its README shows it; what it calls keeps nothing. */
const seen = { count: 0 };

const handlers: Record<string, () => Promise<Handler>> = {
  "whatsapp-api-js": async () => {
    const api = whatsappApi(fetch);
    api.on.message = () => {
      seen.count++;
      return 200;
    };
    return async (body, { headers }) => {
      const text = body.toString();
      const status = await api.post(JSON.parse(text), text, String(headers["x-hub-signature-256"]));
      return { status: status ?? 500 };
    };
  },
  chat: async () => {
    globalThis.fetch = async () => Response.json({ ok: true, result: { id: 1, is_bot: true } });
    const library = await bot();
    library.onDirectMessage(async () => {
      seen.count++;
    });
    return async (body, { headers }) => {
      const request = new Request("http://127.0.0.1/webhook", {
        method: "POST",
        headers: headers as Record<string, string>,
        body: new Uint8Array(body),
      });
      const { status } = await library.webhooks.whatsapp(request);
      return { status };
    };
  },
};

serveBare(await handlers[process.argv[2]!]!());
