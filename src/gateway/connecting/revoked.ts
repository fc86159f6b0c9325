import type { PlatformProblem } from "../../core/problem.ts";
import type { ChannelRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import { goingOn } from "./channels.ts";
import { announce } from "./connect.ts";

/** Why it went on, in the event. */
export const renewed = "It has other credentials.";

/**
 * Pauses a channel whose platform refused the token that `used` had, and tells it once. What waits on it goes on by
 * itself when it is given another.
 */
export async function pauseRevoked(
  gateway: Gateway,
  used: ChannelRow,
  problem: PlatformProblem,
): Promise<void> {
  const reason = `${gateway.platforms[used.platform].title} refuses the channel's token: ${problem.message}`;
  const ofApp =
    used.appId && `, or PATCH /v1/apps/${used.appId} {"app_secrets": […]} if the secret is what is wrong`;
  const whatToDo = `Give it another: PATCH /v1/channels/${used.id} {"credentials": {…}}${ofApp ?? ""}. What waits leaves then.`;
  await gateway.channels.pauseRevoked(used, reason, (channel) => {
    gateway.meter.count("antiphon_pauses_total", { platform: used.platform, reason: "token" });
    return announce(gateway, channel, "channel.paused", `${reason.replace(/\.?$/, ".")} ${whatToDo}`);
  });
}

/** Lets a channel go on that waits for other credentials. True: it did, and its lanes are to be woken. */
export async function resume(gateway: Gateway, channelId: string): Promise<boolean> {
  return goOn(gateway, channelId, {
    if: ({ awaitsCredentials }) => awaitsCredentials === true,
    why: renewed,
  });
}

/** Lets a channel go on that rests for what `if` knows, and tells it. True: it did, and its lanes are to be woken. */
export async function goOn(
  gateway: Gateway,
  channelId: string,
  { if: isResting, why }: { if: (now: ChannelRow) => boolean; why: string },
): Promise<boolean> {
  let isResumed = false;
  const wish = (now: ChannelRow) => (isResting(now) ? goingOn : undefined);
  await gateway.channels.update(channelId, wish, async (channel) => {
    isResumed = true;
    await announce(gateway, channel, "channel.resumed", why);
  });
  return isResumed;
}
