import type { CallRow, MessageDetail } from "../../src/store/rows.ts";
import type { Store } from "../../src/store/store.ts";
import type { Case, Receipt, Taken } from "./judge.ts";
import type { World } from "./world.ts";

/** Faults end, lives follow each other, and whatever a platform asked for is over: what is then not done is stuck. */
const longestMs = 45 * 60_000;

/** When nothing is left to happen: whether what the gateway knows is what the platforms and the customer saw. */
export async function audit(world: World): Promise<void> {
  const store = world.life?.gateway?.store;
  if (!store) {
    world.chronicle.wrong("stuck", "no gateway is left");
    return;
  }
  const details = await allSent(store);
  for (const [label, one] of world.judge.cases) {
    const detail = details.get(label);
    if (detail) new Examination(world, one, detail).all();
    else if (one.id) world.chronicle.wrong("lost", `${label} was accepted as ${one.id} and is not there`);
  }
  await restful(world, store);
  await told(world, store, [...details.values()]);
}

async function allSent(store: Store): Promise<Map<string, MessageDetail>> {
  const { rows } = await store.messages({ limit: 1_000, direction: "out" });
  const details = new Map<string, MessageDetail>();
  for (const { id, metadata } of rows) {
    const detail = await store.message(id);
    if (detail && metadata?.label) details.set(metadata.label, detail);
  }
  return details;
}

/** Nothing waits any more, and every message that is there is one that was asked for. */
async function restful({ chronicle, judge }: World, store: Store): Promise<void> {
  const { calls, deliveries, payloads, messages } = await store.counts();
  for (const state of ["queued", "sending", "held"])
    if (calls[state]) chronicle.wrong("stuck", `${calls[state]} calls are ${state} at the end`);
  if (deliveries.pending) chronicle.wrong("stuck", `${deliveries.pending} deliveries wait at the end`);
  if (payloads.undigested) chronicle.wrong("stuck", `${payloads.undigested} webhooks are unread at the end`);
  const { received = 0, ...sent } = messages;
  const sum = Object.values(sent).reduce((all, count) => all + count, 0);
  if (sum > judge.cases.size)
    chronicle.wrong("lost", `${sum} messages of ${judge.cases.size} (${received} received)`);
}

/** Every event is one of its kind, and reached the customer. */
async function told(
  { chronicle, customer, plan }: World,
  store: Store,
  details: MessageDetail[],
): Promise<void> {
  const events = await store.eventsAfter(0, 100_000);
  const seen = new Set<string>();
  for (const { event } of events) {
    const { message, type } = event;
    const about = message && ("platform_id" in message ? message.platform_id : message.id);
    const once = `${type} of ${about}`;
    if (about && seen.has(once)) chronicle.wrong("told wrongly", `${once} is told by two events`);
    seen.add(once);
    if (!customer.told.get(event.id)?.heard)
      chronicle.wrong("told wrongly", `${once} never reached the customer`);
  }
  for (const { message } of details)
    if (!seen.has(`message.${message.status} of ${message.id}`))
      chronicle.wrong("told wrongly", `that ${message.id} is ${message.status} is told by no event`);
  const received = events.filter(({ event }) => event.type === "message.received").length;
  if (received !== plan.said.length)
    chronicle.wrong("told wrongly", `${received} messages of contacts were told, of ${plan.said.length}`);
}

const ranks = [
  "accepted",
  "sending",
  "unknown",
  "expired",
  "cancelled",
  "sent",
  "failed",
  "delivered",
  "read",
];
const openStates = new Set(["accepted", "sending"]);

/** One message against what was seen of it. */
class Examination {
  readonly #world: World;
  readonly #case: Case;
  readonly #detail: MessageDetail;
  readonly #taken: Taken[];
  readonly #label: string;

  constructor(world: World, one: Case, detail: MessageDetail) {
    this.#world = world;
    this.#case = one;
    this.#detail = detail;
    this.#label = one.post.label;
    this.#taken = world.judge.taken.filter(({ label }) => label === this.#label);
  }

  all(): void {
    for (const call of this.#detail.calls) this.#call(call);
    this.#known();
    this.#status();
    this.#history();
    this.#time();
  }

  #wrong(invariant: Parameters<World["chronicle"]["wrong"]>[0], detail: string): void {
    this.#world.chronicle.wrong(invariant, `${this.#label} ${detail}`);
  }

  #call(call: CallRow): void {
    const body = JSON.stringify(call.call.body);
    const tries = this.#detail.attempts.filter(({ callId }) => callId === call.id);
    // Of a try that a kill cut off, the platform may have told before anybody could write down how it ended.
    const isCutOff = this.#world.lives > 1 && call.state === "accepted";
    if (tries.length !== call.tries && !(isCutOff && tries.length < call.tries))
      this.#wrong("wrong history", `has ${tries.length} attempts of ${call.tries} tries of ${call.id}`);
    const left = this.#case.left.get(body) ?? 0;
    if (left > call.tries) this.#wrong("without intent", `left ${left} times by ${call.tries} tries`);
    for (const id of call.platformIds) {
      const taken = this.#taken.find(({ platformId }) => platformId === id);
      if (taken?.body !== body) this.#wrong("mismatched", `holds ${id}, which is not of ${call.id}`);
    }
  }

  #known(): void {
    for (const { body, platformId, isKnown } of this.#taken) {
      const call = this.#detail.calls.find((one) => JSON.stringify(one.call.body) === body);
      // Of a call that was sent again by wish, one acceptance is enough: the other's echo may come after it.
      const isAnother =
        this.#taken.filter((one) => one.body === body).length > 1 && call?.platformIds.length === 1;
      const isThere = call?.state === "accepted" && (isAnother || call.platformIds.includes(platformId));
      if (isKnown && !isThere)
        this.#wrong("answer forgotten", `was taken as ${platformId}, and its call is ${call?.state}`);
    }
  }

  #status(): void {
    const { message, calls } = this.#detail;
    const { unanswered, refused, deferred, isCancelled } = this.#case;
    if (openStates.has(message.status)) this.#wrong("lost", `is ${message.status} at the end`);
    if (isCancelled && message.status !== "cancelled")
      this.#wrong("wrong status", `is ${message.status}, cancelled before`);
    const progress = calls.map((call) => ({ call, receipts: this.#receiptsOf(call) }));
    const due = this.#highest(dueStatus(progress));
    if (message.status !== due) this.#wrong("wrong status", `is ${message.status}, and is to be ${due}`);
    const isOpen = unanswered > 0 || this.#isCutOff();
    if (message.status === "unknown" && !isOpen)
      this.#wrong("wrong status", "is unknown, and all was answered");
    const isRefused =
      isOpen || refused + deferred > 0 || progress.some(({ receipts }) => receipts.has("failed"));
    if (message.status === "failed" && !isRefused)
      this.#wrong("wrong status", "failed, and nothing was refused");
  }

  /** A kill may have come between the intent and the first byte, which nobody can tell afterwards. */
  #isCutOff(): boolean {
    const left = ({ call }: CallRow) => this.#case.left.get(JSON.stringify(call.body)) ?? 0;
    return this.#world.lives > 1 && this.#detail.calls.some((call) => call.tries > left(call));
  }

  #receiptsOf({ platformIds }: CallRow): Set<Receipt> {
    const linked = this.#taken.filter(({ platformId }) => platformIds.includes(platformId));
    return new Set(linked.flatMap(({ receipts }) => [...receipts]));
  }

  /** A message that was given up for failed, by wish or by a person, stays so until it is known to have arrived. */
  #highest(due: string): string {
    const isGivenUp = this.#detail.history.some(
      ({ status, source }) => status === "failed" && source === "gateway",
    );
    return isGivenUp && ranks.indexOf(due) < ranks.indexOf("failed") ? "failed" : due;
  }

  #history(): void {
    let highest = -1;
    for (const { status } of this.#detail.history) {
      const rank = ranks.indexOf(status);
      if (rank < highest) this.#wrong("wrong status", `went back to ${status}`);
      highest = Math.max(highest, rank);
    }
  }

  #time(): void {
    const { askedAt, lastLeftAt, left, post, isCancelled } = this.#case;
    const latest = (lastLeftAt ?? askedAt) - askedAt;
    if (latest > longestMs) this.#wrong("stuck", `left ${latest} ms after it was asked for`);
    if (left.size === 0 && !this.#isCutOff() && !isCancelled && post.ttlSeconds === undefined)
      this.#wrong("stuck", "never left");
  }
}

/** The status by what is known of a message's calls, said again in other words than the gateway's. */
function dueStatus(calls: { call: CallRow; receipts: Set<Receipt> }[]): string {
  const has = (state: string) => calls.some(({ call }) => call.state === state);
  const isAt = (one: { receipts: Set<Receipt> }, ...receipts: Receipt[]) =>
    receipts.some((it) => one.receipts.has(it));
  if (calls.every((one) => isAt(one, "read"))) return "read";
  if (calls.every((one) => isAt(one, "read", "delivered"))) return "delivered";
  if (has("rejected") || calls.some((one) => isAt(one, "failed") && !isAt(one, "read", "delivered")))
    return "failed";
  if (calls.every(({ call }) => call.state === "accepted")) return "sent";
  for (const state of ["unknown", "cancelled", "expired"]) if (has(state)) return state;
  return has("skipped") ? "failed" : "accepted";
}
