import type { SimulatedAnswer } from "../../../core/simulation.ts";

export interface RefusalMore {
  subcode?: number;
  /** HTTP; 400 unless said. */
  status?: number;
  type?: string;
}

/** Thrown by the simulated Graph API where it refuses; becomes Meta's error object. */
export class MetaRefusal extends Error {
  readonly code: number;
  readonly more: RefusalMore;

  constructor(code: number, message: string, more: RefusalMore = {}) {
    super(message);
    this.code = code;
    this.more = more;
  }
}

/** Refuses with Meta's usual form of the sentence: `(#100) …`. */
export function refuse(code: number, sentence: string, more: RefusalMore = {}): never {
  throw new MetaRefusal(code, `(#${code}) ${sentence}`, more);
}

/** Meta's error object (Graph API, error handling, read 2026-11-21). `trace` is what Meta's support asks for. */
export function refusalAnswer({ code, message, more }: MetaRefusal, trace: string): SimulatedAnswer {
  const { subcode, status = 400, type = "OAuthException" } = more;
  const error = {
    message,
    type,
    code,
    ...(subcode === undefined ? {} : { error_subcode: subcode }),
    fbtrace_id: trace,
  };
  return { status, body: { error } };
}

/** What Graph says of a node or an edge that is not there, or not for this token. */
export function unsupported(method: string, id: string): never {
  throw new MetaRefusal(
    100,
    `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
    { subcode: 33, type: "GraphMethodException" },
  );
}

export function noToken(): never {
  throw new MetaRefusal(104, "An access token is required to request this resource.", { status: 401 });
}
export function badToken(): never {
  throw new MetaRefusal(190, "Invalid OAuth access token - Cannot parse access token", { status: 401 });
}
/** Of a token that is put together of an app's id and a secret that is not its own. */
export function badSignature(): never {
  throw new MetaRefusal(190, "Invalid OAuth access token signature.");
}
