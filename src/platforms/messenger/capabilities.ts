import type { Platform } from "../../core/platform.ts";

import { whatsapp } from "../whatsapp/index.ts";

/** Stands in until it is written. */
export const capabilities: Platform["capabilities"] = whatsapp.capabilities;
