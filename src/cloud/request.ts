import { isObject } from "../core/json.ts";
import type { FieldProblem } from "../core/problem.ts";

/** The keys of a Cloud API message beside the one that its `type` names. */
const envelopeKeys = new Set([
  "messaging_product",
  "recipient_type",
  "to",
  "recipient",
  "type",
  "context",
  "biz_opaque_callback_data",
]);

/** A Cloud API body as our own send request, not validated yet, or what is wrong with its envelope. */
export function fromCloud(from: string, body: unknown): { request: unknown } | { problems: FieldProblem[] } {
  if (!isObject(body)) return { problems: [problem("", "type", "The body must be a JSON object.")] };
  const type = typeof body.type === "string" ? body.type : "text";
  const beyond = notCovered(body, type);
  if (beyond) return { problems: [beyond] };
  const problems = envelopeProblems(body, type);
  if (problems.length > 0) return { problems };
  const echoed = body.biz_opaque_callback_data;
  return {
    request: {
      from,
      to: body.to ?? body.recipient,
      content: { [type]: body[type] },
      ...(body.context === undefined ? {} : { context: body.context }),
      ...(echoed === undefined ? {} : { metadata: { biz_opaque_callback_data: echoed } }),
    },
  };
}

/** What Meta's address takes and this one does not: said in one sentence, not by what is missing for a message. */
function notCovered(body: Record<string, unknown>, type: string): FieldProblem | undefined {
  if (body.status !== undefined) {
    return problem("/status", "not_covered", "Marking messages as read is not covered; only sending is.");
  }
  if (type !== "template") return undefined;
  return problem("/type", "not_covered", "Templates are not covered; send one of the types of docs/api.md.");
}

function envelopeProblems(body: Record<string, unknown>, type: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (body.messaging_product !== "whatsapp") {
    problems.push(problem("/messaging_product", "required", 'messaging_product must be "whatsapp".'));
  }
  if (body.recipient_type !== undefined && body.recipient_type !== "individual") {
    problems.push(problem("/recipient_type", "one_of", 'recipient_type must be "individual".'));
  }
  if (body.to === undefined && body.recipient === undefined) {
    problems.push(problem("/to", "required", "to is required."));
  }
  if (body.type !== undefined && typeof body.type !== "string") {
    problems.push(problem("/type", "type", "type must be a string."));
  } else if (!Object.hasOwn(body, type)) {
    problems.push(problem(`/${type}`, "required", `A message of type ${type} needs an object ${type}.`));
  }
  for (const key of Object.keys(body)) {
    if (!envelopeKeys.has(key) && key !== type) {
      problems.push(
        problem(`/${key}`, "unknown_field", `There is no field ${key} in a message of type ${type}.`),
      );
    }
  }
  return problems;
}

function problem(pointer: string, rule: string, message: string): FieldProblem {
  return { pointer, rule, message };
}

/** A pointer into our request as one into the Cloud API body. */
export function cloudPointer(pointer: string): string {
  if (pointer.startsWith("/content/")) return pointer.slice("/content".length);
  return pointer.startsWith("/metadata") ? "/biz_opaque_callback_data" : pointer;
}
