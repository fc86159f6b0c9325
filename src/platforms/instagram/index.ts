import type { Platform } from "../../core/platform.ts";
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
import { address } from "./address.ts";
import { capabilities } from "./capabilities.ts";
import { app, identify, permissions, token } from "./identity.ts";
import { parse } from "./parse.ts";
import { render } from "./render.ts";
import { webhook } from "./webhook.ts";

export const instagram = {
  name: "instagram",
  title: "Instagram",
  credentials: credentialFields,
  capabilities,
  defaultBaseUrl,
  sampleAddress: "1000000000000001",
  checkCredentials,
  naturalId,
  address,
  render,
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
  permissions,
  token,
  media,
} satisfies Platform;
