import type { JsonObject } from "../../../core/json.ts";
import type { SimulatedAnswer } from "../../../core/simulation.ts";

const prefixes: Record<number, string> = {
  400: "Bad Request: ",
  403: "Forbidden: ",
  409: "Conflict: ",
  429: "Too Many Requests: ",
};

/** Thrown by the simulated Bot API where it refuses. `parameters` is Telegram's ResponseParameters. */
export class BotApiRefusal extends Error {
  readonly code: number;
  readonly parameters: JsonObject | undefined;

  constructor(code: number, description: string, parameters?: JsonObject) {
    super((prefixes[code] ?? "") + description);
    this.code = code;
    this.parameters = parameters;
  }
}

export function badRequest(description: string): never {
  throw new BotApiRefusal(400, description);
}

export function tooManyRequests(retryAfterSeconds: number): BotApiRefusal {
  return new BotApiRefusal(429, `retry after ${retryAfterSeconds}`, { retry_after: retryAfterSeconds });
}

/** The envelope of an error: the HTTP status is the error code. */
export function refusalAnswer(refusal: BotApiRefusal): SimulatedAnswer {
  const retryAfter = refusal.parameters?.retry_after;
  return {
    status: refusal.code,
    ...(retryAfter === undefined ? {} : { headers: { "retry-after": String(retryAfter) } }),
    body: {
      ok: false,
      error_code: refusal.code,
      description: refusal.message,
      ...(refusal.parameters ? { parameters: refusal.parameters } : {}),
    },
  };
}
