import { isObject } from "../../core/json.ts";
import type { HttpResponse, Outcome } from "../../core/platform.ts";
import type { PlatformProblem } from "../../core/problem.ts";
import type { GraphError } from "../meta/graph.ts";
import { graphOutcome } from "../meta/graph-outcome.ts";
import { aliasOf } from "./address.ts";
import { remedyOf } from "./errors.ts";

/** What an answer means for the call. */
export function interpret(response: HttpResponse): Outcome {
  return graphOutcome(response, { accepted, problemOf, remedyOf: ({ code }) => remedyOf(code) });
}

function accepted(body: Record<string, unknown>): Outcome | undefined {
  const message: unknown = Array.isArray(body.messages) ? body.messages[0] : undefined;
  if (isObject(message) && typeof message.id === "string" && message.id !== "") {
    return { kind: "accepted", platformIds: [message.id], aliases: aliasesOf(body.contacts) };
  }
  // Registering and marking as read answer so.
  return body.success === true ? { kind: "accepted", platformIds: [] } : undefined;
}

/** The recipient's other names: the `wa_id` may differ from the number that was dialled (AR, BR, MX). */
function aliasesOf(contacts: unknown): string[] {
  const contact: unknown = Array.isArray(contacts) ? contacts[0] : undefined;
  if (!isObject(contact)) return [];
  return [contact.wa_id, contact.user_id]
    .filter((id) => typeof id === "string" && id !== "")
    .map((id) => aliasOf(String(id)));
}

/** The platform's refusal in our words; also of the errors in a `failed` status. */
export function problemOf({ code, message }: GraphError): PlatformProblem {
  const hint = remedyOf(code)?.hint;
  return { code: String(code), message, ...(hint && { hint }) };
}
