import type { ChannelHealth, ToldCause } from "../../store/health.ts";
import type { ChannelRow } from "../../store/rows.ts";

type Account = NonNullable<ChannelHealth["account"]>;

/** So long after a told end a refusal is taken for the same restriction: clocks differ, and ends are told in whole seconds. */
const soonMs = 5 * 60_000;

/** What was told of a restriction, also of one that the channel goes on in spite of. */
export function toldOf({ account }: ChannelHealth): Account | undefined {
  return account?.state === "restricted" ? account : undefined;
}

/** A person's pause is not what the platform says: that is kept behind it. */
export function isPausedByPerson({ paused, restricted, awaitsCredentials }: ChannelRow): boolean {
  return paused && !restricted && !awaitsCredentials;
}

/** What restricts the account now, whether its channel rests for that or for a person. */
export function restrictionNow(
  channel: ChannelRow,
  { health, now }: { health: ChannelHealth; now: number },
): Account | undefined {
  const told = toldOf(health);
  if (channel.restricted) return told;
  const isOver = told?.until !== undefined && told.until <= now;
  return told?.isBehindPause && isPausedByPerson(channel) && !isOver ? told : undefined;
}

/** What a refusal may be of, after the channel went on at a told end or by a person's word; undefined: nothing known. */
export function rememberedFor(
  heard: ToldCause,
  { health, now, steady }: { health: ChannelHealth; now: number; steady: number },
): { account: Account; isSoonAfter: boolean } | undefined {
  const account = toldOf(health);
  if (!account || !isBare(heard)) return undefined;
  const { endedAt } = health;
  if (endedAt !== undefined) return steady - endedAt < soonMs ? { account, isSoonAfter: true } : undefined;
  return account.until !== undefined && account.until > now ? { account, isSoonAfter: false } : undefined;
}

/** The newest is what is shown. Undefined: it says no more than was known. */
export function withCause(before: Account, heard: ToldCause): Account | undefined {
  const known = causesOf(before);
  if (isBare(heard) && !known.every(isBare)) return undefined;
  const others = known.filter((cause) => cause.of !== heard.of && !isBare(cause));
  return ofCauses(
    before,
    [...others, heard].sort((a, b) => a.at - b.at),
  );
}

/** Undefined: nothing else restricts it. */
export function withoutCauses(before: Account, lifted: readonly string[]): Account | undefined {
  const left = causesOf(before).filter(({ of }) => !lifted.includes(of));
  return left.length > 0 ? ofCauses(before, left) : undefined;
}

function ofCauses(before: Account, causes: readonly ToldCause[]): Account {
  const { reason, until } = causes.at(-1)!;
  return { ...before, reason, until, causes };
}

function causesOf({ causes, reason, until, since }: Account): readonly ToldCause[] {
  return causes ?? [{ of: "refusal", reason, until, at: since }];
}

/** A refusal says neither what for nor until when. */
function isBare({ of, until }: ToldCause): boolean {
  return of === "refusal" && until === undefined;
}
