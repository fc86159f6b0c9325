import type { PlatformName } from "../../src/core/platform.ts";
import { validateSend } from "../../src/core/validate.ts";
import { newToken } from "../../src/gateway/secret.ts";
import { appProvider, platforms } from "../../src/platforms/index.ts";
import { callbackData } from "../../src/platforms/telegram/callback.ts";
import { account } from "../libraries/account.ts";
import { bot, send as sendByChat } from "../libraries/chat.ts";
import { send as sendByApi, whatsappApi } from "../libraries/whatsapp-api-js.ts";
import { bodyText, contact, content } from "../message.ts";
import { answers, atOnce, last } from "./answers.ts";
import { instagramTap, messengerTap, telegramTap, type Webhook, whatsappTap } from "./webhooks.ts";

type Step = (index: number) => unknown;

/** What one library does with the message and with the tap; each step throws where it did not do its work. */
export interface Arm {
  /** Checks the message and draws it; absent where a library does nothing of it apart from sending. */
  render?: Step;
  /** From the caller's words to the request, and from the platform's answer to what it means. */
  send: Step;
  /** From the bytes of a webhook to the tap. */
  parse: Step;
  /** The body of the request that was made last. */
  made(): string;
}

const credentials = {
  phone_number_id: account.phoneNumberId,
  waba_id: account.wabaId,
  page_id: account.pageId,
  instagram_id: account.instagramId,
  access_token: account.accessToken,
  app_id: account.appId,
  app_secret: account.appSecret,
  bot_token: account.botToken,
};
const taps: Record<PlatformName, (index: number) => Webhook> = {
  whatsapp: (index) => whatsappTap(`wamid.TAP${index}`),
  messenger: (index) => messengerTap(`m_TAP${index}`),
  instagram: (index) => instagramTap(`aWdTAP${index}`),
  telegram: (index) => telegramTap(index, callbackData("AAAAAAAAAAAAAAAA", "0")),
};
const people: Record<PlatformName, (index: number) => string> = {
  whatsapp: contact,
  messenger: () => "6514281234567890",
  instagram: () => "1254477777772919",
  telegram: contact,
};

function antiphon(name: PlatformName): Arm {
  const platform = platforms[name];
  const access = { credentials, baseUrl: platform.defaultBaseUrl(credentials) };
  const response = { status: 200, headers: {}, body: answers[name] };
  const webhooks = prepared(taps[name]);
  const render = (index: number) => {
    const valid = validateSend({ from: "channel", to: people[name](index), content: content(index) });
    if ("problems" in valid) throw new Error(JSON.stringify(valid.problems));
    const to = platform.address(valid.request.to);
    if ("problem" in to) throw new Error(to.problem.message);
    const context = { to: to.address, chat: to.chat, token: newToken(), options: {} };
    return platform.render(valid.request.content, context).calls;
  };
  return {
    render,
    send(index) {
      for (const call of render(index)) last.body = platform.authorize(call, access).body ?? "";
      const outcome = platform.interpret(response);
      if (outcome.kind !== "accepted") throw new Error(outcome.kind);
    },
    parse(index) {
      const { body, headers } = webhooks(index);
      const request = { method: "POST", query: {}, headers, rawBody: body };
      // A Page's webhook is verified by its app, whose secret signs it.
      const verdict = platform.verify(request, credentials, account.webhookSecret);
      if (verdict.kind !== "genuine") throw new Error(JSON.stringify(verdict));
      const payload = JSON.parse(body.toString());
      const parts = name === "whatsapp" || name === "telegram" ? [payload] : routed(payload);
      const events = parts.flatMap((part) => platform.parse(part, credentials).events);
      if (events.length !== 1) throw new Error(`${events.length} events`);
    },
    made: () => last.body,
  };
}

function routed(payload: unknown): unknown[] {
  return appProvider.route(payload).parts.map((part) => part.payload);
}

/** Made before anything is measured: what a platform does is no library's work. Each comes again after 20,000 others. */
function prepared(tap: (index: number) => Webhook): (index: number) => Webhook {
  const all: Webhook[] = [];
  return (index) => {
    const at = index % 20_000;
    all[at] ??= tap(index);
    return all[at];
  };
}

function whatsappApiJs(whole: boolean): Arm {
  const api = whatsappApi(atOnce(whole));
  let seen = 0;
  api.on.message = ({ message }) => {
    if (message.type === "interactive") seen++;
    return 200;
  };
  const webhooks = prepared(taps.whatsapp);
  return {
    async send(index) {
      const response = await sendByApi(api, contact(index), bodyText(index));
      if (!("messages" in response)) throw new Error(JSON.stringify(response));
    },
    async parse(index) {
      const { body, headers } = webhooks(index);
      const before = seen;
      const text = body.toString();
      await api.post(JSON.parse(text), text, headers["x-hub-signature-256"]!);
      if (seen !== before + 1) throw new Error("the handler was not called");
    },
    made: () => last.body,
  };
}

async function chat(platform: "whatsapp" | "telegram"): Promise<Arm> {
  globalThis.fetch = atOnce(false);
  const library = await bot();
  let seen = 0;
  library.onAction((event) => {
    if (event.actionId === "track") seen++;
  });
  const tap = {
    whatsapp: taps.whatsapp,
    telegram: (index: number) => telegramTap(index, 'chat:{"a":"track"}'),
  };
  return {
    async send(index) {
      const { id } = await sendByChat(library, platform, contact(index), bodyText(index));
      if (!id) throw new Error("there is no id");
    },
    async parse(index) {
      const { body, headers } = tap[platform](index);
      const underWay: Promise<unknown>[] = [];
      const before = seen;
      const request = new Request("https://bench.invalid/webhook", {
        method: "POST",
        headers,
        body: new Uint8Array(body),
      });
      const response = await library.webhooks[platform](request, {
        waitUntil: (task) => void underWay.push(task),
      });
      await Promise.all(underWay);
      if (response.status !== 200 || seen !== before + 1)
        throw new Error(`${response.status}, ${seen - before} taps`);
    },
    made: () => last.body,
  };
}

/** Every arm by its name; each is made in a process of its own. */
export const arms: Record<string, () => Arm | Promise<Arm>> = {
  "antiphon, WhatsApp": () => antiphon("whatsapp"),
  "antiphon, Messenger": () => antiphon("messenger"),
  "antiphon, Instagram": () => antiphon("instagram"),
  "antiphon, Telegram": () => antiphon("telegram"),
  "whatsapp-api-js": () => whatsappApiJs(false),
  "whatsapp-api-js, its fetch gives a Response": () => whatsappApiJs(true),
  "chat, WhatsApp": () => chat("whatsapp"),
  "chat, Telegram": () => chat("telegram"),
};
