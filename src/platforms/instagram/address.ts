import type { Platform } from "../../core/platform.ts";

export const address: Platform["address"] = () => {
  throw new Error("not built yet");
};
