import { type Tried, tried } from "./plan.ts";
import type { Shape } from "./shape.ts";

/** A message that was answered 202. `position`: the how manieth of its conversation. */
export interface Accepted {
  id: string;
  platform: Tried;
  conversation: string;
  position: number;
  text: string;
  /** When its 202 came. */
  at: number;
  shape: Shape;
}

/** What was seen from outside of the gateway. */
export interface Seen {
  accepted: readonly Accepted[];
  /** The texts that the platforms took, in their order. */
  taken: readonly string[];
  /** What the customer was told of each message last. */
  told: ReadonlyMap<string, string>;
  /** Messages that the gateway said it still has under way; what it tells of one a moment later counts more. */
  open: ReadonlySet<string>;
}

export interface Figures {
  accepted: number;
  sent: number;
  unknown: number;
  /** Of the unknown: taken by the platform all the same. */
  arrived: number;
  failed: number;
  open: number;
  lost: number;
  duplicated: number;
  reordered: number;
}

/**
 * Judges by the logs of the platforms and of the customer. Lost: neither taken by its platform nor told as ended or
 * unknown, told as sent and never taken, or taken and never told. Reordered: taken first after a later one.
 */
export function audit(seen: Seen): Record<Tried, Figures> {
  const times = new Map<string, number>();
  for (const text of seen.taken) times.set(text, (times.get(text) ?? 0) + 1);
  const reordered = overtaken(seen);
  const figures = tried.map((platform) => {
    const own = seen.accepted.filter((message) => message.platform === platform);
    const count = (fits: (message: Accepted) => boolean) => own.filter(fits).length;
    const toldAs = (status: string) => (message: Accepted) => seen.told.get(message.id) === status;
    return [
      platform,
      {
        accepted: own.length,
        sent: count(toldAs("sent")),
        unknown: count(toldAs("unknown")),
        arrived: count((message) => toldAs("unknown")(message) && times.has(message.text)),
        failed: count((message) => ["failed", "expired", "cancelled"].some((one) => toldAs(one)(message))),
        open: count(({ id }) => seen.open.has(id) && !seen.told.has(id)),
        lost: count((message) => isLost(message, seen, times)),
        duplicated: count(({ text }) => (times.get(text) ?? 0) > 1),
        reordered: count(({ text }) => reordered.has(text)),
      },
    ] as const;
  });
  return Object.fromEntries(figures) as Record<Tried, Figures>;
}

function isLost({ id, text }: Accepted, { told, open }: Seen, times: ReadonlyMap<string, number>): boolean {
  const status = told.get(id);
  return status === undefined ? !open.has(id) : status === "sent" && !times.has(text);
}

/** The texts that were first taken when a later one of their conversation had been. */
function overtaken({ accepted, taken }: Seen): Set<string> {
  const byText = new Map(accepted.map((message) => [message.text, message]));
  const furthest = new Map<string, number>();
  const late = new Set<string>();
  for (const text of new Set(taken)) {
    const message = byText.get(text);
    if (!message) continue;
    const before = furthest.get(message.conversation) ?? 0;
    if (message.position < before) late.add(text);
    furthest.set(message.conversation, Math.max(before, message.position));
  }
  return late;
}
