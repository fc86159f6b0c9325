import type { Platform } from "../../core/platform.ts";
import { parseMessaging } from "../meta/messaging/parse.ts";

export const parse: Platform["parse"] = (payload, { page_id, app_id }) =>
  parseMessaging(payload, { object: "page", title: "page", id: page_id, appId: app_id, echoes: "token" });
