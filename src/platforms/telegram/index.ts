import type { Platform } from "../../core/platform.ts";
import { authorize, checkCredentials, credentialFields, naturalId, verify } from "./access.ts";
import { acknowledge } from "./acknowledge.ts";
import { address } from "./address.ts";
import { capabilities } from "./capabilities.ts";
import { identify, media } from "./identity.ts";
import { interpret } from "./interpret.ts";
import { parse } from "./parse.ts";
import { poll } from "./polling.ts";
import { render } from "./render.ts";
import { webhook } from "./webhook.ts";

/** The Telegram Bot API 10.3, https://core.telegram.org/bots/api, read 2026-11-21. */
export const telegram = {
  name: "telegram",
  title: "Telegram",
  credentials: credentialFields,
  capabilities,
  defaultBaseUrl: () => "https://api.telegram.org",
  sampleAddress: "1000001",
  checkCredentials,
  naturalId,
  address,
  render,
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
