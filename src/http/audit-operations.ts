import { type Operation, ok, page } from "./operation.ts";

/** The routes of what was done by whom. */
export const auditOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/audit",
    scope: "admin",
    tag: "Audit",
    summary: "List what was managed by whom, the newest first.",
    query: { ...page, action: "as the entries tell it", target: "an id", key: "an API key's id" },
    answer: ok("{data, next_cursor}"),
  },
  {
    method: "get",
    path: "/v1/audit/check",
    scope: "admin",
    tag: "Audit",
    summary: "Whether every entry is there as it was written.",
    answer: ok("{intact, first_broken, head}"),
  },
];
