import { timestamp } from "../../core/clock.ts";
import type { AccountNotice, Outcome, RestrictionCause } from "../../core/platform.ts";
import type { PlatformProblem } from "../../core/problem.ts";
import type { ChannelHealth } from "../../store/health.ts";
import type { ChannelRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import { untilStored } from "../until-stored.ts";
import { announce } from "./connect.ts";
import {
  isPausedByPerson,
  rememberedFor,
  restrictionNow,
  toldOf,
  withCause,
  withoutCauses,
} from "./restriction-told.ts";
import { goOn, pauseRevoked } from "./revoked.ts";

/** Why it went on, in the event. */
const ended = "The time of the restriction is over.";
const tried = "A message was accepted again.";

/** Until the first try of an account whose told end has just passed. */
const soonestTrialMs = 15_000;

type Account = NonNullable<ChannelHealth["account"]>;

interface Answered {
  outcome: Outcome;
  isUnsent?: boolean;
  ending: AbortSignal;
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
  { outcome, isUnsent, liftings, conversationId, wake, ending }: Answered,
): Promise<void> {
  const isTry = gateway.channels.endTrial(used.id, conversationId);
  if (outcome.kind === "accepted" && isTry) {
    // Nothing would say it again for hours.
    await untilStored(() => endRestriction(gateway, used.id, { why: tried, wake }), gateway, ending);
    await untilStored(() => forget(gateway, used.id), gateway, ending);
  }
  // What never left has tried nothing.
  if (isTry && isUnsent) gateway.channels.tryOut(used.id);
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

type Restriction = Pick<AccountNotice, "of" | "reason" | "until" | "at"> & { liftings?: number };

/**
 * Nothing fails; what waits leaves when the restriction ends, or a person says so. One that a person paused stays so,
 * and is shown as restricted too. `liftings`: it is told by an answer, to a call that began after so many.
 */
export async function pauseRestricted(
  gateway: Gateway,
  channelId: string,
  { of, reason, until, at, liftings }: Restriction,
): Promise<void> {
  const { channels, clock, store } = gateway;
  const channel = channels.get(channelId);
  if (!channel || (channel.restricted && liftings !== undefined)) return;
  const now = clock.now();
  const heard = { of: causeOf({ of, until }), reason, until, at: at ?? now };
  const health = await store.channelHealth(channelId);
  const current = restrictionNow(channel, { health, now });
  const remembered = current ? undefined : rememberedFor(heard, { health, now, steady: clock.steady() });
  const fresh = { state: "restricted" as const, reason, since: now, until, causes: [heard] };
  const account = current ? withCause(current, heard) : (remembered?.account ?? fresh);
  if (!account) return;
  if (isPausedByPerson(channel))
    return store.keepChannelHealth(channelId, { account: { ...account, isBehindPause: true } });
  await restrict(gateway, channel, { account, liftings, isSoonAfter: remembered?.isSoonAfter });
}

interface Wanted {
  account: Account;
  liftings?: number | undefined;
  /** It was to be over just now. */
  isSoonAfter?: boolean | undefined;
}

/** Has the channel rest for what is told of its account, or for that now. */
async function restrict(
  gateway: Gateway,
  { id, platform }: ChannelRow,
  { account, liftings, isSoonAfter = false }: Wanted,
): Promise<void> {
  const { channels, clock, platforms, store, meter, log } = gateway;
  const { reason, until } = account;
  const pausedReason = `${platforms[platform].title} restricts the account: ${reason}`;
  const resumesAt =
    until === undefined || isSoonAfter ? undefined : Math.ceil(clock.steady() + until - clock.now());
  const trial = isSoonAfter ? { dueAt: clock.steady() + soonestTrialMs, waitMs: soonestTrialMs } : undefined;
  await channels.pauseRestricted(id, { pausedReason, resumesAt, liftings }, async (before) => {
    if (!before.restricted) {
      meter.count("antiphon_pauses_total", { platform, reason: "restriction" });
      log.warn({ channel: id, reason }, "a channel is paused: its platform restricts the account");
    }
    const kept = { account, trial, ...(!isSoonAfter && { endedAt: undefined }) };
    const isTold =
      before.restricted && before.pausedReason === pausedReason && before.resumesAt === resumesAt;
    const why = `${pausedReason} ${goesOn(id, { until, isSoonAfter })}`;
    await Promise.all([
      store.keepChannelHealth(id, kept),
      !isTold &&
        announce(gateway, before, "channel.paused", {
          reason: why,
          resumesAt: isSoonAfter ? undefined : until,
        }),
    ]);
  });
}

function goesOn(id: string, { until, isSoonAfter }: { until: number | undefined; isSoonAfter: boolean }) {
  if (until !== undefined && !isSoonAfter) return `It goes on by itself at ${timestamp(until)}.`;
  const past = until !== undefined && `Its end was told to be ${timestamp(until)}, and it refuses still. `;
  return `${past || ""}It is tried out now and then, and goes on by itself; at once by PATCH /v1/channels/${id} {"paused": false}.`;
}

/** Ends what is lifted. The channel goes on where nothing else restricts it. */
export async function liftRestriction(
  gateway: Gateway,
  channelId: string,
  { lifted, why, wake }: { lifted: readonly string[]; why: string; wake: (channelId: string) => void },
): Promise<void> {
  const { channels, clock, store } = gateway;
  const channel = channels.get(channelId);
  const health = await store.channelHealth(channelId);
  const current = channel && restrictionNow(channel, { health, now: clock.now() });
  const account = current && withoutCauses(current, lifted);
  if (account && channel.restricted) return restrict(gateway, channel, { account });
  if (account) return store.keepChannelHealth(channelId, { account });
  channels.noteLifted(channelId);
  await endRestriction(gateway, channelId, { why, wake });
  if (toldOf(health)) await forget(gateway, channelId);
}

/** A person pauses the channel: what its platform says of the account is kept beside that, and shown where it held. */
export async function keepBehindPause({ store, clock }: Gateway, before: ChannelRow): Promise<void> {
  const health = await store.channelHealth(before.id);
  const account = toldOf(health);
  const isBehindPause = restrictionNow(before, { health, now: clock.now() }) !== undefined;
  if (account) await store.keepChannelHealth(before.id, { account: { ...account, isBehindPause } });
}

/** It is over, also for what is refused later. */
async function forget({ store }: Gateway, channelId: string): Promise<void> {
  await store.keepChannelHealth(channelId, { account: undefined, trial: undefined, endedAt: undefined });
}

interface End {
  why?: string;
  /** Asked of the channel as it is by then. */
  if?: (channel: ChannelRow) => boolean;
  wake: (channelId: string) => void;
}

/** Lets a channel go on that is paused for a restriction. What was told of it is kept. */
export async function endRestriction(
  gateway: Gateway,
  channelId: string,
  { why = ended, if: isOver = () => true, wake }: End,
): Promise<void> {
  const isEnding = (now: ChannelRow) => now.restricted === true && isOver(now);
  if (await goOn(gateway, channelId, { if: isEnding, why })) wake(channelId);
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
  // The platform's word says more.
  if (account && account.until !== undefined && account.until > now) return;
  const isSame = account?.reason === reason;
  // Not again for each message that is refused.
  if (isSame && (account.shownUntil ?? 0) > now + dayMs - hourMs) return;
  const since = isSame ? account.since : now;
  await store.keepChannelHealth(channelId, {
    account: { state: "limited", reason, since, until: undefined, shownUntil: now + dayMs },
  });
}
