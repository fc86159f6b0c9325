import type { LoadBench, Shown, Subject } from "./load.ts";

/** Where a search for the highest rate begins, and how finely it ends. */
export interface Search {
  from: number;
  /** By how much a rate is raised while it is kept up with, and lowered while it is not; each time twice as far. */
  factor: number;
  /** How near to each other the highest rate that was kept up with and the lowest that was not are at the end. */
  near: number;
  seconds: number;
  mostSteps: number;
}

/** Of what is offered while it is offered: the rest is on its way, or waits. */
const keptUp = 0.95;

const widest = 2;

const isKept = (shown: Shown) => shown.refused === 0 && shown.perSecond >= keptUp * shown.offered;

/** Between a rate that was kept up with and one that was not: without both there is no saturation, only an end of the search. */
export interface Saturation {
  /** Of the two runs beside it that in which more arrived in a second. */
  most: Shown;
  kept?: Shown;
  behind?: Shown;
}

export async function saturation(
  bench: Pick<LoadBench, "run">,
  subject: Subject,
  { from, factor, near, seconds, mostSteps }: Search,
): Promise<Saturation> {
  let [kept, behind]: (Shown | undefined)[] = [];
  let rate = from;
  for (let [step, stride] = [0, factor]; step < mostSteps; step++, stride *= stride) {
    const shown = await bench.run(subject, { perSecond: Math.round(rate), seconds });
    if (isKept(shown)) kept = shown;
    else behind = shown;
    if (kept && behind && behind.offered / kept.offered <= near) break;
    if (kept && behind) rate = Math.sqrt(kept.offered * behind.offered);
    else rate = kept ? rate * Math.min(stride, widest) : rate / Math.min(stride, widest);
  }
  const most = !kept || (behind && behind.perSecond > kept.perSecond) ? behind : kept;
  return { most: most!, ...(kept && { kept }), ...(behind && { behind }) };
}
