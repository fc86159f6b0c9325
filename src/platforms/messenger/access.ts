import type { Platform } from "../../core/platform.ts";

export const credentialFields: Platform["credentials"] = [];
export const defaultBaseUrl: Platform["defaultBaseUrl"] = () => "https://graph.facebook.com";
export const naturalId: Platform["naturalId"] = () => "";
export const checkCredentials: Platform["checkCredentials"] = () => [];
export const authorize: Platform["authorize"] = () => {
  throw new Error("not built yet");
};
export const verify: Platform["verify"] = () => ({ kind: "forged", reason: "not built yet" });
