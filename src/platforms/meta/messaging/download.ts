import type { Platform } from "../../../core/platform.ts";
import { downloadCall } from "../graph-access.ts";

/** A file's reference is its address, signed by Meta and good for some days: its bytes are one call away. */
export const media: Platform["media"] = { locate: downloadCall };
