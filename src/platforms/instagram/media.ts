import type { Platform } from "../../core/platform.ts";

export const media: Platform["media"] = {
  locate() {
    throw new Error("not built yet");
  },
};
