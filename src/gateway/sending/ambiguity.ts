import { callBackoffMs } from "../../core/retry.ts";
import type { CallRow, ChannelRow, MessageRow } from "../../store/rows.ts";
import type { Settlement, Unanswered, Verdict } from "../../store/sending.ts";
import type { Gateway } from "../gateway.ts";

/** A platform that never answers would else get a message as often as its `ttl_seconds` allow. */
const mostResends = 3;

interface Ambiguous {
  channel: ChannelRow;
  call: CallRow;
  message: MessageRow;
}

/**
 * What becomes of a call that left and was not answered: first the platform has its time to tell of it, if it tells of
 * such a call at all.
 */
export function unanswered(
  gateway: Gateway,
  ambiguous: Ambiguous,
): Pick<Settlement, "unanswered" | "likeness"> {
  const { clock, echoes, platforms } = gateway;
  const platform = platforms[ambiguous.channel.platform];
  const likeness = platform.likeness?.(ambiguous.call.call);
  const isSilent = platform.reconcile === "content" && likeness === undefined;
  const holdMs = isSilent ? 0 : echoes.holdMs(platform);
  const next: Unanswered =
    holdMs > 0
      ? { as: "held", dueAt: clock.steady() + holdMs }
      : verdict(gateway, ambiguous, ambiguous.call.unanswered + 1);
  return { unanswered: next, likeness };
}

/** What becomes of it when the platform has not told; `tries`: how many of its tries were not answered. */
export function verdict(
  { clock, random }: Pick<Gateway, "clock" | "random">,
  { channel, message }: Pick<Ambiguous, "channel" | "message">,
  tries: number,
): Verdict {
  const policy = message.onAmbiguous ?? channel.onAmbiguous ?? "hold";
  if (policy === "fail") return { as: "failed" };
  const dueAt = clock.steady() + callBackoffMs(tries, random);
  const isInTime = message.expiresAt === undefined || dueAt < message.expiresAt;
  if (policy === "resend" && tries <= mostResends && isInTime) return { as: "resent", dueAt };
  return { as: "unknown" };
}
