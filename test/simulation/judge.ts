import type { Account, Limit } from "./accounts.ts";
import { limits } from "./accounts.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Post } from "./plan.ts";

export type Receipt = "sent" | "delivered" | "read" | "failed";

/** A call that a platform took. */
export interface Taken {
  label: string;
  /** The whole body: what tells a message's parts apart. */
  body: string;
  platformId: string;
  account: Account;
  to: string;
  at: number;
  /** The gateway got the answer, or was told of it with its token. */
  isKnown: boolean;
  /** What of it was told to the gateway, and stored. */
  receipts: Set<Receipt>;
}

/** A message as its customer and the platforms see it. */
export interface Case {
  post: Post;
  /** Its place among the messages of its conversation. */
  place: number;
  /** When its customer asked for it. */
  askedAt: number;
  /** Ours, once it was answered. */
  id?: string;
  isCancelled?: true;
  /** It was asked for again before it was answered: nobody can tell when it came to be. */
  hasNoPlace?: true;
  /** A person sent it again. */
  isResent?: true;
  /** How often each of its calls left. */
  left: Map<string, number>;
  /** Ways of which nothing came back that tells what became of the call. */
  unanswered: number;
  /** Calls of which the same is true, and when they left last. */
  open: Map<string, number>;
  /** Refusals that were heard, for good or for now. */
  refused: number;
  deferred: number;
  lastLeftAt?: number;
}

/** A call that left the gateway. */
export interface Departure {
  account: Account;
  to: string;
  body: string;
  token: string;
  case: Case;
  at: number;
}

/** A look and a connection lie between what was learned and what leaves, and commits besides. */
const graceMs = 50;
/** A platform's clock and ours are never quite together. A commit that takes long makes a call late, and the next one early. */
const toleranceMs = 100;
/** All but Telegram have so long to tell of a call that they did not answer. */
const holdMs = 60_000;

/** Sees all that leaves and all that is taken, and knows nothing of the gateway but this. */
export class Judge {
  readonly cases = new Map<string, Case>();
  readonly taken: Taken[] = [];
  readonly #takenOf = new Map<string, number>();
  readonly #places = new Map<string, number>();
  readonly #fullAt = new Map<string, number>();
  readonly #inGroup = new Map<string, number[]>();
  readonly #pauses = new Map<string, { from: number; until: number }>();
  readonly #chronicle: Chronicle;
  readonly #now: () => number;
  readonly #commitMs: number;

  constructor(chronicle: Chronicle, now: () => number, { commitMs }: { commitMs: number }) {
    this.#chronicle = chronicle;
    this.#now = now;
    this.#commitMs = commitMs;
  }

  asked(post: Post): Case {
    const lane = laneOf(post.account, post.to);
    const place = this.#places.get(`asked ${lane}`) ?? 0;
    this.#places.set(`asked ${lane}`, place + 1);
    const one: Case = {
      ...{ post, place, askedAt: this.#now(), left: new Map(), open: new Map() },
      ...{ unanswered: 0, refused: 0, deferred: 0 },
    };
    this.cases.set(post.label, one);
    return one;
  }

  /** Its customer is told that it was accepted. */
  accepted(one: Case, id: string): void {
    if (one.id !== undefined && one.id !== id)
      this.#chronicle.wrong("doubled", `${one.post.label} was accepted as ${one.id} and as ${id}`);
    one.id = id;
  }

  /** Bytes of a call leave. */
  departs(departure: Departure): void {
    const { account, to, body, case: one, at } = departure;
    const { label, ttlSeconds } = one.post;
    this.#again(departure);
    one.left.set(body, (one.left.get(body) ?? 0) + 1);
    one.lastLeftAt = at;
    one.unanswered++;
    if (one.isCancelled) this.#chronicle.wrong("uncancelled", `${label} left after it was cancelled`);
    const lateMs = ttlSeconds === undefined ? 0 : at - one.askedAt - ttlSeconds * 1000;
    if (lateMs > this.#graceMs)
      this.#chronicle.wrong("out of date", `${label} left ${lateMs} ms after its ttl`);
    for (const key of [account.channelId, laneOf(account, to)]) {
      const pause = this.#pauses.get(key);
      const isPaused = pause && at < pause.until && at > pause.from + this.#graceMs;
      if (isPaused)
        this.#chronicle.wrong("not paused", `${label} left, and ${key} was to rest until ${pause.until}`);
    }
  }

  /** A platform gets a call. */
  arrives({ account, to, case: one }: Departure): void {
    const { label } = one.post;
    const chat = laneOf(account, to);
    this.#use(`${account.channelId} in all`, account.limit, label);
    if (account.platform === "whatsapp") this.#use(chat, limits.whatsappPair, label);
    if (account.platform === "telegram") this.#use(chat, limits.telegramChat, label);
    if (account.groups.includes(to)) this.#useGroup(chat, label);
  }

  /** A platform takes a call. */
  takes(departure: Departure, platformId: string): Taken {
    const { account, to, body, case: one } = departure;
    const { label } = one.post;
    const count = (this.#takenOf.get(label + body) ?? 0) + 1;
    this.#takenOf.set(label + body, count);
    const wish = one.post.onAmbiguous ?? account.change.onAmbiguous ?? "hold";
    const most = one.isResent ? 2 : 1;
    if (count > most && (wish !== "resend" || count > (one.left.get(body) ?? 0)))
      this.#chronicle.wrong("doubled", `${label} was taken ${count} times`);
    if (count === 1 && !one.hasNoPlace) this.#inOrder(one, laneOf(account, to));
    const taken = { label, body, platformId, account, to, at: this.#now() };
    const whole: Taken = { ...taken, isKnown: false, receipts: new Set() };
    this.taken.push(whole);
    return whole;
  }

  /** An answer that asks for a rest has come. */
  rests(key: string, seconds: number): void {
    const from = this.#now();
    const until = Math.max(from + seconds * 1000, this.#pauses.get(key)?.until ?? 0);
    this.#pauses.set(key, { from, until });
  }

  get #graceMs(): number {
    return graceMs + 2 * this.#commitMs;
  }

  /** What was taken, or may have been, is not sent again before it is known that it was not. */
  #again({ account, body, case: one, at }: Departure): void {
    const { label } = one.post;
    if (this.taken.some((taken) => taken.label === label && taken.body === body && taken.isKnown))
      this.#chronicle.wrong("doubled", `${label} left again, and it was known to be taken`);
    const before = one.open.get(body);
    const isEarly = before !== undefined && account.platform !== "telegram" && at < before + holdMs;
    if (isEarly)
      this.#chronicle.wrong("doubled", `${label} left again ${at - before} ms after it was not answered`);
    one.open.set(body, at);
  }

  #inOrder(one: Case, lane: string): void {
    const last = this.#places.get(`taken ${lane}`) ?? -1;
    if (one.place < last && !one.isResent)
      this.#chronicle.wrong("reordered", `${one.post.label} was taken after a later one of ${lane}`);
    this.#places.set(`taken ${lane}`, Math.max(last, one.place));
  }

  #use(key: string, { perSecond, burst }: Limit, label: string): void {
    const now = this.#now();
    const spacing = 1000 / perSecond;
    const fullAt = Math.max(this.#fullAt.get(key) ?? now, now);
    const earlyMs = fullAt - now - (burst - 1) * spacing;
    if (earlyMs > toleranceMs + this.#commitMs)
      this.#chronicle.wrong("too fast", `${label} came ${Math.ceil(earlyMs)} ms too early for ${key}`);
    this.#fullAt.set(key, fullAt + spacing);
  }

  #useGroup(key: string, label: string): void {
    const now = this.#now();
    const since = now - 60_000 + toleranceMs + this.#commitMs;
    const recent = (this.#inGroup.get(key) ?? []).filter((at) => at > since);
    recent.push(now);
    this.#inGroup.set(key, recent);
    if (recent.length > limits.telegramGroup)
      this.#chronicle.wrong("too fast", `${label} is number ${recent.length} within a minute in ${key}`);
  }
}

export function laneOf({ channelId }: Account, to: string): string {
  return `${channelId}>${to}`;
}
