import type { PlatformPicture } from "../../core/preview.ts";
import { address } from "./address.ts";
import { capabilities } from "./capabilities.ts";
import { render } from "./render.ts";

/** What of Telegram draws a message. */
export const picture = {
  name: "telegram",
  title: "Telegram",
  capabilities,
  sampleAddress: "1000001",
  address,
  render,
} satisfies PlatformPicture;
