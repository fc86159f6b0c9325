import type { PlatformProblem } from "../../core/problem.ts";
import type { ChannelRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import { goingOn } from "./channels.ts";
import { channelEvent, noteAnnounced } from "./connect.ts";

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
  const told = `${reason.replace(/\.?$/, ".")} ${whatToDo}`;
  const telling = (channel: ChannelRow) => channelEvent(gateway, channel, "channel.paused", told);
  if (!(await gateway.channels.pauseRevoked(used, reason, telling))) return;
  gateway.meter.count("antiphon_pauses_total", { platform: used.platform, reason: "token" });
  noteAnnounced(gateway, used.id, "channel.paused");
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
  const wish = (now: ChannelRow) => (isResting(now) ? goingOn : undefined);
  const telling = (channel: ChannelRow) => channelEvent(gateway, channel, "channel.resumed", why);
  const isResumed = await gateway.channels.updateTold(channelId, wish, telling);
  if (isResumed) noteAnnounced(gateway, channelId, "channel.resumed");
  return isResumed;
}
