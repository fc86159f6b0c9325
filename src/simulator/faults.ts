import type { PlatformName } from "../core/platform.ts";
import { GatewayError } from "../core/problem.ts";

export const callFaults = ["rate_limit", "server_error", "silence", "drop_answer"] as const;
const webhookFaults = ["duplicate_webhooks", "reorder_webhooks", "batch_webhooks"] as const;
/** Of what a platform tells by itself of what it was sent: statuses, receipts, echoes. */
export const reportFaults = ["late_reports", "lost_reports", "duplicate_reports"] as const;
export type FaultKind =
  | (typeof callFaults)[number]
  | (typeof webhookFaults)[number]
  | (typeof reportFaults)[number];

export interface FaultOrder {
  kind: FaultKind;
  platform?: PlatformName;
  /** How many times it strikes; absent: until it is lifted. */
  count?: number;
  /** The chance that it strikes, from 0 to 1; absent: every time. */
  rate?: number;
  seed?: number;
  /** `rate_limit`: seconds. */
  retry_after?: number;
  /** `late_reports`: seconds. */
  after?: number;
  /** `duplicate_webhooks`, `duplicate_reports`: how often a webhook is posted in all. */
  times?: number;
  /** `batch_webhooks`, `reorder_webhooks`: how many acts wait for each other. */
  size?: number;
}
export interface Fault extends FaultOrder {
  id: number;
  struck: number;
}

/** A repeatable stream of numbers in [0, 1): mulberry32, public domain, by Tommy Ettinger. */
function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

interface Armed {
  fault: Fault;
  chance: () => number;
}

/** The faults that were ordered and are not used up. They live in memory: a restart lifts them. */
export class Faults {
  #armed: Armed[] = [];
  #lastId = 0;

  add(order: FaultOrder): Fault {
    const fault: Fault = { ...order, id: ++this.#lastId, struck: 0 };
    this.#armed.push({ fault, chance: stream(order.seed ?? 1) });
    return fault;
  }

  list(): Fault[] {
    return this.#armed.map(({ fault }) => fault);
  }

  clear(): void {
    this.#armed = [];
  }

  /** Lifts one; undefined: there is none of that id any more. */
  remove(id: number): Fault | undefined {
    const found = this.#armed.find(({ fault }) => fault.id === id)?.fault;
    this.#armed = this.#armed.filter(({ fault }) => fault !== found);
    return found;
  }

  /** The oldest fault of these kinds that strikes now; it is counted. */
  strike(platform: PlatformName, kinds: readonly FaultKind[]): Fault | undefined {
    for (const armed of this.#armed) {
      const { fault, chance } = armed;
      if (!kinds.includes(fault.kind)) continue;
      if (fault.platform !== undefined && fault.platform !== platform) continue;
      if (fault.rate !== undefined && chance() >= fault.rate) continue;
      this.#count(armed);
      return fault;
    }
    return undefined;
  }

  #count(armed: Armed): void {
    armed.fault.struck++;
    const used = armed.fault.count !== undefined && armed.fault.struck >= armed.fault.count;
    if (used) this.#armed = this.#armed.filter((other) => other !== armed);
  }
}

const fields: Record<FaultKind, readonly string[]> = {
  rate_limit: ["retry_after"],
  server_error: [],
  silence: [],
  drop_answer: [],
  duplicate_webhooks: ["times"],
  reorder_webhooks: ["size"],
  batch_webhooks: ["size"],
  late_reports: ["after"],
  lost_reports: [],
  duplicate_reports: ["times"],
};
const ranges: Record<string, { min: number; max: number; whole: boolean }> = {
  count: { min: 1, max: 1_000_000, whole: true },
  rate: { min: 0, max: 1, whole: false },
  seed: { min: 0, max: 0xffffffff, whole: true },
  retry_after: { min: 1, max: 100_000, whole: true },
  after: { min: 1, max: 100_000, whole: true },
  times: { min: 2, max: 1000, whole: true },
  size: { min: 2, max: 1000, whole: true },
};

function checkNumber(name: string, value: unknown): void {
  const range = ranges[name];
  if (!range) return;
  const fine =
    typeof value === "number" &&
    value >= range.min &&
    value <= range.max &&
    (!range.whole || Number.isInteger(value));
  if (fine) return;
  const what = range.whole ? "a whole number" : "a number";
  throw new GatewayError("invalid_request", `"${name}" must be ${what} from ${range.min} to ${range.max}.`);
}

/** Reads the body of `POST /simulator/faults`. */
export function readFaultOrder(body: Record<string, unknown>, platforms: readonly string[]): FaultOrder {
  const kinds = Object.keys(fields);
  const kind = body.kind;
  if (typeof kind !== "string" || !kinds.includes(kind)) {
    throw new GatewayError("invalid_request", `"kind" must be one of ${kinds.join(", ")}.`);
  }
  const known = ["kind", "platform", "count", "rate", "seed", ...fields[kind as FaultKind]];
  for (const [name, value] of Object.entries(body)) {
    if (!known.includes(name)) {
      throw new GatewayError(
        "invalid_request",
        `"${name}" is no field of ${kind}, which takes ${known.join(", ")}.`,
      );
    }
    checkNumber(name, value);
  }
  if (body.platform !== undefined && !platforms.includes(String(body.platform))) {
    throw new GatewayError("invalid_request", `"platform" must be one of ${platforms.join(", ")}.`);
  }
  return body as unknown as FaultOrder;
}
