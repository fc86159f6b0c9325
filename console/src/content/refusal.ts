import type { Adaptation } from "../../../src/core/adaptation.ts";
import type { Policy } from "../../../src/core/message.ts";
import type { PlatformName } from "../../../src/core/platform.ts";
import { phones } from "../texts/phones.ts";
import { texts } from "../texts/texts.ts";

const { refused: words } = texts.sending;

/** Why a platform does not take a message under a policy, in sentences. */
export interface Refusal {
  why: string;
  /** What of the message would be gone, or why nothing stands for it. */
  because: string[];
  /** The policy that takes it, or that none does. */
  way: string;
}

/**
 * Of the ledger of a message that a policy does not admit. Its steps say what was done, and nothing was: nothing was
 * sent. So they are told as what would be.
 */
export function refusalOf(platform: PlatformName, policy: Policy, adaptation: Adaptation): Refusal {
  const title = phones.names[platform];
  const { fidelity, steps } = adaptation;
  if (fidelity === "impossible")
    return {
      why: words.best_effort(title),
      because: distinct(steps.map(({ did }) => did)),
      way: words.another,
    };
  const lost = distinct(steps.flatMap((step) => step.lost ?? []));
  return {
    why: words[policy](title),
    because: lost.map((what) => `${words.lost} ${what}`),
    way: lost.length > 0 ? words.mayLose : words.mayChange,
  };
}

const distinct = (sentences: readonly string[]) => [...new Set(sentences)];
