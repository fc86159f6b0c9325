import type { PlatformPicture } from "../../core/preview.ts";
import { address } from "./address.ts";
import { capabilities } from "./capabilities.ts";
import { render } from "./render.ts";

/** What of Messenger draws a message. */
export const picture = {
  name: "messenger",
  title: "Messenger",
  capabilities,
  sampleAddress: "1000000000000001",
  address,
  render,
} satisfies PlatformPicture;
