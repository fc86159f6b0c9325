/** One mistake in a request: where it is (JSON pointer), and what to do. */
export interface FieldProblem {
  pointer: string;
  rule: string;
  limit?: number | string;
  message: string;
  hint?: string;
}

/** The gateway refused: its problem document (RFC 9457). `status` 0: it could not be reached. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldProblem[];
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(String(body.detail ?? body.title ?? `The gateway answered ${status}.`));
    this.status = status;
    this.code = String(body.code ?? "");
    this.errors = (body.errors as FieldProblem[] | undefined) ?? [];
    this.body = body;
  }
}

interface Asked {
  method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/** Asks the gateway that serves this page; the session's cookie says who asks. Throws ApiProblem. */
export async function request<Answer>(path: string, asked: Asked = {}): Promise<Answer> {
  const { method = "GET", body, signal, headers } = asked;
  const response = await fetch(path, {
    method,
    signal,
    credentials: "same-origin",
    headers: {
      // A page of another origin cannot set it without asking, and is refused then.
      "x-antiphon-console": "1",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch((error: Error) => {
    if (signal?.aborted) throw error;
    throw new ApiProblem(0, { detail: "The gateway does not answer. Is it running?" });
  });
  const text = await response.text();
  const answer = text && response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : {};
  if (!response.ok) throw new ApiProblem(response.status, answer);
  return answer as Answer;
}
