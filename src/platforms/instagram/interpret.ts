import type { Platform } from "../../core/platform.ts";

export const interpret: Platform["interpret"] = () => {
  throw new Error("not built yet");
};
