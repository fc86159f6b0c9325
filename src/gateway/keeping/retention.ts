import type { Clock } from "../../core/clock.ts";
import type { AgedPart, AgedPlace, Ages, Retention } from "../../store/retaining.ts";
import type { Gateway } from "../gateway.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** A platform repeats for 7 days what it got no 200 for. */
const seenDays = 9;
/** So long the wall clock must have gone on like the gateway's before anything is taken to be old. */
export const trustAfterMs = hourMs;
/** Clocks that are set right little by little drift by less. */
const driftMs = 60_000;
const settingKey = "retention_clock";
/** Before when days are gone through as a whole, from before a round spares a row for that until one has come to its end. */
const wholeKey = "retention_whole_before";

/** How long everything is kept that no channel keeps otherwise, in days; 0: for ever. */
export interface RetentionDays {
  contentDays: number;
  recordsDays: number;
  auditDays: number;
}

interface Seen {
  wall: number;
  steady: number;
  /** Gateway time since when both clocks have gone on alike. */
  since: number;
}

/**
 * Whether the wall clock can be believed to tell what is old. It may have been set forward by mistake, and what is erased
 * does not come back: after every jump, and after a day or more without looking, it must have stood for an hour.
 */
export async function isClockTrusted({ store, clock }: Pick<Gateway, "store" | "clock">): Promise<boolean> {
  const text = await store.setting(settingKey);
  const former = text === undefined ? undefined : (JSON.parse(text) as Seen);
  const seen = look(clock, former);
  await store.putSetting(settingKey, JSON.stringify(seen));
  return seen.steady - seen.since >= trustAfterMs;
}

function look(clock: Pick<Clock, "now" | "steady">, former: Seen | undefined): Seen {
  const [wall, steady] = [clock.now(), clock.steady()];
  const passed = former ? steady - former.steady : Number.POSITIVE_INFINITY;
  const isAlike = former !== undefined && Math.abs(wall - former.wall - passed) <= driftMs && passed < dayMs;
  return { wall, steady, since: isAlike ? former.since : steady };
}

/** Why records cannot go when they are told to: what was said would stay and belong to nothing. */
export function retentionConflict(content: number, records: number): string | undefined {
  if (records === 0 || (content > 0 && records >= content)) return undefined;
  const kept = content === 0 ? "for ever" : `for ${content} days`;
  return `records are to be kept for ${records} days and content ${kept}: records are kept at least as long as content.`;
}

/** Before when things are old. Records are kept as long as content, at least. */
export function agesOf(days: RetentionDays, own: Retention | undefined, now: number): Ages {
  const content = own?.contentDays ?? days.contentDays;
  const records = own?.recordsDays ?? days.recordsDays;
  const before = (count: number) => now - count * dayMs;
  return {
    at: now,
    ...(days.auditDays > 0 && { auditBefore: before(days.auditDays) }),
    ...(content > 0 && { contentBefore: before(content) }),
    ...(records > 0 && {
      recordsBefore: before(Math.max(records, content === 0 ? Number.POSITIVE_INFINITY : content)),
      seenBefore: before(Math.max(records, seenDays)),
    }),
  };
}

/** One round through everything, in parts that `inPart` spaces. Gives how much went; undefined: it was broken off. */
export async function dropAged(
  { store, clock }: Pick<Gateway, "store" | "clock">,
  days: RetentionDays,
  inPart: (part: () => Promise<AgedPart>) => Promise<AgedPart | undefined>,
): Promise<number | undefined> {
  const now = clock.now();
  const channels = await store.retentions();
  const all = [undefined, ...channels].map((channel) => agesOf(days, channel?.retention, now));
  const wholeBefore = await wholeDays(store, all, now);
  const rounds = channels.map(({ channelId }, index) => {
    const ages = { ...all[index + 1]!, wholeBefore };
    return (from?: AgedPlace) => store.dropAged(channelId, ages, from);
  });
  // What is of several channels goes when it is too old for one of them.
  const shared = { ...sharedAges(all), wholeBefore };
  rounds.push((from) => store.dropAgedShared(shared, clock.steady(), from));
  rounds.push(async () => {
    const { isOver } = await store.keepDays({ at: now, wholeBefore });
    if (isOver) await store.putSetting(wholeKey, "0");
    return { dropped: 0 };
  });
  let dropped = 0;
  for (const round of rounds) {
    let from: AgedPlace | undefined;
    do {
      const part = await inPart(() => round(from));
      if (!part) return undefined;
      dropped += part.dropped;
      from = part.next;
    } while (from);
  }
  return dropped;
}

/**
 * Before when days go as a whole. No less than an earlier round had that was broken off: what that spared is of nothing by
 * now, and a channel may be kept for longer since.
 */
async function wholeDays(
  store: Pick<Gateway["store"], "setting" | "putSetting">,
  all: readonly Ages[],
  now: number,
): Promise<number> {
  const kept = Math.min(...all.map(({ recordsBefore = 0 }) => recordsBefore));
  const former = Math.min(Number((await store.setting(wholeKey)) ?? 0), now);
  if (kept > former) await store.putSetting(wholeKey, String(kept));
  return Math.max(0, kept, former);
}

function sharedAges(all: Ages[]): Ages {
  const [own] = all;
  const contents = all.flatMap(({ contentBefore }) => contentBefore ?? []);
  return { ...own!, ...(contents.length > 0 && { contentBefore: Math.max(...contents) }) };
}
