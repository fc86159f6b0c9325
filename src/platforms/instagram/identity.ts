import type { Platform } from "../../core/platform.ts";

export const identify: Platform["identify"] = {
  call() {
    throw new Error("not built yet");
  },
  read() {
    throw new Error("not built yet");
  },
};
export const permissions: NonNullable<Platform["permissions"]> = {
  call() {
    throw new Error("not built yet");
  },
  read() {
    throw new Error("not built yet");
  },
};
