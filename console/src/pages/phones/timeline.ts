import type { Person } from "../../api/simulator.ts";
import { idsIn } from "./ids-in.ts";
import type {
  ActStep,
  AnyStep,
  CallStep,
  EventStep,
  RequestStep,
  WebhookStep,
  WithheldStep,
} from "./step.ts";

/** All that one act brought about: of a person, of this page, or of whoever else asks the gateway. */
export interface Round {
  key: string;
  /** The first of them tells whose act it was; a call or an event, where the act itself is not known. */
  steps: AnyStep[];
  person?: string;
  startedAt: number;
}

const endings = new Set([
  "message.sent",
  "message.failed",
  "message.unknown",
  "message.expired",
  "message.cancelled",
]);

/**
 * Puts what happened into rounds, the newest first. The simulator says itself what a webhook comes from. A call
 * belongs to the oldest message of its person that has not ended, for a lane sends one after the other; an event to
 * the webhook that brought it, or to the message that it is of.
 */
export function rounds(steps: readonly AnyStep[], people: readonly Person[]): Round[] {
  const weaver = new Weaver(people);
  const known = new Map(steps.map((step) => [step.id, step]));
  for (const step of [...known.values()].sort(inOrder)) weaver.add(step);
  return weaver.rounds();
}

const rank: Record<AnyStep["kind"], number> = {
  act: 0,
  request: 0,
  call: 1,
  withheld: 2,
  webhook: 2,
  event: 3,
  delivery: 4,
};

/** A poll is asked for before the act whose update it brings. */
const timeOf = (step: AnyStep) =>
  step.kind === "call" && step.causes.length > 0 ? step.at + step.took_ms : step.at;
function inOrder(one: AnyStep, other: AnyStep): number {
  return timeOf(one) - timeOf(other) || rank[one.kind] - rank[other.kind];
}

/** What a webhook asks for of itself (a tap confirmed, a poll closed) is asked for at once. */
const answeredWithinMs = 10_000;

class Weaver {
  readonly #people: readonly Person[];
  readonly #rounds = new Map<string, Round>();
  /** Rounds by what stands for them: `act:7`, `call:12`, a message of ours, an event. */
  readonly #byName = new Map<string, Round>();
  /** By ids of the platforms' that stand in webhooks and answers. */
  readonly #byPlatformId = new Map<string, Round>();
  readonly #open = new Map<string, Round[]>();
  readonly #lastBrought = new Map<string, Round>();

  constructor(people: readonly Person[]) {
    this.#people = people;
  }

  rounds(): Round[] {
    for (const round of this.#rounds.values()) round.steps.sort(inOrder).sort(actFirst);
    return [...this.#rounds.values()].sort((one, other) => other.startedAt - one.startedAt);
  }

  add(step: AnyStep): void {
    if (step.kind === "act") this.#act(step);
    else if (step.kind === "request") this.#request(step);
    else if (step.kind === "call") this.#call(step);
    else if (step.kind === "event") this.#event(step);
    else if (step.kind === "delivery") this.#byName.get(step.delivery.event)?.steps.push(step);
    else this.#brought(step, step.body);
  }

  #round(key: string, step: AnyStep, person?: string): Round {
    const known = this.#rounds.get(key);
    if (known) {
      known.steps.push(step);
      return known;
    }
    const round: Round = { key, steps: [step], startedAt: timeOf(step), ...(person && { person }) };
    this.#rounds.set(key, round);
    return round;
  }

  #act(step: ActStep): void {
    // What it brought may have been told before it.
    const early = this.#byName.get(step.act_id);
    if (early) {
      early.steps.push(step);
      early.person = step.person;
      return;
    }
    this.#byName.set(step.act_id, this.#round(step.act_id, step, step.person));
  }

  #request(step: RequestStep): void {
    const round = this.#round(step.id, step, step.person);
    if (typeof step.answer.id !== "string") return;
    this.#byName.set(step.answer.id, round);
    this.#opened(step.person, round);
  }

  #opened(person: string, round: Round): void {
    this.#open.set(person, [...(this.#open.get(person) ?? []), round]);
  }

  #call(step: CallStep): void {
    if (step.causes.length > 0) {
      this.#brought(step, step.answer ?? {});
      return;
    }
    const round = this.#roundOfCall(step);
    this.#byName.set(step.call, round);
    for (const id of idsIn(step.answer)) this.#byPlatformId.set(id, round);
  }

  #roundOfCall(step: CallStep): Round {
    const { person } = step;
    const open = step.is_send && person ? this.#open.get(person)?.[0] : undefined;
    const answered = step.is_send ? undefined : this.#answeredBy(step);
    const round = open ?? answered;
    if (round) {
      round.steps.push(step);
      return round;
    }
    const fresh = this.#round(step.call, step, person);
    if (step.is_send && person) this.#opened(person, fresh);
    return fresh;
  }

  /** A call that names what a webhook has just brought answers that: a tap is confirmed, a message marked as read. */
  #answeredBy(step: CallStep): Round | undefined {
    const brought = step.person ? this.#lastBrought.get(step.person) : undefined;
    if (brought && step.at - brought.startedAt < answeredWithinMs) return brought;
    const named = Object.entries(step.body).filter(([key]) => /_id$/.test(key) && key !== "chat_id");
    return named.map(([, id]) => this.#byPlatformId.get(String(id))).find((round) => round !== undefined);
  }

  #brought(step: CallStep | WebhookStep | WithheldStep, body: unknown): void {
    for (const cause of step.causes) {
      let round = this.#byName.get(cause);
      if (round) round.steps.push(step);
      else {
        round = this.#round(cause, step);
        this.#byName.set(cause, round);
      }
      for (const id of idsIn(body)) if (!this.#byPlatformId.has(id)) this.#byPlatformId.set(id, round);
      if (round.person && step.kind !== "withheld") this.#lastBrought.set(round.person, round);
    }
    if (step.causes.length === 0) this.#round(step.id, step);
  }

  #event(step: EventStep): void {
    const person = this.#personOf(step);
    const round = this.#roundOfEvent(step, person);
    if (round) round.steps.push(step);
    this.#byName.set(step.event.id, round ?? this.#round(step.event.id, step, person));
  }

  #roundOfEvent({ event }: EventStep, person: string | undefined): Round | undefined {
    const { type, message } = event;
    const isOurs = message?.status !== undefined;
    if (!message || !isOurs) {
      const told = message?.platform_id ? this.#byPlatformId.get(message.platform_id) : undefined;
      // One POST may bring what several people did.
      return told && told.person === person ? told : person ? this.#lastBrought.get(person) : undefined;
    }
    const open = person ? this.#open.get(person) : undefined;
    const ids = message.platform_ids ?? [];
    const own =
      this.#byName.get(message.id) ??
      ids.map((id) => this.#byPlatformId.get(id)).find((round) => round !== undefined) ??
      (endings.has(type) ? open?.[0] : undefined);
    if (own) this.#byName.set(message.id, own);
    if (!endings.has(type)) return (person && this.#reportedTo(own, person)) || own;
    if (open && own)
      this.#open.set(
        person!,
        open.filter((round) => round !== own),
      );
    return own;
  }

  /** Somebody reading is an act of theirs: what it tells us stands there, not with the message that was read. */
  #reportedTo(own: Round | undefined, person: string): Round | undefined {
    const last = this.#lastBrought.get(person);
    return last && last !== own && last.steps[0]?.kind === "act" ? last : own;
  }

  #personOf({ event }: EventStep): string | undefined {
    const bare = (address: string) => address.replace(/^\+/, "");
    const addresses = event.conversation?.contact.addresses.map(bare) ?? [];
    const { platform } = event.channel ?? {};
    return this.#people.find((one) => one.platform === platform && addresses.includes(bare(one.address)))?.id;
  }
}

function actFirst(one: AnyStep, other: AnyStep): number {
  const first = (step: AnyStep) => (step.kind === "act" || step.kind === "request" ? 0 : 1);
  return first(one) - first(other);
}
