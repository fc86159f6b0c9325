import type { HttpResponse, Outcome } from "../../core/platform.ts";
import type { PlatformProblem } from "../../core/problem.ts";
import { errorOf, type GraphError, readObject, unreadable } from "./graph.ts";
import { type Remedy, revoked } from "./remedy.ts";

/** A platform's own side of the Graph API's answers. */
export interface GraphReading {
  /** What an acceptance names; undefined for an answer that is none. */
  accepted(body: Record<string, unknown>): Outcome | undefined;
  remedyOf(error: GraphError): Remedy | undefined;
  /** The refusal in our words. */
  problemOf(error: GraphError): PlatformProblem;
}

/** What an answer means for the call: Graph's own code decides, whatever the HTTP status. */
export function graphOutcome(response: HttpResponse, reading: GraphReading): Outcome {
  const body = readObject(response.body);
  const error = errorOf(body);
  if (error) return refused(error, response, reading);
  if (response.status < 200 || response.status >= 300) return foreign(response);
  return (body && reading.accepted(body)) ?? { kind: "unknown", problem: unreadable(response.status) };
}

function refused(error: GraphError, response: HttpResponse, reading: GraphReading): Outcome {
  const problem = told(error, reading.problemOf);
  const remedy = isProofRefused(error) ? wrongSecret : reading.remedyOf(error);
  const waits = retryAfter(response);
  if (remedy?.kind === "retry") {
    const afterSeconds = waits ?? remedy.afterSeconds;
    const { scope, maxTries } = remedy;
    const bounds = { ...(afterSeconds && { afterSeconds }), ...(maxTries && { maxTries }) };
    return { kind: "retry", scope, ...bounds, problem };
  }
  if (remedy?.kind === "revoked")
    return { kind: "retry", scope: "channel", until: "new_credentials", problem };
  if (remedy?.kind === "restricted")
    return { kind: "retry", scope: "channel", until: "unrestricted", problem };
  if (remedy?.kind === "unknown") return { kind: "unknown", problem };
  if (remedy) return { kind: "rejected", problem, ...(remedy.isOfAccount && { isOfAccount: true }) };
  if (error.transient || response.status === 429) {
    return { kind: "retry", scope: "contact", ...(waits && { afterSeconds: waits }), problem };
  }
  return { kind: "rejected", problem };
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

function retryAfter({ headers }: HttpResponse): number | undefined {
  const value = headers["retry-after"] ?? "";
  return /^[1-9]\d{0,5}$/.test(value) ? Number(value) : undefined;
}

const wrongSecret = revoked(
  "The app secret here is not that of the app which made the token, or Meta has another by now: give the right one.",
);

/** Code 100 stands for much else. */
function isProofRefused({ code, message }: GraphError): boolean {
  return code === 100 && message.includes("appsecret_proof");
}

function told(error: GraphError, problemOf: GraphReading["problemOf"]): PlatformProblem {
  const problem = problemOf(error);
  return isProofRefused(error) ? { ...problem, hint: wrongSecret.hint } : problem;
}

/** The body of an answer that succeeded, or why it did not. */
export function readAnswer(
  response: HttpResponse,
  problemOf: GraphReading["problemOf"],
): { body: Record<string, unknown> } | { problem: PlatformProblem } {
  const body = readObject(response.body);
  const error = errorOf(body);
  if (error) return { problem: told(error, problemOf) };
  return response.status === 200 && body ? { body } : { problem: unreadable(response.status) };
}
