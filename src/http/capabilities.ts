import type { FastifyInstance } from "fastify";
import type { Platform, Rate } from "../core/platform.ts";
import type { Server } from "./server.ts";

export function capabilityRoutes(app: FastifyInstance, { gateway }: Server): void {
  app.get("/v1/capabilities", async () => ({ data: Object.values(gateway.platforms).map(capabilityJson) }));
}

function capabilityJson({ name, title, capabilities, credentials }: Platform) {
  const { types, pace, windowSeconds, humanWindowSeconds } = capabilities;
  const rates = Object.entries(pace).map(([of, rate]) => [of, rateJson(rate)]);
  return {
    platform: name,
    title,
    types,
    pace: Object.fromEntries(rates),
    window_seconds: windowSeconds,
    human_window_seconds: humanWindowSeconds,
    credentials,
  };
}

function rateJson({ perSecond, burst, source, read }: Rate) {
  return { per_second: perSecond, burst, source, read };
}
