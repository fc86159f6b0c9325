import type { Platform } from "../../core/platform.ts";
import { apiVersion } from "../meta/graph-versions.ts";
import { kindOf } from "../meta/messaging/capabilities.ts";
import { media } from "../meta/messaging/download.ts";
import { interpret } from "../meta/messaging/interpret.ts";
import { likeness } from "../meta/messaging/likeness.ts";
import { hubSignature } from "../meta/signature.ts";
import {
  authorize,
  checkCredentials,
  credentialFields,
  defaultBaseUrl,
  naturalId,
  verify,
} from "./access.ts";
import { app, identify, permissions, token } from "./identity.ts";
import { parse } from "./parse.ts";
import { picture } from "./picture.ts";
import { webhook } from "./webhook.ts";

export const instagram = {
  ...picture,
  credentials: credentialFields,
  defaultBaseUrl,
  checkCredentials,
  naturalId,
  reconcile: "content",
  likeness,
  kindOf,
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
  media,
} satisfies Platform;
