import { blind, broken } from "../verdict.ts";
import type { NodesOutcome } from "./ordeal.ts";

/** What of the promises an outcome breaks, in words. */
export function brokenByNodes(
  outcome: Pick<NodesOutcome, "figures" | "notices" | "aside">,
  { mayBeOpen }: { mayBeOpen: boolean },
): string[] {
  const { notices, aside } = outcome;
  const wrongs = ["unheard", "heardTwice", "undelivered", "disordered"] as const;
  return [
    ...broken(outcome, { mayBeOpen }),
    ...(aside > 0 ? [`customer: ${aside} webhooks set aside`] : []),
    ...wrongs.filter((wrong) => notices[wrong] > 0).map((wrong) => `customer: ${notices[wrong]} ${wrong}`),
  ];
}

/** What the control does not show: there the run could not have seen it either. */
export function blindToNodes(control: NodesOutcome): string[] {
  return blind(control).map((platform) => `${platform}: the control shows no duplicate`);
}
