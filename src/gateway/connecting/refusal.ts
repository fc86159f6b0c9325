import type { Outcome } from "../../core/platform.ts";

/** The platform has judged what it was asked: the same would be refused again. */
export function isRefusal(outcome: Outcome): boolean {
  return outcome.kind === "rejected" || (outcome.kind === "retry" && outcome.until !== undefined);
}
