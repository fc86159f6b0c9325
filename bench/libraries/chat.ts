import { createTelegramAdapter, type TelegramAdapter } from "@chat-adapter/telegram";
import { createWhatsAppAdapter, type WhatsAppAdapter } from "@chat-adapter/whatsapp";
import { Actions, Button, Card, CardText, Chat, ConsoleLogger } from "chat";
import { buttons, header } from "../message.ts";
import { account } from "./account.ts";
import { MemoryState } from "./memory-state.ts";

export type Bot = Chat<{ whatsapp: WhatsAppAdapter; telegram: TelegramAdapter }>;

/** `chat` with both its adapters as their READMEs show them, at `urls` in place of the platforms. */
export async function bot(urls: { whatsapp?: string; telegram?: string } = {}): Promise<Bot> {
  const logger = new ConsoleLogger("silent");
  const { accessToken, appSecret, phoneNumberId, botToken, webhookSecret } = account;
  const made = new Chat({
    userName: "bench",
    adapters: {
      whatsapp: createWhatsAppAdapter({
        accessToken,
        appSecret,
        phoneNumberId,
        verifyToken: webhookSecret,
        logger,
        apiUrl: urls.whatsapp,
      }),
      telegram: createTelegramAdapter({
        botToken,
        secretToken: webhookSecret,
        mode: "webhook",
        userName: "bench_bot",
        logger,
        apiUrl: urls.telegram,
      }),
    },
    state: new MemoryState(),
    logger: "silent",
  });
  await made.initialize();
  return made;
}

/** Posts the card to a person, whose thread the adapter names. */
export async function send(from: Bot, platform: "whatsapp" | "telegram", to: string, text: string) {
  const threadId = await from.getAdapter(platform).openDM(to);
  const actions = Actions(buttons.map(({ id, title }) => Button({ id, label: title })));
  return from.thread(threadId).post(Card({ title: header, children: [CardText(text), actions] }));
}
