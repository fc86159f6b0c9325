import type { PlatformPicture } from "../../core/preview.ts";
import { address } from "./address.ts";
import { capabilities } from "./capabilities.ts";
import { render } from "./render.ts";

/** What of WhatsApp draws a message. */
export const picture = {
  name: "whatsapp",
  title: "WhatsApp",
  capabilities,
  sampleAddress: "+15550100001",
  address,
  render,
} satisfies PlatformPicture;
