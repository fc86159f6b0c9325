import { createHmac } from "node:crypto";
import { account } from "../libraries/account.ts";
import { buttons } from "../message.ts";

/** A tap on the first button as a platform posts it: the exact bytes, and the headers that make them genuine. */
export interface Webhook {
  body: Buffer;
  headers: Record<string, string>;
}

const [button] = buttons;
const from = "15550000001";

function metaSigned(payload: object): Webhook {
  const body = Buffer.from(JSON.stringify(payload));
  const signature = createHmac("sha256", account.appSecret).update(body).digest("hex");
  const headers = { "content-type": "application/json", "x-hub-signature-256": `sha256=${signature}` };
  return { body, headers };
}

/** https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/messages/interactive, read 2026-11-21. */
export function whatsappTap(id: string): Webhook {
  const message = {
    context: { from: "15550783881", id: "wamid.HBgLMTU1NTAwMDAwMDEVAgARGBI5QTND" },
    from,
    id,
    timestamp: "1749416383",
    type: "interactive",
    interactive: { type: "button_reply", button_reply: { id: button.id, title: button.title } },
  };
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: "15550783881", phone_number_id: account.phoneNumberId },
    contacts: [{ profile: { name: "Rita" }, wa_id: from }],
    messages: [message],
  };
  const entry = [{ id: account.wabaId, changes: [{ field: "messages", value }] }];
  return metaSigned({ object: "whatsapp_business_account", entry });
}

export function messengerTap(id: string): Webhook {
  return pageTap("page", account.pageId, {
    postback: { mid: id, title: button.title, payload: button.id },
  });
}

export function instagramTap(id: string): Webhook {
  const message = { mid: id, text: button.title, quick_reply: { payload: button.id } };
  return pageTap("instagram", account.instagramId, { message });
}

function pageTap(object: string, recipient: string, part: object): Webhook {
  const time = 1_749_416_383_000;
  const event = {
    sender: { id: "6514281234567890" },
    recipient: { id: recipient },
    timestamp: time,
    ...part,
  };
  return metaSigned({ object, entry: [{ id: recipient, time, messaging: [event] }] });
}

/** `data` is what the button holds: each library has its own way to name its button in 64 bytes. */
export function telegramTap(updateId: number, data: string): Webhook {
  const person = { id: 15550000001, is_bot: false, first_name: "Rita", language_code: "en" };
  const chat = { id: person.id, first_name: "Rita", type: "private" };
  const sender = { id: 110201543, is_bot: true, first_name: "Bench", username: "bench_bot" };
  const message = { message_id: 365, from: sender, chat, date: 1441645532, text: "Your order" };
  const callback = {
    id: `4382bfdwdsb323b2d${updateId}`,
    from: person,
    message,
    chat_instance: "-3104",
    data,
  };
  const body = Buffer.from(JSON.stringify({ update_id: updateId, callback_query: callback }));
  const headers = {
    "content-type": "application/json",
    "x-telegram-bot-api-secret-token": account.webhookSecret,
  };
  return { body, headers };
}
