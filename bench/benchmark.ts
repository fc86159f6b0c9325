import type { Machine } from "./machine.ts";

/** What one arm showed in one round, by the names of the benchmark's figures. */
export type Measured = Record<string, number>;

/** By arm, a measurement for each round; the arms of a round ran one after another, in turns. */
export type Rounds = Record<string, Measured[]>;

export interface Figure {
  name: string;
  /** With its unit, as the head of a column. */
  title: string;
  digits: number;
}

export interface Target {
  says: string;
  /** One value for each round: a ratio within the round, or a figure. */
  values(rounds: Rounds): number[];
  atLeast?: number;
  atMost?: number;
  unit: string;
  /** Why it falls short, where a profile has shown it. */
  reason?: string;
}

/** How long a benchmark takes: `short` shows only that it works, in seconds. */
export type Form = "short" | "full";

/** What a run told of itself beside its figures: rates, counts, seconds. */
export type Setting = Record<string, string | number>;

export interface Benchmark {
  name: string;
  title: string;
  /** Sentences above the table: what is measured, and how. */
  says: string;
  figures: readonly Figure[];
  targets: readonly Target[];
  /** What else a reader must know of these rounds: where a figure is not the limit of what it is told of. */
  notes?(result: Pick<Result, "rounds" | "machine">): string[];
  /** Makes what takes long to make and is used again, so that a run only measures. */
  prepare?(tell: (line: string) => void): Promise<void>;
  run(form: Form, tell: (line: string) => void): Promise<{ setting: Setting; rounds: Rounds }>;
}

/** What stands in `bench/results/NAME.json`: everything that the README's table is made from. */
export interface Result {
  name: string;
  form: Form;
  takenAt: string;
  commit: string;
  machine: Machine;
  setting: Setting;
  rounds: Rounds;
}

/** For each round, how many times as much `above` showed as `below`. */
export function ratios(
  rounds: Rounds,
  above: { arm: string; figure: string },
  below: { arm: string; figure: string },
): number[] {
  const under = rounds[below.arm] ?? [];
  return (rounds[above.arm] ?? []).flatMap((measured, round) => {
    const [one, other] = [measured[above.figure], under[round]?.[below.figure]];
    return one === undefined || other === undefined ? [] : [one / other];
  });
}

export function valuesOf(rounds: Rounds, arm: string, figure: string): number[] {
  return (rounds[arm] ?? []).flatMap((measured) => measured[figure] ?? []);
}
