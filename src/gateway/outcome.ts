import type { HttpResponse, Outcome, Platform } from "../core/platform.ts";
import type { Exchange } from "./transport.ts";

/** Reads what the transport learned. A broken answer is an answer only if the platform can read it. */
export function outcomeOf(exchange: Exchange, platform: Platform): Outcome {
  if (exchange.kind === "answer") return interpreted(exchange.response, platform);
  const problem = {
    code: exchange.kind === "unwritten" ? "unreachable" : "unanswered",
    message:
      exchange.kind === "unwritten"
        ? `${platform.title} could not be reached (${exchange.reason}); nothing was sent.`
        : `The request left, but ${platform.title} gave no answer (${exchange.reason}).`,
    hint:
      exchange.kind === "unanswered"
        ? "It may or may not have arrived; it is not sent again by itself."
        : undefined,
  };
  if (exchange.kind === "unwritten") return { kind: "retry", scope: "contact", problem };
  return { kind: "unknown", problem };
}

function interpreted(response: HttpResponse, platform: Platform): Outcome {
  try {
    return platform.interpret(response);
  } catch (error) {
    const message = `${platform.title} gave an answer that could not be read: ${(error as Error).message}`;
    return { kind: "unknown", problem: { code: "unreadable", message } };
  }
}
