import type { Platform } from "../../core/platform.ts";

export const render: Platform["render"] = () => {
  throw new Error("not built yet");
};
