import { timestamp } from "../core/clock.ts";
import type { AccountNotice, Outcome, RestrictionCause } from "../core/platform.ts";
import type { PlatformProblem } from "../core/problem.ts";
import type { ChannelHealth } from "../store/health.ts";
import type { ChannelRow } from "../store/rows.ts";
import { announce } from "./connect.ts";
import type { Gateway } from "./gateway.ts";
import { goOn, pauseRevoked } from "./revoked.ts";

/** Why it went on, in the event. */
const ended = "The time of the restriction is over.";
const tried = "A message was accepted again.";

interface Answered {
  outcome: Outcome;
  liftings: number;
  conversationId: string;
  wake: (channelId: string) => void;
}

/**
 * What an answer says of the whole account: nothing of it can leave now, or something is barred, or a call that was to
 * try it out has gone through. `used` is the channel as it was when the call left, after so many `liftings`.
 */
export async function heedAnswer(
  gateway: Gateway,
  used: ChannelRow,
  { outcome, liftings, conversationId, wake }: Answered,
): Promise<void> {
  const isTry = gateway.channels.endTrial(used.id, conversationId);
  if (outcome.kind === "accepted" && isTry) await endRestriction(gateway, used.id, { why: tried, wake });
  if (outcome.kind === "rejected" && outcome.isOfAccount)
    await noteRefusal(gateway, used.id, sentenceOf(outcome.problem));
  if (outcome.kind !== "retry") return;
  if (outcome.until === "new_credentials") await pauseRevoked(gateway, used, outcome.problem);
  if (outcome.until === "unrestricted")
    await pauseRestricted(gateway, used.id, { reason: sentenceOf(outcome.problem), liftings });
}

function sentenceOf({ message, hint = "" }: PlatformProblem): string {
  return `${message.replace(/\.?$/, ".")} ${hint}`.trim();
}

/** A refusal tells no end. */
export function causeOf({ of, until }: Pick<AccountNotice, "of" | "until">): RestrictionCause {
  return of ?? (until === undefined ? "refusal" : "policy");
}

type Restriction = Pick<AccountNotice, "of" | "reason" | "until"> & { liftings?: number };

/**
 * Nothing fails; what waits leaves when the restriction ends, or a person says so. One that a person paused stays so.
 * `liftings`: it is told by an answer, to a call that began after so many.
 */
export async function pauseRestricted(
  gateway: Gateway,
  channelId: string,
  { reason, until, liftings, ...told }: Restriction,
): Promise<void> {
  const of = causeOf({ ...told, until });
  const { channels, clock, platforms, store, meter, log } = gateway;
  const now = clock.now();
  const resumesAt = until === undefined ? undefined : Math.ceil(clock.steady() + until - now);
  const { title } = platforms[channels.get(channelId)!.platform];
  const pausedReason = `${title} restricts the account: ${reason}`;
  const goesOn =
    until === undefined
      ? `It is tried out now and then, and goes on by itself; at once by PATCH /v1/channels/${channelId} {"paused": false}.`
      : `It goes on by itself at ${timestamp(until)}.`;
  await channels.pauseRestricted(channelId, { pausedReason, resumesAt, liftings }, async (channel) => {
    if (channel.restricted) return addCause(gateway, channelId, { of, until });
    meter.count("antiphon_pauses_total", { platform: channel.platform, reason: "restriction" });
    log.warn({ channel: channelId, reason }, "a channel is paused: its platform restricts the account");
    await Promise.all([
      store.keepChannelHealth(channelId, {
        account: { state: "restricted", reason, since: now, until, causes: [of] },
      }),
      announce(gateway, channel, "channel.paused", { reason: `${pausedReason} ${goesOn}`, resumesAt: until }),
    ]);
  });
}

/** It is restricted for this too, or until then. */
async function addCause(
  { store }: Gateway,
  channelId: string,
  { of, until }: { of: RestrictionCause; until: number | undefined },
): Promise<void> {
  const { account } = await store.channelHealth(channelId);
  if (account?.state !== "restricted") return;
  const causes = [...new Set([...causesOf(account), of])];
  await store.keepChannelHealth(channelId, {
    account: { ...account, until: until ?? account.until, causes },
  });
}

function causesOf({ causes = ["refusal"] }: NonNullable<ChannelHealth["account"]>): readonly string[] {
  return causes;
}

/** Ends what is lifted. The channel goes on where nothing else restricts it. */
export async function liftRestriction(
  gateway: Gateway,
  channelId: string,
  { lifted, why, wake }: { lifted: readonly string[]; why: string; wake: (channelId: string) => void },
): Promise<void> {
  const { account } = await gateway.store.channelHealth(channelId);
  const isRestricted = account?.state === "restricted" && gateway.channels.get(channelId)?.restricted;
  const causes = isRestricted ? causesOf(account).filter((cause) => !lifted.includes(cause)) : [];
  if (isRestricted && causes.length > 0)
    return gateway.store.keepChannelHealth(channelId, { account: { ...account, causes } });
  gateway.channels.noteLifted(channelId);
  await endRestriction(gateway, channelId, { why, wake });
}

interface End {
  why?: string;
  /** Asked of the channel as it is by then. */
  if?: (channel: ChannelRow) => boolean;
  wake: (channelId: string) => void;
}

/** Lets a channel go on that is paused for a restriction. */
export async function endRestriction(
  gateway: Gateway,
  channelId: string,
  { why = ended, if: isOver = () => true, wake }: End,
): Promise<void> {
  const isEnding = (now: ChannelRow) => now.restricted === true && isOver(now);
  if (!(await goOn(gateway, channelId, { if: isEnding, why }))) return;
  await gateway.store.keepChannelHealth(channelId, { account: undefined });
  wake(channelId);
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Something is refused for the account's sake, and other things may leave: shown for a day after it was last seen. */
async function noteRefusal(
  { store, clock, channels }: Gateway,
  channelId: string,
  reason: string,
): Promise<void> {
  if (channels.get(channelId)?.restricted) return;
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
