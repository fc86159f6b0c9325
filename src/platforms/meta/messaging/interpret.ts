import type { HttpResponse, Outcome } from "../../../core/platform.ts";
import type { PlatformProblem } from "../../../core/problem.ts";
import type { GraphError } from "../graph.ts";
import { graphOutcome } from "../graph-outcome.ts";
import { textOf } from "../read.ts";
import { remedyOf } from "./errors.ts";

/** What an answer of Messenger's or Instagram's means for the call. */
export function interpret(response: HttpResponse): Outcome {
  return graphOutcome(response, { accepted, remedyOf, problemOf });
}

/** A message is named; an action of the sender's, a reaction say, answers with the recipient alone. */
function accepted(body: Record<string, unknown>): Outcome | undefined {
  const id = textOf(body, "message_id");
  if (id) return { kind: "accepted", platformIds: [id] };
  // Subscribing and the profile's settings answer so; Meta's samples write `true` as text.
  const isDone = body.success === true || body.success === "true" || body.result === "success";
  return isDone || textOf(body, "recipient_id") ? { kind: "accepted", platformIds: [] } : undefined;
}

/** The refusal in our words; its code is `10/2018278` where there is a subcode. */
export function problemOf(error: GraphError): PlatformProblem {
  const { code, subcode, message } = error;
  const hint = remedyOf(error)?.hint;
  return {
    code: subcode === undefined ? String(code) : `${code}/${subcode}`,
    message,
    ...(hint && { hint }),
  };
}
