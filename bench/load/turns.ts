import { type Measured, type Result, type Rounds, valuesOf } from "../benchmark.ts";
import { Budget } from "../budget.ts";
import { median } from "../statistics.ts";
import { LoadBench, type Subject } from "./load.ts";
import { type Saturation, saturation } from "./saturation.ts";

export interface Turns<Arm extends { subject: Subject; stop(): Promise<void> }> {
  name: string;
  arms: Record<string, (bench: LoadBench) => Promise<Arm>>;
  rounds: number;
  /** Whether a round before them warms up, and finds where each arm saturates. */
  warm: boolean;
  mostMs: number;
  search: { from: number; seconds: number; mostSteps: number };
  /** What is measured of an arm in its turn, beside its saturation. */
  measure(bench: LoadBench, subject: Subject, saturated: number): Promise<Measured>;
}

/** The warm-up knows nothing of an arm; a measured round begins where the ones before it ended. */
const roughly = { factor: 2, near: 1.3, seconds: 1 };
const finely = { factor: 1.15, near: 1.16 };
/** The share of a core, or of all of them, from which on there is nothing left of it. */
const busy = 0.92;

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
    const budget = new Budget(turns.mostMs);
    for (let round = turns.warm ? 0 : 1; round <= turns.rounds && budget.hasRoom(round); round++) {
      for (const [name, { subject }] of started) {
        const from = median(saturated[name]!) || turns.search.from;
        const search = { ...turns.search, ...(round === 0 && turns.warm ? roughly : finely), from };
        // What is not compiled yet falls behind at any rate.
        if (round === 0) await bench.run(subject, { perSecond: from, seconds: search.seconds });
        const found = await saturation(bench, subject, search);
        const { perSecond } = found.most;
        saturated[name] = round === 1 ? [perSecond] : [...saturated[name]!, perSecond];
        tell(`${turns.name} ${round} of ${turns.rounds}: ${name} ${Math.round(perSecond)}/s`);
        if (round === 0) continue;
        const measured = await turns.measure(bench, subject, median(saturated[name]));
        rounds[name]!.push({ ...figuresOf(found, subject), ...measured });
      }
    }
    return rounds;
  } finally {
    for (const arm of started.values()) await arm.stop();
  }
}

/** The processors' figures are those at saturation: beside a rate alone nobody could tell whose limit it was. */
function figuresOf({ most, kept, behind }: Saturation, { database }: Subject): Measured {
  const { perSecond, micros, subjectCpu, databaseCpu, generatorCpu, outsideCpu } = most;
  const figures: Measured = { perSecond, micros, subjectCpu, generatorCpu, outsideCpu };
  if (database) figures.databaseCpu = databaseCpu;
  return { ...figures, kept: kept?.offered ?? 0, behind: behind?.offered ?? 0 };
}

/** Of an arm whose rate is not its own limit, why. */
export function limitsOf({ rounds, machine }: Pick<Result, "rounds" | "machine">): string[] {
  return Object.keys(rounds).flatMap((arm) => {
    const of = (figure: string) => median(valuesOf(rounds, arm, figure)) || 0;
    const others = of("generatorCpu") + of("outsideCpu");
    const all = of("subjectCpu") + of("databaseCpu") + others;
    if (of("kept") === 0 || of("behind") === 0)
      return [`\`${arm}\`: the search ended before it found a limit.`];
    if (of("generatorCpu") > busy) return [`\`${arm}\`: the generator was the limit.`];
    if (all < busy * machine.cores) return [];
    const shown = `${others.toFixed(2)} of the machine's ${machine.cores} cores`;
    return [`\`${arm}\`: what measures it took ${shown}, and none was left: on more it may be faster.`];
  });
}
