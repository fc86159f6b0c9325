import { GatewayError } from "../core/problem.ts";
import type { Notifier } from "../gateway/delivering/notify.ts";
import type { PreflightResult } from "../gateway/delivering/preflight.ts";
import type { DeliveryAttempt, EndpointRow } from "../store/endpoint-rows.ts";

/** What a test delivery got. It is made or changed whatever that was, unless the caller requires that it is taken. */
export async function tried(
  notifier: Notifier,
  endpoint: EndpointRow,
  isRequired = false,
): Promise<PreflightResult> {
  const preflight = await notifier.preflights.run(endpoint);
  const { result, httpStatus, error } = preflight;
  if (!isRequired || result === "ok") return preflight;
  if (result === "skipped") throw tooManyTests();
  const detail = `The test delivery got ${httpStatus ?? error} (${result}); nothing was changed.`;
  throw new GatewayError("endpoint_not_ready", detail, { extra: { preflight: preflightJson(preflight) } });
}

/** As an answer tells it. */
export function preflightJson({ result, httpStatus, error, latencyMs }: PreflightResult) {
  return {
    result,
    ...(httpStatus !== undefined && { http_status: httpStatus }),
    ...(error !== undefined && { error }),
    ...(latencyMs !== undefined && { latency_ms: latencyMs }),
  };
}

/** A test is a try like any other; undefined: none was made. */
export function attemptOf(preflight: PreflightResult, at: number): DeliveryAttempt | undefined {
  const { result, httpStatus, error, latencyMs = 0 } = preflight;
  return result === "skipped" ? undefined : { at, latencyMs, category: result, httpStatus, error };
}

export function demandTest(notifier: Notifier): void {
  if (notifier.preflights.take().waitMs > 0) throw tooManyTests();
}

function tooManyTests(): GatewayError {
  const detail = "Test deliveries are few, so that they do no harm. Ask again later.";
  return new GatewayError("too_many_tests", detail);
}
