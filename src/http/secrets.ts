import type { FastifyInstance } from "fastify";
import type { SealingState } from "../store/keyring.ts";
import { bodyMayBeEmpty } from "./body.ts";
import type { Server } from "./server.ts";

/** The key that seals stored secrets: how far its change is, and changing it. */
export function secretRoutes(app: FastifyInstance, { gateway, rotation }: Server): void {
  app.get("/v1/secrets", async () => sealingJson(await gateway.store.sealing()));

  app.post("/v1/secrets/rotate", bodyMayBeEmpty, async (_request, reply) =>
    reply.code(202).send(sealingJson(await rotation.begin())),
  );
}

function sealingJson({ masterKey, done, total, isDone }: SealingState) {
  return { master_key: masterKey, state: isDone ? "done" : "under_way", rows: { done, total } };
}
