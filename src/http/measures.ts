import type { FastifyInstance } from "fastify";
import { sees } from "../core/caller.ts";
import { timestamp } from "../core/clock.ts";
import { samples } from "./gauges.ts";
import { Levels } from "./levels.ts";
import type { Server } from "./server.ts";

/** A key that is limited to some channels is told what is counted of them one by one. */
export function measureRoutes(app: FastifyInstance, server: Server): void {
  const levels = new Levels(server.gateway);
  app.addHook("onReady", async () => levels.start());
  app.addHook("preClose", async () => levels.stop());

  app.get("/v1/measures", async (request) => {
    const { caller } = request;
    const isShown = ({ labels }: { labels: Record<string, string> }) =>
      caller.channels.length === 0 || (labels.channel !== undefined && sees(caller, labels.channel));
    const now = await samples(server);
    levels.take(now);
    const { stepMs, from, begunAt, series } = server.recent.told((labels) => isShown({ labels }));
    return {
      step_seconds: stepMs / 1000,
      from: timestamp(from),
      since: timestamp(begunAt),
      series,
      levels: levels.told().filter(isShown),
      now: now.filter(isShown),
    };
  });
}
