import { type Operation, ok } from "./operation.ts";

/** How the gateway does: the routes of an operator, most of them without a key. */
export const healthOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/healthz",
    tag: "Health",
    summary: "The start is done, or 503.",
    key: false,
    answer: ok('{status:"ok"}'),
  },
  {
    method: "get",
    path: "/readyz",
    tag: "Health",
    summary: "Ready for work, or 503 with the reasons.",
    key: false,
    answer: ok('{status:"ready"}'),
  },
  {
    method: "get",
    path: "/metrics",
    tag: "Health",
    summary: "Prometheus metrics; the key is needed from another machine and through a proxy.",
    key: false,
    answer: ok("text/plain"),
  },
  {
    method: "get",
    path: "/problems/{code}",
    tag: "Health",
    summary: "What an error's `type` leads to.",
    key: false,
    answer: ok("{code, status, title}"),
  },
];
