/** The parts of a message's way out, of what comes in, and of an event's way to an endpoint. */
export type StepName =
  | "accept"
  | "lane wait"
  | "platform call"
  | "settle"
  | "webhook"
  | "poll"
  | "route"
  | "digest"
  | "event"
  | "delivery";

/** A part of a message's way, as traces tell it. Ids, counts and codes alone are its attributes, as of a log line. */
export interface Step {
  name: StepName;
  /** The W3C trace context that it is part of, as a `traceparent`; absent: a new trace begins with it. */
  parent?: string;
  /** When it began, where that was not now; in milliseconds since 1970. */
  startedAt?: number;
  attributes?: Record<string, string | number | undefined>;
}

export interface Span {
  /** What is told to others as the trace that they are part of; undefined: there is none. */
  readonly trace?: string;
  /** `problem`: a word for why it failed. */
  end(told?: { problem?: string; attributes?: Step["attributes"] }): void;
}

/** Traces what happens; handed in. */
export interface Tracing {
  begin(step: Step): Span;
}

/** Of whoever traces nothing: a trace that somebody began goes through all the same. */
export const untraced: Tracing = {
  begin: ({ parent }) => ({ ...(parent !== undefined && { trace: parent }), end: () => {} }),
};

const form = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The `traceparent` of a request, if it is one: whatever else somebody sends begins a new trace. */
export function traceIn(header: unknown): string | undefined {
  return typeof header === "string" && form.test(header) ? header : undefined;
}
