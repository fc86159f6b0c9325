import { isObject } from "../../core/json.ts";
import type { HttpResponse, Outcome } from "../../core/platform.ts";
import type { PlatformProblem } from "../../core/problem.ts";
import { errorOf, type GraphError, readObject, unreadable } from "../meta/graph.ts";
import { aliasOf } from "./address.ts";
import { remedyOf } from "./errors.ts";

/** What an answer means for the call: Graph's own code decides, whatever the HTTP status. */
export function interpret(response: HttpResponse): Outcome {
  const body = readObject(response.body);
  const error = errorOf(body);
  if (error) return refused(error, response);
  if (response.status >= 200 && response.status < 300)
    return body ? answered(body) : unclear(response.status);
  return foreign(response);
}

function answered(body: Record<string, unknown>): Outcome {
  const message: unknown = Array.isArray(body.messages) ? body.messages[0] : undefined;
  if (isObject(message) && typeof message.id === "string" && message.id !== "") {
    return { kind: "accepted", platformIds: [message.id], aliases: aliasesOf(body.contacts) };
  }
  // Registering and marking as read answer so.
  return body.success === true ? { kind: "accepted", platformIds: [] } : unclear(200);
}

/** The recipient's other names: the `wa_id` may differ from the number that was dialled (AR, BR, MX). */
function aliasesOf(contacts: unknown): string[] {
  const contact: unknown = Array.isArray(contacts) ? contacts[0] : undefined;
  if (!isObject(contact)) return [];
  return [contact.wa_id, contact.user_id]
    .filter((id) => typeof id === "string" && id !== "")
    .map((id) => aliasOf(String(id)));
}

function refused(error: GraphError, response: HttpResponse): Outcome {
  const remedy = remedyOf(error.code);
  const problem = problemOf(error);
  const waits = retryAfter(response);
  if (remedy?.kind === "retry") {
    const afterSeconds = waits ?? remedy.afterSeconds;
    return { kind: "retry", scope: remedy.scope, ...(afterSeconds && { afterSeconds }), problem };
  }
  if (remedy) return { kind: "rejected", problem };
  if (error.transient || response.status === 429) {
    return { kind: "retry", scope: "contact", ...(waits && { afterSeconds: waits }), problem };
  }
  return { kind: "rejected", problem };
}

/** The platform's refusal in our words; also of the errors in a `failed` status. */
export function problemOf({ code, message }: GraphError): PlatformProblem {
  const hint = remedyOf(code)?.hint;
  return { code: String(code), message, ...(hint && { hint }) };
}

/** An answer that Graph did not write: only a server's own failure leaves open whether the message went on. */
function foreign(response: HttpResponse): Outcome {
  const problem = unreadable(response.status);
  if (response.status === 429) {
    const afterSeconds = retryAfter(response);
    return { kind: "retry", scope: "channel", ...(afterSeconds && { afterSeconds }), problem };
  }
  const isRefusal = response.status >= 300 && response.status < 500 && response.status !== 408;
  return { kind: isRefusal ? "rejected" : "unknown", problem };
}

function unclear(status: number): Outcome {
  return { kind: "unknown", problem: unreadable(status) };
}

function retryAfter({ headers }: HttpResponse): number | undefined {
  const value = headers["retry-after"] ?? "";
  return /^[1-9]\d{0,5}$/.test(value) ? Number(value) : undefined;
}
