import type { FastifyInstance } from "fastify";
import { sees } from "../core/caller.ts";
import type { Platform, Rate } from "../core/platform.ts";
import type { Server } from "./server.ts";

export function capabilityRoutes(app: FastifyInstance, { gateway }: Server): void {
  app.get("/v1/capabilities", async ({ caller }) => {
    const seen = gateway.channels.all().filter((channel) => sees(caller, channel.id));
    const shown = Object.values(gateway.platforms).filter(
      ({ name }) => caller.channels.length === 0 || seen.some(({ platform }) => platform === name),
    );
    return { data: shown.map(capabilityJson) };
  });
}

function capabilityJson({ name, title, capabilities, credentials }: Platform) {
  const { types, pace, windowSeconds, humanWindowSeconds } = capabilities;
  const { kinds = {}, ...whole } = pace;
  return {
    platform: name,
    title,
    types,
    pace: { ...ratesJson(whole), ...(pace.kinds && { kinds: ratesJson(kinds) }) },
    window_seconds: windowSeconds,
    human_window_seconds: humanWindowSeconds,
    credentials,
  };
}

function ratesJson(rates: Record<string, Rate>) {
  return Object.fromEntries(Object.entries(rates).map(([of, rate]) => [of, rateJson(rate)]));
}

function rateJson({ perSecond, maxPerSecond, burst, source, read }: Rate) {
  return { per_second: perSecond, max_per_second: maxPerSecond, burst, source, read };
}
