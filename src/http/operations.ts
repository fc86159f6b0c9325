import { auditOperations } from "./audit-operations.ts";
import { backupOperations } from "./backup-operations.ts";
import { connectionOperations } from "./connection-operations.ts";
import { contactOperations } from "./contact-operations.ts";
import { healthOperations } from "./health-operations.ts";
import { invariantOperations } from "./invariant-operations.ts";
import { keyOperations } from "./key-operations.ts";
import { measureOperations } from "./measure-operations.ts";
import { messageOperations } from "./message-operations.ts";
import { deliveryOperations, endpointOperations, eventOperations } from "./notifying-operations.ts";
import { type Operation, ok, page } from "./operation.ts";
import { sessionOperations } from "./session-operations.ts";
import { simulatorOperations } from "./simulator-operations.ts";

/** Every route that a customer calls, in the order of the docs page. */
export const operations: readonly Operation[] = [
  ...messageOperations,
  {
    method: "get",
    path: "/v1/capabilities",
    scope: "read",
    reach: "listed",
    tag: "Capabilities",
    summary: "What each platform can show, its limits, its pace and its credentials' fields.",
    answer: ok("{data}"),
  },
  ...connectionOperations,
  ...endpointOperations,
  ...eventOperations,
  ...contactOperations,
  {
    method: "get",
    path: "/v1/conversations",
    scope: "read",
    reach: "listed",
    tag: "Conversations",
    summary: "List conversations, with contact and window.",
    query: {
      ...page,
      channel: "id or natural id",
      order: "created or activity",
      text: "what stands in the name, the username or an address",
    },
    answer: ok("{data, next_cursor}"),
  },
  {
    method: "get",
    path: "/v1/conversations/{id}",
    scope: "read",
    reach: "named",
    tag: "Conversations",
    summary: "One conversation.",
    answer: ok("The conversation."),
  },
  ...deliveryOperations,
  {
    method: "get",
    path: "/v1/media/{id}",
    scope: "read",
    reach: "named",
    tag: "Media",
    summary: "The bytes of a file that a contact sent.",
    answer: ok("The file."),
  },
  {
    method: "get",
    path: "/v1/secrets",
    scope: "admin",
    tag: "Secrets",
    summary: "Which master key seals stored secrets, and how far its change is.",
    answer: ok("{master_key, state, rows}"),
  },
  {
    method: "post",
    path: "/v1/secrets/rotate",
    scope: "admin",
    tag: "Secrets",
    summary:
      "Take the newest master key of the key file, and seal all stored secrets anew in the background.",
    answer: ok("{master_key, state, rows}", 202),
  },
  {
    method: "post",
    path: "/{version}/{phone_number_id}/messages",
    scope: "send",
    reach: "named",
    tag: "Cloud API drop-in",
    summary: "WhatsApp's own request and answer, errors included.",
    answer: ok("{messaging_product, contacts, messages:[{id}]}"),
  },
  ...backupOperations,
  ...auditOperations,
  ...invariantOperations,
  ...measureOperations,
  ...keyOperations,
  ...sessionOperations,
  ...healthOperations,
  ...simulatorOperations,
];

/** The methods that an address takes, in capitals; none: there is no such address. */
export function methodsAt(path: string): string[] {
  const exact = operations.filter((one) => one.path === path);
  const fitting = exact.length > 0 ? exact : operations.filter((one) => fits(one.path, path));
  return fitting.map((one) => one.method.toUpperCase());
}

function fits(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const steps = path.split("/");
  if (wanted.length !== steps.length) return false;
  return wanted.every((step, at) => {
    if (step === "{version}") return /^v\d+\.\d+$/.test(steps[at]!);
    return step.startsWith("{") || step === steps[at];
  });
}
