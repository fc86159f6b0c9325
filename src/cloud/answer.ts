import { type FieldProblem, type GatewayError, problems } from "../core/problem.ts";
import { withoutTokens } from "../core/token-shape.ts";
import { cloudPointer } from "./request.ts";

/** What the Cloud API answers to an accepted message. */
export function cloudAccepted(input: string, address: string, messageId: string): object {
  const isUserId = /^[A-Z]{2}\./.test(address);
  const contact = isUserId ? { input, user_id: address } : { input, wa_id: address.replace(/^\+/, "") };
  return { messaging_product: "whatsapp", contacts: [contact], messages: [{ id: messageId }] };
}

/** Meta's codes for our own refusals (error codes page of the Cloud API, read 2026-11-21). */
function cloudCode(error: GatewayError): { code: number; status: number; title: string } {
  const rules = new Set(error.errors.map((one) => one.rule));
  if (error.code === "unauthorized") return { code: 190, status: 401, title: "Invalid OAuth access token" };
  if (error.code === "forbidden") return { code: 10, status: 403, title: "Permission denied" };
  if (error.code === "rate_limited") return { code: 4, status: 429, title: "Too many calls" };
  if (error.code === "unknown_channel")
    return { code: 33, status: 400, title: "There is no such phone number id" };
  if (error.code === "queue_full") return { code: 130429, status: 429, title: "Rate limit hit" };
  if (error.code === "not_representable")
    return { code: 131051, status: 400, title: "Unsupported message type" };
  if (error.code === "invalid_message") {
    if (rules.has("unknown_field") || rules.has("type"))
      return { code: 100, status: 400, title: "Invalid parameter" };
    return rules.has("required")
      ? { code: 131008, status: 400, title: "Required parameter is missing" }
      : { code: 131009, status: 400, title: "Parameter value is not valid" };
  }
  const { status } = problems[error.code];
  if (status >= 500) return { code: 131000, status, title: "Something went wrong" };
  // Graph has no 422.
  return { code: 100, status: status === 422 ? 400 : status, title: "Invalid parameter" };
}

/** A refusal in Meta's shape, with every problem in `error_data.details`. */
export function cloudError(error: GatewayError, traceId: string): { status: number; body: object } {
  const { code, status, title } = cloudCode(error);
  const said = error.errors.length > 0 ? error.errors.map(detailOf).join(" ") : error.detail;
  const details = withoutTokens(said);
  return {
    status,
    body: {
      error: {
        message: `(#${code}) ${title}`,
        type: "OAuthException",
        code,
        error_data: { messaging_product: "whatsapp", details },
        fbtrace_id: traceId,
      },
    },
  };
}

function detailOf({ pointer, message }: FieldProblem): string {
  return pointer === "" ? message : `${cloudPointer(pointer)}: ${message}`;
}
