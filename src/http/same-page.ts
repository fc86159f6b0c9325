import type { FastifyRequest } from "fastify";
import { GatewayError } from "../core/problem.ts";

const safe: readonly string[] = ["GET", "HEAD"];

/**
 * Refuses what a browser sends with the session's cookie but not from the console's own pages: another site's form,
 * picture or script (CSRF), also one of another port of this machine, which a cookie's `SameSite` takes for the same site.
 * What changes something needs the console's header besides, which no form and no link can set.
 */
export function demandOwnPage(request: FastifyRequest): void {
  const { headers, method } = request;
  const site = headers["sec-fetch-site"];
  if (safe.includes(method)) {
    // `none`: typed into the address bar. Absent: a browser of before 2023, or no browser.
    if (site === undefined ? isOwnOrigin(request) !== "no" : site === "same-origin" || site === "none")
      return;
  } else if (headers["x-antiphon-console"] === "1") {
    if (site === undefined ? isOwnOrigin(request) === "yes" : site === "same-origin") return;
  }
  const detail =
    "A session's cookie is taken from the console's own pages alone. Programs send an API key: Authorization: Bearer <key>.";
  throw new GatewayError("cross_site", detail);
}

function isOwnOrigin({ headers }: FastifyRequest): "yes" | "no" | "not told" {
  if (headers.origin === undefined) return "not told";
  const host = URL.canParse(headers.origin) ? new URL(headers.origin).host : undefined;
  return host !== undefined && host === headers.host?.toLowerCase() ? "yes" : "no";
}
