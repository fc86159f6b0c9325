import { type Operation, ok } from "./operation.ts";

/** The routes of backups. */
export const backupOperations: readonly Operation[] = [
  {
    method: "post",
    path: "/v1/backups",
    scope: "admin",
    tag: "Backups",
    summary: "Begin a backup, made and proved while everything goes on.",
    answer: ok("{id, state, began_at}", 202),
  },
  {
    method: "get",
    path: "/v1/backups",
    scope: "admin",
    tag: "Backups",
    summary: "List backups, the newest first.",
    answer: ok("{data, next_cursor}"),
  },
  {
    method: "get",
    path: "/v1/backups/{id}",
    scope: "admin",
    tag: "Backups",
    summary: "One backup, and whether it is done.",
    answer: ok("{id, state, file, bytes, sha256, messages, calls, events}"),
  },
];
