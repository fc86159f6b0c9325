import type { FastifyInstance } from "fastify";
import { sees } from "../core/caller.ts";
import { openMedia } from "../gateway/receiving/media.ts";
import { idOf } from "./found.ts";
import type { Server } from "./server.ts";

export function mediaRoutes(app: FastifyInstance, { gateway }: Server): void {
  // A large file would hold up the drain.
  const stopping = new AbortController();
  app.addHook("preClose", async () => stopping.abort());

  app.get("/v1/media/:id", async (request, reply) => {
    const isSeen = (channelId: string) => sees(request.caller, channelId);
    const file = await openMedia(gateway, { id: idOf(request), isSeen }, stopping.signal);
    if (file.length !== undefined) reply.header("content-length", file.length);
    return reply
      .type(file.contentType)
      .header("content-security-policy", "sandbox; default-src 'none'")
      .header("content-disposition", "attachment")
      .send(file.body);
  });
}
