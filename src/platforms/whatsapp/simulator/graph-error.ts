import type { SimulatedAnswer } from "../../../core/simulation.ts";

/** Codes, HTTP statuses and titles of the Graph API (developers.facebook.com …/whatsapp/support/error-codes, 2026-11-21). */
const errors = {
  4: { status: 400, title: "Application request limit reached" },
  33: { status: 400, title: "Parameter value is not valid" },
  100: { status: 400, title: "Invalid parameter" },
  104: { status: 401, title: "An access token is required to request this resource." },
  190: { status: 401, title: "Invalid OAuth access token - Cannot parse access token" },
  368: { status: 403, title: "Temporarily blocked for policies violations" },
  2200: { status: 400, title: "Callback verification failed" },
  130429: { status: 400, title: "Rate limit hit" },
  131000: { status: 500, title: "Something went wrong" },
  131008: { status: 400, title: "Required parameter is missing" },
  131009: { status: 400, title: "Parameter value is not valid" },
  131021: { status: 400, title: "Recipient cannot be sender" },
  131026: { status: 400, title: "Message undeliverable" },
  131031: { status: 403, title: "Account has been locked" },
  131047: { status: 400, title: "Re-engagement message" },
  131051: { status: 400, title: "Unsupported message type" },
  131053: { status: 400, title: "Media upload error" },
  131056: { status: 400, title: "(Business Account, Consumer Account) pair rate limit hit" },
  133010: { status: 400, title: "Phone number not registered" },
} as const;
type GraphCode = keyof typeof errors;

/** Thrown by the simulated Graph API where it refuses; becomes Meta's error object. */
export class GraphRefusal extends Error {
  readonly code: GraphCode;
  readonly details: string;
  readonly subcode: number | undefined;

  constructor(code: GraphCode, details: string, subcode?: number) {
    super(details);
    this.code = code;
    this.details = details;
    this.subcode = subcode;
  }
}

/** Authentication errors have no error_data and no number in their sentence. */
const bare: readonly number[] = [104, 190];

/** Meta's error object for a refusal. `trace` stands for the id that Meta's support asks for. */
export function graphAnswer(refusal: GraphRefusal, trace: string): SimulatedAnswer {
  const { status, title } = errors[refusal.code];
  const sentence = refusal.code === 100 ? refusal.details : title;
  const message = bare.includes(refusal.code) ? title : `(#${refusal.code}) ${sentence}`;
  const data = { messaging_product: "whatsapp", details: refusal.details };
  return {
    status,
    body: {
      error: {
        message,
        type: refusal.subcode === 33 ? "GraphMethodException" : "OAuthException",
        code: refusal.code,
        ...(refusal.subcode === undefined ? {} : { error_subcode: refusal.subcode }),
        ...(bare.includes(refusal.code) ? {} : { error_data: data }),
        fbtrace_id: trace,
      },
    },
  };
}

/** The form that an error has in a `failed` status. */
export function statusError(code: GraphCode, details: string) {
  const { title } = errors[code];
  return {
    code,
    title,
    message: title,
    error_data: { details },
    href: "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
  };
}
