import type { Platform } from "../../core/platform.ts";

export const webhook: Platform["webhook"] = {
  inspect() {
    throw new Error("not built yet");
  },
  read() {
    throw new Error("not built yet");
  },
  point() {
    throw new Error("not built yet");
  },
};
