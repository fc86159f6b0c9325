import type { Platform } from "../../core/platform.ts";
import { apiVersion } from "../meta/graph-versions.ts";
import { hubSignature } from "../meta/signature.ts";
import { authorize, checkCredentials, credentialFields, verify } from "./access.ts";
import { interpret } from "./interpret.ts";
import { app, download, identify, locate, permissions, token } from "./media.ts";
import { parse } from "./parse.ts";
import { picture } from "./picture.ts";
import { webhook } from "./webhook.ts";

/** The WhatsApp Cloud API. */
export const whatsapp = {
  ...picture,
  credentials: credentialFields,
  defaultBaseUrl: () => "https://graph.facebook.com",
  checkCredentials,
  accountId: ({ waba_id }) => waba_id,
  naturalId: (credentials) => credentials.phone_number_id ?? "",
  reconcile: "token",
  wantsReport: ({ whatsapp }) => whatsapp?.strict_order === true,
  authorize,
  interpret,
  verify,
  signature: hubSignature(({ app_secret = "" }) => app_secret),
  parse,
  webhook,
  identify,
  app,
  apiVersion,
  permissions,
  token,
  media: { locate, download },
} satisfies Platform;
