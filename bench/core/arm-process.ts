import { type Arm, arms } from "./arms.ts";

/** What this process is asked for: one step for so long. */
export interface Ask {
  step: "render" | "send" | "parse";
  ms: number;
}
export interface Told {
  /** Of this process's processor, for one message. */
  micros: number;
  count: number;
}

const batch = 50;
let index = 0;

/** By the processor's time of the whole process, its collector of garbage included: what others do on the machine is no part of it. */
async function measured(arm: Arm, { step, ms }: Ask): Promise<Told | undefined> {
  const work = arm[step];
  if (!work) return undefined;
  const before = process.cpuUsage();
  const until = performance.now() + ms;
  const first = index;
  do {
    for (const end = index + batch; index < end; index++) {
      const doing = work(index);
      if (doing instanceof Promise) await doing;
    }
  } while (performance.now() < until);
  const { user, system } = process.cpuUsage(before);
  return { micros: (user + system) / (index - first), count: index - first };
}

const arm = await arms[process.argv[2]!]!();
process.on("message", async (ask: Ask) => {
  const told = await measured(arm, ask);
  process.send?.({ told, made: arm.made() });
});
process.once("disconnect", () => process.exit(0));
process.send?.("ready");
