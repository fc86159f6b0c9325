import type { Measured, Rounds } from "../benchmark.ts";
import { Budget } from "../budget.ts";
import { median } from "../statistics.ts";
import { LoadBench, type Subject } from "./load.ts";
import { type Ladder, saturation } from "./saturation.ts";

export interface Turns<Arm extends { subject: Subject; stop(): Promise<void> }> {
  name: string;
  arms: Record<string, (bench: LoadBench) => Promise<Arm>>;
  /** Of measured rounds; the one before them warms up and finds where each arm saturates. */
  rounds: number;
  ladder: Ladder;
  /** What is measured of an arm in its turn, beside its saturation. */
  measure(bench: LoadBench, subject: Subject, saturated: number): Promise<Measured>;
}

/** By which factor a measured round begins below where the warm-up saturated. */
const startBelow = 0.7;

/** Starts every arm, lets them take turns, and ends them. */
export async function inTurns<Arm extends { subject: Subject; stop(): Promise<void> }>(
  turns: Turns<Arm>,
  tell: (line: string) => void,
): Promise<Rounds> {
  await using bench = await LoadBench.open();
  const started = new Map<string, Arm>();
  const rounds: Rounds = {};
  const saturated: Record<string, number[]> = {};
  try {
    for (const [name, start] of Object.entries(turns.arms)) {
      started.set(name, await start(bench));
      [rounds[name], saturated[name]] = [[], []];
    }
    const budget = new Budget();
    for (let round = 0; round <= turns.rounds && budget.hasRoom(round); round++) {
      for (const [name, { subject }] of started) {
        const before = median(saturated[name]!);
        const from = round === 0 ? turns.ladder.from : before * startBelow;
        // What is not compiled yet falls behind at any rate.
        if (round === 0) await bench.run(subject, { perSecond: from, seconds: turns.ladder.seconds });
        const most = await saturation(bench, subject, { ...turns.ladder, from });
        saturated[name]!.push(most.perSecond);
        tell(`${turns.name} ${round} of ${turns.rounds}: ${name} ${Math.round(most.perSecond)}/s`);
        if (round === 0) continue;
        const measured = await turns.measure(bench, subject, median(saturated[name]!));
        rounds[name]!.push({ perSecond: most.perSecond, busiest: most.subjectCpu, ...measured });
      }
    }
    return rounds;
  } finally {
    for (const arm of started.values()) await arm.stop();
  }
}
