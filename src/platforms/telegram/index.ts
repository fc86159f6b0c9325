import type { Platform } from "../../core/platform.ts";
import { authorize, checkCredentials, credentialFields, naturalId, verify } from "./access.ts";
import { acknowledge } from "./acknowledge.ts";
import { identify, media } from "./identity.ts";
import { interpret } from "./interpret.ts";
import { parse } from "./parse.ts";
import { picture } from "./picture.ts";
import { poll } from "./polling.ts";
import { webhook } from "./webhook.ts";

/** The Telegram Bot API 10.3, https://core.telegram.org/bots/api, read 2026-11-21. */
export const telegram = {
  ...picture,
  credentials: credentialFields,
  defaultBaseUrl: () => "https://api.telegram.org",
  checkCredentials,
  naturalId,
  authorize,
  interpret,
  verify,
  parse,
  webhook,
  identify,
  poll,
  acknowledge,
  media,
} satisfies Platform;
