import { type Operation, ok } from "./operation.ts";

export const invariantOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/invariants",
    scope: "admin",
    tag: "Health",
    summary: "Count anew, now, that what was accepted is queued, under way or ended.",
    answer: ok("{holds, violations, checked_at, took_ms}"),
  },
];
