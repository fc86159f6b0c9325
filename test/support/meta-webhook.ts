import { createHmac } from "node:crypto";
import { type Answer, type Stack, send } from "./stack.ts";

/** What a Cloud API webhook needs beside its messages. */
export interface MetaNumber {
  channelId: string;
  phoneNumberId: string;
  wabaId: string;
  appSecret: string;
}

export async function whatsappNumber(stack: Stack): Promise<MetaNumber> {
  const accounts = (await stack.simulate("GET", "/accounts")).json.data;
  const account = accounts.find((one: { platform: string }) => one.platform === "whatsapp");
  const channels = (await stack.call("GET", "/v1/channels")).json.data;
  const channel = channels.find((one: { natural_id: string }) => one.natural_id === account.id);
  return {
    channelId: channel.id,
    phoneNumberId: account.id,
    wabaId: account.waba_id,
    appSecret: account.app_secret,
  };
}

/** One entry of an envelope, with the documented surroundings. */
export function entry(number: MetaNumber, value: object): object {
  const metadata = { display_phone_number: "15550783881", phone_number_id: number.phoneNumberId };
  const whole = { messaging_product: "whatsapp", metadata, ...value };
  return { id: number.wabaId, changes: [{ field: "messages", value: whole }] };
}

export function envelope(...entries: object[]): string {
  return JSON.stringify({ object: "whatsapp_business_account", entry: entries });
}

export function signature(appSecret: string, body: string): string {
  return `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}`;
}

/** Posts as Meta does: signed over the exact bytes. */
export function postSigned(stack: Stack, number: MetaNumber, body: string): Promise<Answer> {
  const headers = { "x-hub-signature-256": signature(number.appSecret, body) };
  return send(`${stack.url}/webhooks/whatsapp/${number.channelId}`, "POST", body, headers);
}
