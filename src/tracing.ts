import type { TracerProviderOptions } from "@opentelemetry/sdk-trace";
import type { Span, Step, Tracing } from "./core/tracing.ts";
import { untraced } from "./core/tracing.ts";

type Resource = NonNullable<TracerProviderOptions["resource"]>;

export interface TracingSettings {
  /** Where traces go, by OTLP over HTTP; absent: nowhere, and nothing of OpenTelemetry is loaded. */
  url?: string;
  serviceName: string;
  /** The part of those traces that begin here which is told; what somebody began and sampled is told always. */
  ratio: number;
}

/** Traces as they go out, and how to end that. */
export interface TracingOut extends Tracing {
  close(): Promise<void>;
}

const kinds: Partial<Record<Step["name"], "SERVER" | "CLIENT">> = {
  accept: "SERVER",
  webhook: "SERVER",
  "platform call": "CLIENT",
  delivery: "CLIENT",
};
const closeWithinMs = 2_000;

/** Traces by OpenTelemetry, where a collector is set; else what others began goes through and nothing else is done. */
export async function openTracing({ url, serviceName, ratio }: TracingSettings): Promise<TracingOut> {
  if (url === undefined) return { ...untraced, close: async () => {} };
  const api = await import("@opentelemetry/api");
  const sdk = await import("@opentelemetry/sdk-trace");
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  const provider = new sdk.TracerProvider({
    resource: new Named(serviceName),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })],
  });
  const tracer = provider.getTracer("antiphon");
  const begin = ({ name, parent, startedAt, attributes = {} }: Step): Span => {
    const kind = api.SpanKind[kinds[name] ?? "INTERNAL"];
    const within = parent === undefined ? api.ROOT_CONTEXT : contextOf(api, parent);
    const told = {
      kind,
      attributes: named(attributes),
      ...(startedAt !== undefined && { startTime: startedAt }),
    };
    const span = tracer.startSpan(name, told, within);
    return {
      trace: traceparentOf(span.spanContext()),
      end({ problem, attributes: more = {} } = {}) {
        span.setAttributes(named(more));
        if (problem !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR, message: problem });
        span.end();
      },
    };
  };
  return { begin, close: () => closed(provider) };
}

/** Who tells it, and nothing of the machine: what OpenTelemetry's own would add, its host's name say, is nobody's business. */
class Named implements Resource {
  readonly attributes: { "service.name": string };
  readonly asyncAttributesPending = false;

  constructor(name: string) {
    this.attributes = { "service.name": name };
  }

  merge(): Resource {
    return this;
  }

  getRawAttributes(): [string, string][] {
    return Object.entries(this.attributes);
  }
}

/** A collector that does not answer holds up no stop. */
async function closed(provider: { shutdown(): Promise<void> }): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeWithinMs);
  });
  await Promise.race([provider.shutdown().catch(() => {}), late]);
  clearTimeout(timer);
}

function contextOf(api: typeof import("@opentelemetry/api"), traceparent: string) {
  const [, traceId = "", spanId = "", flags = "00"] = traceparent.split("-");
  const remote = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return api.trace.setSpanContext(api.ROOT_CONTEXT, remote);
}

function traceparentOf({
  traceId,
  spanId,
  traceFlags,
}: {
  traceId: string;
  spanId: string;
  traceFlags: number;
}) {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

function named(attributes: NonNullable<Step["attributes"]>): Record<string, string | number> {
  const given = Object.entries(attributes).filter(
    (one): one is [string, string | number] => one[1] !== undefined,
  );
  return Object.fromEntries(given.map(([name, value]) => [`antiphon.${name}`, value]));
}
