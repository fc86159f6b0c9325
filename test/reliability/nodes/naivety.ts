import type { Mutant } from "../../simulation/mutants.ts";

/** The control of several nodes: what a gateway would be that takes over when another is silent, and does no more. */
export const naivety: readonly Mutant[] = [
  {
    name: "no fence",
    file: "src/store/sql/leases.ts",
    find: "        yield* demandLease(db, lease);\n",
    replace: "",
    why: "A node that was taken for ended writes on.",
  },
  {
    name: "no look at the lease before the first byte",
    file: "src/gateway/nodes/membership.ts",
    find: "    return this.#held.has(name) && this.#life.stands;",
    replace: "    return true;",
    why: "A node that was taken for ended sends on.",
  },
  {
    name: "what another node left under way is sent again",
    file: "src/gateway/sending/interrupted.ts",
    find: `        outcome: { kind: "unknown" as const, problem: interrupted },
        ...(channel && unanswered(gateway, { channel, call, message })),`,
    replace: `        outcome: { kind: "retry" as const, scope: "contact" as const, problem: interrupted },
        retryAt: clock.steady(),`,
    why: "What the platform took and nobody recorded is sent twice.",
  },
];
