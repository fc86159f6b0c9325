import type { PlatformName } from "./platform.ts";

/** An account as the simulator tells it, with what connects it. */
export interface SimulatedAccountTold {
  platform: PlatformName;
  id: string;
  token: string;
  app_id?: string;
  app_secret?: string;
  waba_id?: string;
  /** Of an Instagram account that is linked to a Page. */
  page_id?: string;
  username?: string;
  display_phone_number?: string;
}

/** The fields of its platform that connect it as a channel. */
export function credentialsOf(account: SimulatedAccountTold): Record<string, string> {
  const { platform, id, token, app_id = "", app_secret = "", waba_id = "", page_id } = account;
  const app = { app_id, app_secret };
  const credentials: Record<PlatformName, Record<string, string>> = {
    whatsapp: { phone_number_id: id, access_token: token, app_secret, waba_id },
    instagram: { instagram_id: id, access_token: token, ...app, ...(page_id && { page_id }) },
    messenger: { page_id: id, access_token: token, ...app },
    telegram: { bot_token: token },
  };
  return credentials[platform];
}
