import { bot, send as sendByChat } from "../libraries/chat.ts";
import { send as sendByApi, whatsappApi } from "../libraries/whatsapp-api-js.ts";
import { serveBare } from "../load/server.ts";

/** A library behind the least server, as a user would write it: it answers when the platform has, and stores nothing. */
const [platformUrl, name] = process.argv.slice(2) as [string, string];

type Send = (to: string, text: string) => Promise<unknown>;

const senders: Record<string, () => Promise<Send>> = {
  "whatsapp-api-js": async () => {
    const api = whatsappApi((url, init) =>
      fetch(String(url).replace("https://graph.facebook.com", platformUrl), init),
    );
    return async (to, text) => {
      const response = await sendByApi(api, to, text);
      if (!("messages" in response)) throw new Error(JSON.stringify(response));
    };
  },
  chat: async () => {
    const library = await bot({ whatsapp: platformUrl, telegram: platformUrl });
    return (to, text) => sendByChat(library, "whatsapp", to, text);
  },
};

const send = await senders[name]!();
serveBare(async (body) => {
  const { to, content } = JSON.parse(body.toString());
  await send(to, content.interactive.body.text);
  return { status: 202, body: { sent: true } };
});
