/** The first part of a run, in which what is on its way for the first time has not arrived yet. */
const filling = 0.25;

/** The seconds of a run after its first part: what is constantly late arrives there at the rate at which it leaves. */
export function steadySeconds(seconds: number): number {
  return seconds * (1 - filling);
}

/** Whether something came in them; times in ms. */
export function isSteady(at: number, run: { startedAt: number; seconds: number }): boolean {
  const endsAt = run.startedAt + run.seconds * 1000;
  return at > endsAt - steadySeconds(run.seconds) * 1000 && at <= endsAt;
}
