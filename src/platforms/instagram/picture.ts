import type { PlatformPicture } from "../../core/preview.ts";
import { address } from "./address.ts";
import { capabilities } from "./capabilities.ts";
import { render } from "./render.ts";

/** What of Instagram draws a message. */
export const picture = {
  name: "instagram",
  title: "Instagram",
  capabilities,
  sampleAddress: "1000000000000001",
  address,
  render,
} satisfies PlatformPicture;
