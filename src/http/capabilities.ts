import type { FastifyInstance } from "fastify";
import type { Platform } from "../core/platform.ts";
import type { Server } from "./server.ts";

export function capabilityRoutes(app: FastifyInstance, { gateway }: Server): void {
  app.get("/v1/capabilities", async () => ({ data: Object.values(gateway.platforms).map(capabilityJson) }));
}

function capabilityJson({ name, title, capabilities, credentials }: Platform) {
  const { types, pace, windowSeconds } = capabilities;
  return { platform: name, title, types, pace, window_seconds: windowSeconds, credentials };
}
