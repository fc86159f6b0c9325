import type { Outcome } from "./ordeal.ts";
import { type Tried, tried } from "./plan.ts";

/** What of the promises an outcome breaks, in words. `mayBeOpen`: the audit did not wait for every end. */
export function broken(
  { figures }: Pick<Outcome, "figures">,
  { mayBeOpen }: { mayBeOpen: boolean },
): string[] {
  const always = ["lost", "duplicated", "reordered", "failed"] as const;
  const wrongs = mayBeOpen ? always : ([...always, "open"] as const);
  return tried.flatMap((platform) => [
    ...(figures[platform].accepted === 0 ? [`${platform}: nothing was accepted, so nothing is shown`] : []),
    ...wrongs
      .filter((wrong) => figures[platform][wrong] > 0)
      .map((wrong) => `${platform}: ${figures[platform][wrong]} ${wrong}`),
  ]);
}

/** The platforms on which the control shows no duplicate: there the run could not have seen one either. */
export function blind({ figures }: Pick<Outcome, "figures">): Tried[] {
  return tried.filter((platform) => figures[platform].duplicated === 0);
}
