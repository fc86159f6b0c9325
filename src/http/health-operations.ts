import { type Operation, ok } from "./operation.ts";

export const metricsOperation: Operation = {
  method: "get",
  path: "/metrics",
  scope: "read",
  isOpenHere: true,
  tag: "Health",
  summary: "Prometheus metrics; a key is needed from another machine and through a proxy.",
  answer: ok("text/plain"),
};

/** How the gateway does: the routes of an operator, most of them without a key. */
export const healthOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/healthz",
    scope: "open",
    tag: "Health",
    summary: "The start is done, or 503.",
    answer: ok('{status:"ok"}'),
  },
  {
    method: "get",
    path: "/readyz",
    scope: "open",
    tag: "Health",
    summary: "Ready for work, or 503 with the reasons.",
    answer: ok('{status:"ready"}'),
  },
  metricsOperation,
  {
    method: "get",
    path: "/problems/{code}",
    scope: "open",
    tag: "Health",
    summary: "What an error's `type` leads to.",
    answer: ok("{code, status, title}"),
  },
];
