import type { AmbiguityPolicy } from "../../src/core/message.ts";
import { Chance } from "../fuzz/chance.ts";
import { type Account, accounts } from "./accounts.ts";

/** A message that a customer wants sent. */
export interface Post {
  /** Stands in every call of the message, so that a platform can tell whose it is. */
  label: string;
  at: number;
  account: Account;
  to: string;
  kind: "text" | "button" | "captioned" | "long";
  ttlSeconds?: number;
  onAmbiguous?: AmbiguityPolicy;
  strictOrder: boolean;
  /** So long after it was answered, a person wants it back. */
  cancelAfterMs?: number;
  /** Asked for with an Idempotency-Key: so much later again, whether or not it was answered. */
  twinsAfterMs?: number[];
}

/** How the platforms and the endpoint behave: one request in so many. */
export interface Weather {
  /** Until then; afterwards all goes well, so that a run comes to rest. */
  untilMs: number;
  /** A request meets any of the faults below. */
  oneIn: number;
  /** What is told of an accepted message is late, missing, doubled. */
  echoes: "prompt" | "ragged";
  /** Longest time of a commit and of a way to a platform. */
  commitMs: number;
  wayMs: number;
}

/** Where much hangs on what is on the disk: between a word and its commit. */
const moments = [
  ...(["asked", "left", "left again", "left again", "answered", "posted", "told"] as const),
  ...(["paused", "paused", "paused", "full"] as const),
  ...(["left again by a full disk", "left again by a full disk"] as const),
];
export type Moment = (typeof moments)[number];

export interface Plan {
  seed: number;
  posts: Post[];
  /** What contacts write. */
  said: { at: number; account: Account; from: string; copies: number }[];
  /** After so many steps of a life it ends, at the next such moment, and the next life begins so much later. */
  crashes: {
    afterSteps: number;
    at: Moment | "any";
    downMs: number;
    /** It is asked to end, as by SIGTERM. */
    isGentle: boolean;
  }[];
  /** The wall clock is set. */
  jumps: { at: number; byMs: number }[];
  /** An account's token is refused, until a person gives the channel another. */
  revoked: { at: number; account: Account; forMs: number }[];
  /** The disk has no room for a commit, or for some of them. */
  full: { at: number; forMs: number; isWhole: boolean }[];
  /** A person pauses a channel. */
  paused: { at: number; account: Account; forMs: number }[];
  weather: Weather;
}

const hourMs = 3_600_000;

/** What happens in the run of a seed, as far as it is decided before. */
export function planOf(seed: number): Plan {
  const chance = new Chance(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995);
  // Everything at once, on a slow disk: answers of many calls wait for their commits together.
  const isStorm = chance.once(6);
  const taking = accounts.filter(() => isStorm || chance.once(2));
  const used = taking.length > 0 ? taking : [chance.of(accounts)];
  const spanMs = isStorm ? 1_000 : chance.of([500, 5_000, 20_000, 60_000]);
  const within = () => chance.int(spanMs);
  const isFlooded = chance.once(4);
  return {
    seed,
    posts: postsOf(chance, { used, spanMs, isFlooded }),
    said: times(chance.int(4), () => {
      const account = chance.of(used);
      return { at: within(), account, from: chance.of(account.contacts), copies: 1 + chance.int(3) };
    }),
    crashes: times(isStorm ? 3 : chance.int(4), () => crashOf(chance)),
    jumps: chance.once(2)
      ? times(1 + chance.int(2), () => ({
          at: within(),
          byMs: chance.of([-24 * hourMs, -hourMs, hourMs, 24 * hourMs]),
        }))
      : [],
    // Some get another token at once, while calls with the former one are under way.
    revoked: chance.once(4)
      ? [{ at: within(), account: chance.of(used), forMs: 20 + chance.int(chance.of([400, 400, 60_000])) }]
      : [],
    paused: chance.once(6)
      ? [{ at: within(), account: chance.of(used), forMs: 1_000 + chance.int(60_000) }]
      : [],
    full: isStorm || chance.once(3) ? times(1 + chance.int(3), () => fullOf(chance, within())) : [],
    weather: {
      untilMs: spanMs + chance.int(60_000),
      oneIn: isStorm ? 2 : chance.of([3, 6, 12, 1_000]),
      echoes: chance.of(["prompt", "ragged"]),
      commitMs: isStorm ? 150 : chance.of([0, 3, 20, 150]),
      wayMs: chance.of([5, 60]),
    },
  };
}

/** Most lives end in the midst of their work, some within their start; half of them between a word and its commit. */
function crashOf(chance: Chance): Plan["crashes"][number] {
  const at = chance.once(2) ? "any" : chance.of(moments);
  const afterSteps = chance.int(chance.once(5) ? 12 : at === "any" ? 600 : 80);
  // What is forgotten for a moment shows only to who is back at once.
  const isBrief = at === "paused" || chance.once(3);
  const isGentle = chance.once(at === "full" ? 2 : 4);
  return { afterSteps, at, isGentle, downMs: 200 + chance.int(isBrief ? 100 : chance.of([2_000, 40_000])) };
}

function fullOf(chance: Chance, at: number): Plan["full"][number] {
  return { at, forMs: 50 + chance.int(chance.of([500, 8_000, 8_000])), isWhole: chance.once(2) };
}

function postsOf(
  chance: Chance,
  { used, spanMs, isFlooded }: { used: Account[]; spanMs: number; isFlooded: boolean },
): Post[] {
  const flooded = chance.of(used);
  const one = (account: Account, to: string) => ({ ...wishOf(chance, account), account, to });
  const spread = times(8 + chance.int(17), () => {
    const account = chance.of(used);
    return { ...one(account, chance.of([...account.contacts, ...account.groups])), at: chance.int(spanMs) };
  });
  const to = chance.of([...flooded.groups, ...flooded.contacts]);
  const at = chance.int(spanMs);
  const flood = isFlooded ? times(12 + chance.int(16), () => ({ ...one(flooded, to), at })) : [];
  return [...spread, ...flood]
    .sort((left, right) => left.at - right.at)
    .map((post, index) => ({ ...post, label: `m${index}` }));
}

function wishOf(chance: Chance, { platform }: Account): Omit<Post, "label" | "at" | "account" | "to"> {
  const [isShort, isResigned] = [chance.once(6), chance.once(8)];
  const onAmbiguous = chance.of([undefined, undefined, undefined, "hold", "resend", "fail"] as const);
  const isKeyed = chance.once(6);
  const twinsAfterMs = times(1 + chance.int(3), () => chance.int(chance.of([10, 300, 9_000])));
  return {
    kind: chance.of(["text", "text", "text", "button", "captioned", "long"]),
    strictOrder: platform === "whatsapp" && chance.once(6),
    ...(isKeyed && { twinsAfterMs }),
    ...(isShort && !isKeyed && { ttlSeconds: 1 + chance.int(30) }),
    ...(onAmbiguous && { onAmbiguous }),
    ...(isResigned && !isKeyed && { cancelAfterMs: chance.int(chance.of([30, 3_000])) }),
  };
}

function times<Value>(count: number, make: () => Value): Value[] {
  return Array.from({ length: count }, make);
}
