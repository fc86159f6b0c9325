import type { FastifyInstance } from "fastify";
import { timestamp } from "../core/clock.ts";
import type { Backup } from "../gateway/keeping/backups.ts";
import { bodyMayBeEmpty } from "./body.ts";
import { found, idOf } from "./found.ts";
import type { Server } from "./server.ts";

/** Copies of all that is stored, on the gateway's own disk. */
export function backupRoutes(app: FastifyInstance, { backups }: Server): void {
  app.post("/v1/backups", bodyMayBeEmpty, async (_request, reply) =>
    reply.code(202).send(backupJson(backups.begin(), backups.folder)),
  );

  app.get("/v1/backups", async () => {
    const data = (await backups.list()).map((backup) => backupJson(backup, backups.folder));
    return { data, next_cursor: null };
  });

  app.get("/v1/backups/:id", async (request) =>
    backupJson(found(await backups.named(idOf(request)), "backup"), backups.folder),
  );
}

function backupJson(backup: Backup, folder: string) {
  const { id, state, beganAt, endedAt, bytes, sha256, proof, reason } = backup;
  return {
    id,
    state,
    reason,
    file: state === "done" ? `${folder}/${id}` : undefined,
    began_at: timestamp(beganAt),
    ended_at: endedAt === undefined ? undefined : timestamp(endedAt),
    bytes,
    sha256,
    messages: proof?.messages,
    calls: proof?.calls,
    events: proof?.events,
  };
}
