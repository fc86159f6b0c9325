import { parseArgs } from "node:util";
import type { PlatformName } from "../../src/core/platform.ts";

/** The platforms of the crash run: two that echo a token, one that echoes without one, and one that echoes nothing. */
export const tried = [
  "whatsapp",
  "messenger",
  "instagram",
  "telegram",
] as const satisfies readonly PlatformName[];
export type Tried = (typeof tried)[number];

/** How much is written. */
export interface Pace {
  /** Messages per second and platform. */
  perSecond: Record<Tried, number>;
  /** Each conversation gets a message about this often. */
  everySeconds: number;
}

/** How hard and how long a gateway is tried. */
export interface Plan extends Pace {
  seed: number;
  /** The load ends when so much time has passed and so often was killed. */
  seconds: number;
  kills: number;
  /** The chance that a call is refused, fails at the platform, is taken and never answered, or is cut off. */
  faults: Record<"rate_limit" | "server_error" | "silence" | "drop_answer", number>;
  /** How long may be waited for the end of what was accepted, once the load is over. */
  drainSeconds: number;
}

const perSecond = { whatsapp: 40, messenger: 40, instagram: 30, telegram: 20 };
/** A refusal may pause the whole channel, and a silence its conversation for 20 seconds: enough of each to be met at kills. */
const faults = { rate_limit: 0.005, server_error: 0.01, silence: 0.002, drop_answer: 0.005 };
export const noFaults = { rate_limit: 0, server_error: 0, silence: 0, drop_answer: 0 };
const longestSeconds = 24 * 60 * 60;

/** Fewer than a message in 6 s of a conversation: WhatsApp's pair limit must not become the load's. */
export const plan: Plan = {
  seed: 1,
  seconds: 60,
  kills: 0,
  perSecond,
  everySeconds: 6.2,
  faults,
  drainSeconds: 200,
};

/** Without the platforms' whole time to tell of what is ambiguous: for `npm test`. */
export const shortPlan: Plan = {
  ...plan,
  seconds: 3,
  everySeconds: 0.7,
  drainSeconds: 2,
};

/** Long and dense enough that chance spares no platform a duplicate: few calls of Telegram's are under way at a kill. */
export const controlPlan: Plan = {
  ...shortPlan,
  seconds: 40,
  perSecond: { ...perSecond, telegram: 30 },
};

/** What the command line asks for. */
export function readPlan(args: string[]): { plan: Plan; write: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: "string", default: String(plan.seed) },
      seconds: { type: "string", default: String(plan.seconds) },
      kills: { type: "string", default: String(plan.kills) },
      write: { type: "boolean", default: false },
    },
  });
  const whole = (name: "seed" | "seconds" | "kills", most: number) => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= 0 && value <= most) return value;
    throw new Error(`--${name} is a whole number from 0 to ${most}.`);
  };
  const asked = {
    seed: whole("seed", 2 ** 32 - 1),
    seconds: whole("seconds", longestSeconds),
    kills: whole("kills", 1_000_000),
  };
  return { plan: { ...plan, ...asked }, write: values.write };
}
