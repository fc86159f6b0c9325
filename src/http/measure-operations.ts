import { type Operation, ok } from "./operation.ts";

export const measureOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/measures",
    scope: "read",
    reach: "listed",
    tag: "Health",
    summary:
      "The last hour in steps of ten seconds, since the start at most: what was counted, the percentiles of what was timed, and how much waited. What the console's charts show; for longer, see `/metrics`.",
    answer: ok(
      "{step_seconds, from, since, series: [{name, labels, counts, p50?, p99?}], levels: [{name, labels, values}], now}",
    ),
  },
];
