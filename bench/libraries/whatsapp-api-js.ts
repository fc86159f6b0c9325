import { WhatsAppAPI } from "whatsapp-api-js";
import { ActionButtons, Body, Button, Header, Interactive } from "whatsapp-api-js/messages";
import { buttons, header } from "../message.ts";
import { account } from "./account.ts";

/** `whatsapp-api-js` as its README shows it; `fetch` is its documented way to another transport. */
export function whatsappApi(fetchInstead: typeof fetch): WhatsAppAPI<number> {
  const { accessToken: token, appSecret, version: v } = account;
  return new WhatsAppAPI<number>({ token, appSecret, v, ponyfill: { fetch: fetchInstead } });
}

/** Constructs the message and sends it; every class checks what it is given. */
export function send(api: WhatsAppAPI<number>, to: string, text: string) {
  const [first, ...others] = buttons.map(({ id, title }) => new Button(id, title));
  const action = new ActionButtons(first!, ...others);
  const message = new Interactive(action, new Body(text), new Header(header));
  return api.sendMessage(account.phoneNumberId, to, message);
}
