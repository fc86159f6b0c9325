import type { FastifyReply } from "fastify";
import type { Quota } from "../gateway/access/failed-attempts.ts";

/** Tells what is left of each allowance, as draft-ietf-httpapi-ratelimit-headers-11 writes it. */
export function tellQuotas(reply: FastifyReply, quotas: Quota[]): void {
  const policies = quotas.map(
    ({ policy, quota, windowSeconds }) => `"${policy}";q=${quota};w=${windowSeconds}`,
  );
  const limits = quotas.map(
    ({ policy, remaining, resetSeconds }) => `"${policy}";r=${remaining};t=${resetSeconds}`,
  );
  reply.header("ratelimit-policy", policies.join(", ")).header("ratelimit", limits.join(", "));
}
