import { GatewayError } from "../core/problem.ts";
import type { Notifier } from "../gateway/notify.ts";
import type { EndpointRow } from "../store/endpoint-rows.ts";

/**
 * What a test delivery got, as an answer tells it. The endpoint is made or changed whatever it was, unless the caller
 * requires that it is taken.
 */
export async function tried(notifier: Notifier, endpoint: EndpointRow, isRequired = false) {
  const { result, httpStatus, error, latencyMs } = await notifier.preflights.run(endpoint);
  const told = {
    result,
    ...(httpStatus !== undefined && { http_status: httpStatus }),
    ...(error !== undefined && { error }),
    ...(latencyMs !== undefined && { latency_ms: latencyMs }),
  };
  if (!isRequired || result === "ok") return told;
  if (result === "skipped") throw tooManyTests();
  const detail = `The test delivery got ${httpStatus ?? error} (${result}); nothing was changed.`;
  throw new GatewayError("endpoint_not_ready", detail, { extra: { preflight: told } });
}

export function demandTest(notifier: Notifier): void {
  if (notifier.preflights.take().waitMs > 0) throw tooManyTests();
}

function tooManyTests(): GatewayError {
  const detail = "Test deliveries are few, so that they do no harm. Ask again later.";
  return new GatewayError("too_many_tests", detail);
}
