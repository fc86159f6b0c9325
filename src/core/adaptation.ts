import type { Policy } from "./message.ts";
import type { FieldProblem } from "./problem.ts";

/** native: as sent; adapted: form changed, all content kept; degraded: content lost; impossible: cannot be drawn. */
type Fidelity = "native" | "adapted" | "degraded" | "impossible";

/** One thing that a platform forced. `path` is a JSON pointer from the root of the request body. */
export interface Step {
  path: string;
  rule: string;
  /** A sentence: what was done. */
  did: string;
  /** What of the content is gone; absent where nothing is. */
  lost?: string;
}

export interface Adaptation {
  fidelity: Fidelity;
  steps: Step[];
  /** Pointers of accepted spellings that were folded into the canonical one; fidelity is untouched by them. */
  normalised?: string[];
}

/** The ledger of a rendering that exists: a step with `lost` makes it degraded, any other makes it adapted. */
export function ledger(steps: Step[]): Adaptation {
  const fidelity = steps.some((step) => step.lost) ? "degraded" : steps.length > 0 ? "adapted" : "native";
  return { fidelity, steps };
}

const admitted: Record<Policy, readonly Fidelity[]> = {
  none: ["native"],
  lossless: ["native", "adapted"],
  best_effort: ["native", "adapted", "degraded"],
};

/** The problems that `policy` finds in a ledger; none when it admits it. */
export function refusals(adaptation: Adaptation, policy: Policy): FieldProblem[] {
  if (admitted[policy].includes(adaptation.fidelity)) return [];
  const culprits = adaptation.steps.filter((step) => policy === "none" || step.lost);
  return culprits.map((step) => ({
    pointer: step.path,
    rule: step.rule,
    limit: policy,
    actual: adaptation.fidelity,
    message: step.lost ? `${step.did} Lost: ${step.lost}` : step.did,
    hint: hintFor(adaptation.fidelity, policy),
  }));
}

function hintFor(fidelity: Fidelity, policy: Policy): string {
  if (fidelity === "impossible") return "Send another type of message to this platform.";
  if (fidelity === "degraded") return 'Send with "adapt":"best_effort" to accept the loss.';
  return policy === "none" ? 'Send with "adapt":"lossless" (the default) to accept the change of form.' : "";
}
