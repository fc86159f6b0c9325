import type { Platform } from "../../core/platform.ts";
import { parseMessaging } from "../meta/messaging/parse.ts";

export const parse: Platform["parse"] = (payload, { instagram_id, app_id }) =>
  parseMessaging(payload, {
    object: "instagram",
    title: "account",
    id: instagram_id,
    appId: app_id,
    echoes: "content",
  });
