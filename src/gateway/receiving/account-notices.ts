import { timestamp } from "../../core/clock.ts";
import { type AccountNotice, restrictionCauses } from "../../core/platform.ts";
import type { ChannelHealth } from "../../store/health.ts";
import type { ChannelRow } from "../../store/rows.ts";
import { causeOf, liftRestriction, pauseRestricted } from "../connecting/restricted.ts";
import { restrictionNow } from "../connecting/restriction-told.ts";
import type { Gateway } from "../gateway.ts";

/** How long a warning is shown that has no end of its own: nothing takes it back. */
const shownMs = 30 * 86_400_000;
const hourMs = 3_600_000;

/** So many things said at one moment are told apart. */
const maxAtOnce = 20;

type Heard = AccountNotice & { at: number };

/**
 * What the platform says of the account itself: shown with the channel's health, told once, and where nothing may leave
 * any more, or may again, the channel pauses or goes on. `wake` lets its lanes go on.
 */
export async function heedNotice(
  gateway: Gateway,
  channelId: string,
  { notice, wake }: { notice: AccountNotice; wake: (channelId: string) => void },
): Promise<void> {
  const { store, clock, channels, log, meter } = gateway;
  const channel = channels.get(channelId);
  if (!channel) return;
  const now = clock.now();
  const { state, reason, at = now, of, until } = notice;
  const known = await store.channelHealth(channelId);
  const fresh = freshOf({ ...notice, at }, known.said);
  if (fresh.length === 0 || (until !== undefined && until <= now)) return;
  meter.count("antiphon_account_notices_total", { platform: channel.platform, state });
  log.warn({ channel: channelId, state, reason }, "the platform speaks of the account's standing");
  if (state === "restricted") await pauseRestricted(gateway, channelId, { of, reason, until, at });
  if (state === "lifted") await liftRestriction(gateway, channelId, { lifted: fresh, why: reason, wake });
  const isShown = state === "limited" || state === "warned";
  const shown = { reason, since: now, until, ...(until === undefined && { shownUntil: now + shownMs }) };
  const isRestricted =
    restrictionNow(channels.get(channelId) ?? channel, { health: known, now }) !== undefined;
  const account = isShown && !isRestricted && { state, ...shown };
  const isNewest = at >= (known.notice?.at ?? 0);
  // Being approved, say, ends warnings, and nothing that is barred for something else.
  const before = known.account?.state;
  const isEnded = state === "lifted" && (before === "warned" || (before === "limited" && of === undefined));
  await Promise.all([
    store.keepChannelHealth(channelId, {
      said: withSaid({ reason, at }, fresh, known.said),
      ...(isNewest && { notice: { state, reason, at } }),
      ...(account && { account }),
      ...(isEnded && { account: undefined }),
    }),
    // What pauses or resumes is told by that.
    isShown && tell(gateway, channel, reason),
  ]);
}

/** What it speaks of: what restricts the account, or else a matter of its own. */
function mattersOf({ state, of, until }: AccountNotice): readonly string[] {
  if (state === "restricted") return [causeOf({ of, until })];
  if (state !== "lifted") return [state];
  // What is known from a refusal alone may be any of them.
  return of === undefined ? restrictionCauses : [of, "refusal"];
}

/**
 * Of what it speaks of, that of which no more was said after it: platforms keep no order. Nor is it the same webhook again,
 * or the same of message after message, which is told once an hour.
 */
function freshOf(notice: Heard, said: ChannelHealth["said"] = {}): string[] {
  const { state, reason, at } = notice;
  const isShown = state === "limited" || state === "warned";
  return mattersOf(notice).filter((matter) => {
    const before = said[matter];
    if (!before || at < before.at) return !before;
    const isSaid = before.reasons.includes(reason);
    return !isSaid || (at > before.at && !(isShown && at - before.at < hourMs));
  });
}

function withSaid(
  { reason, at }: Pick<Heard, "reason" | "at">,
  matters: readonly string[],
  said: ChannelHealth["said"] = {},
): ChannelHealth["said"] {
  const added = matters.map((matter) => {
    const before = said[matter];
    const reasons = before?.at === at ? before.reasons : [];
    return [matter, { at, reasons: [...reasons, reason].slice(-maxAtOnce) }] as const;
  });
  return { ...said, ...Object.fromEntries(added) };
}

async function tell(
  { store, clock, eventsWritten }: Gateway,
  { id, platform }: ChannelRow,
  reason: string,
): Promise<void> {
  const told = { type: "channel.account_warned" as const, timestamp: timestamp(clock.now()), reason };
  await store.addEvent({ ...told, channel: { id, platform } });
  eventsWritten.raise();
}
