import { isObject } from "../../../../core/json.ts";
import { refuse } from "../refusal.ts";
import type { Fields } from "./fields.ts";
import { rates } from "./limits.ts";
import type { SendRequest } from "./send.ts";

/** Takes one call of the account's rate, by what its message holds; a reaction holds none and counts with the texts. */
export function takeBudget({ world, account }: SendRequest, message: Fields = {}): void {
  const type = isObject(message.attachment) ? message.attachment.type : undefined;
  const isSlow = type === "audio" || type === "video";
  const name = `${account.platform} ${isSlow ? "audio or video" : "message"} ${account.id}`;
  if (world.take(name, isSlow ? rates.audioOrVideo : rates.message) > 0) {
    refuse(613, "Calls to this api have exceeded the rate limit.");
  }
}
