import { timestamp } from "../core/clock.ts";
import type { AccountNotice, Outcome } from "../core/platform.ts";
import type { PlatformProblem } from "../core/problem.ts";
import type { ChannelRow } from "../store/rows.ts";
import { announce } from "./connect.ts";
import type { Gateway } from "./gateway.ts";
import { goOn, pauseRevoked } from "./revoked.ts";

/** Why it went on, in the event. */
const ended = "The time of the restriction is over.";
const tried = "A message was accepted again.";

/**
 * What an answer says of the whole account: nothing of it can leave now, or something is barred, or a call that was to
 * try it out has gone through. `used` is the channel as it was when the call left.
 */
export async function heedAnswer(
  gateway: Gateway,
  used: ChannelRow,
  { outcome, wake }: { outcome: Outcome; wake: (channelId: string) => void },
): Promise<void> {
  if (used.restricted) gateway.channels.endTrial(used.id);
  if (outcome.kind === "accepted" && used.restricted)
    await endRestriction(gateway, used.id, { why: tried, wake });
  if (outcome.kind === "rejected" && outcome.isOfAccount)
    await noteRefusal(gateway, used.id, sentenceOf(outcome.problem));
  if (outcome.kind !== "retry") return;
  if (outcome.until === "new_credentials") await pauseRevoked(gateway, used, outcome.problem);
  if (outcome.until === "unrestricted")
    await pauseRestricted(gateway, used.id, { reason: sentenceOf(outcome.problem) });
}

function sentenceOf({ message, hint = "" }: PlatformProblem): string {
  return `${message.replace(/\.?$/, ".")} ${hint}`.trim();
}

/** Nothing fails; what waits leaves when the restriction ends, or a person says so. One that a person paused stays so. */
export async function pauseRestricted(
  gateway: Gateway,
  channelId: string,
  { reason, until }: Pick<AccountNotice, "reason" | "until">,
): Promise<void> {
  const { channels, clock, platforms, store, meter, log } = gateway;
  const now = clock.now();
  const resumesAt = until === undefined ? undefined : Math.ceil(clock.steady() + until - now);
  // Refused by an answer first, which tells no end.
  if (resumesAt !== undefined)
    await channels.update(channelId, ({ restricted }) => (restricted ? { resumesAt } : undefined));
  const { title } = platforms[channels.get(channelId)!.platform];
  const pausedReason = `${title} restricts the account: ${reason}`;
  const goesOn =
    until === undefined
      ? `It is tried out now and then, and goes on by itself; at once by PATCH /v1/channels/${channelId} {"paused": false}.`
      : `It goes on by itself at ${timestamp(until)}.`;
  await channels.pauseRestricted(channelId, { pausedReason, resumesAt }, async (channel) => {
    meter.count("antiphon_pauses_total", { platform: channel.platform, reason: "restriction" });
    log.warn({ channel: channelId, reason }, "a channel is paused: its platform restricts the account");
    await Promise.all([
      store.keepChannelHealth(channelId, { account: { state: "restricted", reason, since: now, until } }),
      announce(gateway, channel, "channel.paused", { reason: `${pausedReason} ${goesOn}`, resumesAt: until }),
    ]);
  });
}

/** Lets a channel go on that is paused for a restriction. */
export async function endRestriction(
  gateway: Gateway,
  channelId: string,
  { why = ended, wake }: { why?: string; wake: (channelId: string) => void },
): Promise<void> {
  gateway.channels.endTrial(channelId);
  if (!(await goOn(gateway, channelId, { if: ({ restricted }) => restricted === true, why }))) return;
  await gateway.store.keepChannelHealth(channelId, { account: undefined });
  wake(channelId);
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Something is refused for the account's sake, and other things may leave: shown for a day after it was last seen. */
async function noteRefusal({ store, clock }: Gateway, channelId: string, reason: string): Promise<void> {
  const { account } = await store.channelHealth(channelId);
  const now = clock.now();
  const isSame = account?.reason === reason;
  // Not again for each message that is refused.
  if (isSame && (account.until ?? 0) > now + dayMs - hourMs) return;
  const since = isSame ? account.since : now;
  await store.keepChannelHealth(channelId, {
    account: { state: "limited", reason, since, until: now + dayMs },
  });
}
