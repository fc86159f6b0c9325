import type { LoadBench, Shown, Subject } from "./load.ts";

/** Rates that rise, each for so long, until what arrives falls behind what is offered. */
export interface Ladder {
  from: number;
  factor: number;
  seconds: number;
  mostSteps: number;
}

/** Below this share of the offered rate a subject has fallen behind: a short run's tail alone costs some of it. */
const keptUp = 0.9;

/** And below this share there is nothing left to ask: every further step would take many times as long as it should. */
const lost = 0.5;

/** A machine that does something else for a moment makes one step fall behind, and no saturation. */
const inARow = 2;

/** The most that arrived in a second at any of the rates, and the run that showed it. */
export async function saturation(bench: LoadBench, subject: Subject, ladder: Ladder): Promise<Shown> {
  let best: Shown | undefined;
  let rate = ladder.from;
  let behind = 0;
  for (let step = 0; step < ladder.mostSteps; step++) {
    const shown = await bench.run(subject, { perSecond: Math.round(rate), seconds: ladder.seconds });
    if (!best || shown.perSecond > best.perSecond) best = shown;
    behind = shown.perSecond < keptUp * shown.offered || shown.refused > 0 ? behind + 1 : 0;
    if (behind === inARow || shown.perSecond < lost * shown.offered) break;
    rate *= ladder.factor;
  }
  return best!;
}
