import { parseArgs } from "node:util";
import { noFaults, type Plan } from "../plan.ts";

/** How hard three gateways on one PostgreSQL are tried. */
export interface NodesPlan
  extends Pick<Plan, "seed" | "perSecond" | "everySeconds" | "faults" | "drainSeconds"> {
  /** In each, two of the nodes are struck at a time, and PostgreSQL is killed. */
  rounds: number;
  channelsPerPlatform: number;
  /** People write so often in all. */
  inboundPerSecond: number;
}

/** What two cores do for three gateways, PostgreSQL, the simulator and the clients beside it. */
const perSecond = { whatsapp: 4, messenger: 6, instagram: 6, telegram: 4 };

export const nodesPlan: NodesPlan = {
  seed: 1,
  rounds: 90,
  channelsPerPlatform: 2,
  perSecond,
  everySeconds: 6.2,
  inboundPerSecond: 2,
  faults: { rate_limit: 0.003, server_error: 0.005, silence: 0.002, drop_answer: 0.005 },
  drainSeconds: 300,
};

/** For `npm test`: two of each kind, and no wait for the platforms' later word. */
export const shortNodesPlan: NodesPlan = {
  ...nodesPlan,
  seed: 20_261_122,
  rounds: 3,
  channelsPerPlatform: 1,
  perSecond: { whatsapp: 2, messenger: 3, instagram: 3, telegram: 2 },
  everySeconds: 3,
  drainSeconds: 2,
};

/** Enough that is under way at each blow: some platforms take a call and never answer. */
export const controlNodesPlan: NodesPlan = {
  ...shortNodesPlan,
  rounds: 6,
  perSecond: { ...shortNodesPlan.perSecond, whatsapp: 5 },
  everySeconds: 6.2,
  faults: { ...noFaults, silence: 0.1 },
};

/** Each of the three ways in which a node is struck is one of the two of two rounds in three. */
const roundsOf = (kills: number) => Math.max(1, Math.ceil((kills * 3) / 2));

/** What the command line asks for. */
export function readNodesPlan(args: string[]): {
  plan: NodesPlan;
  /** What gives the same run again. */
  command: string;
  write: boolean;
  keep: string | undefined;
} {
  const { values } = parseArgs({
    args,
    options: {
      nodes: { type: "string", default: "3" },
      kills: { type: "string", default: "60" },
      seed: { type: "string", default: String(nodesPlan.seed) },
      write: { type: "boolean", default: false },
      keep: { type: "string" },
    },
  });
  if (values.nodes !== "3") throw new Error("--nodes is 3: two are struck at a time, and one goes on.");
  const whole = (name: "seed" | "kills", most: number) => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= 0 && value <= most) return value;
    throw new Error(`--${name} is a whole number from 0 to ${most}.`);
  };
  const seed = whole("seed", 2 ** 32 - 1);
  const kills = whole("kills", 100_000);
  return {
    plan: { ...nodesPlan, seed, rounds: roundsOf(kills) },
    command: `npm run test:crash -- --nodes 3 --kills ${kills} --seed ${seed}`,
    write: values.write,
    keep: values.keep,
  };
}
