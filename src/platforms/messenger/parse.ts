import type { Platform } from "../../core/platform.ts";

export const parse: Platform["parse"] = () => ({ events: [], unknown: [] });
