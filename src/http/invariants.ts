import type { FastifyInstance } from "fastify";
import { timestamp } from "../core/clock.ts";
import type { Server } from "./server.ts";

/** Whether what was accepted is queued, under way or ended: counted now. */
export function invariantRoutes(app: FastifyInstance, { invariants }: Server): void {
  app.get("/v1/invariants", async () => {
    const { violations, checkedAt, ms } = await invariants.check();
    return {
      holds: violations.length === 0 && checkedAt !== undefined,
      violations: violations.map(({ rule, sentence }) => ({ rule, detail: sentence })),
      checked_at: checkedAt === undefined ? null : timestamp(checkedAt),
      took_ms: ms,
    };
  });
}
