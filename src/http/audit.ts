import { setImmediate as othersTurn } from "node:timers/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { timestamp } from "../core/clock.ts";
import { isObject } from "../core/json.ts";
import type { AuditRow } from "../store/auditing.ts";
import { AuditAllowance } from "./audit-allowance.ts";
import { targetIn } from "./audit-target.ts";
import type { Operation } from "./operation.ts";
import { pageJson, readPage, readQuery } from "./query.ts";
import type { Server } from "./server.ts";

/** What sends and looks is told by messages and their history; what manages, and what takes all of a contact away, here. */
function isAudited({ method, path, tag }: Operation): boolean {
  if (path === "/v1/contacts/{id}/export") return true;
  // What simulated people do concerns nobody.
  if (tag === "Simulator") return false;
  const isSending = path === "/v1/messages" || path === "/v1/messages/preview" || tag === "Cloud API drop-in";
  return method !== "get" && !isSending;
}

/**
 * Notes every request that manages, on the routes below, before it is answered: who asked for what, and what came of it.
 * Names of fields only where they were taken: what is refused may be anything.
 */
export function audit(app: FastifyInstance, { gateway }: Server): void {
  const allowance = new AuditAllowance(gateway.clock);
  const targets = new WeakMap<FastifyRequest, string>();
  // Before the work, which may remove what is named.
  app.addHook("preHandler", (request, _reply, done) => {
    const target = targetIn(request, gateway);
    if (target !== undefined) targets.set(request, target);
    done();
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    const { operation } = request.routeOptions.config;
    if (!operation || !request.caller || !isAudited(operation)) return done();
    return note(operation, { request, reply, payload });
  });

  async function note(
    operation: Operation,
    { request, reply, payload }: { request: FastifyRequest; reply: FastifyReply; payload: unknown },
  ): Promise<unknown> {
    // What was answered once is done once.
    if (reply.hasHeader("idempotency-replayed")) return payload;
    const isDone = reply.statusCode < 300;
    const { keyId, name } = request.caller;
    const action = `${operation.method.toUpperCase()} ${operation.path}`;
    const status = reply.statusCode;
    if (status >= 400 && !allowance.take(keyId)) {
      gateway.log.info({ action, key: keyId, status }, "refused, and too often to be kept in the audit log");
      return payload;
    }
    const entry = {
      at: gateway.clock.now(),
      keyId,
      keyName: name,
      action,
      target: targets.get(request) ?? targetIn(request, gateway) ?? madeBy(reply, payload),
      fields: isDone ? fieldsOf(request.body) : [],
      address: request.ip,
      status,
    };
    try {
      const { number, hash } = await gateway.store.addAudit(entry);
      gateway.log.info({ audit: number, action, key: keyId, status, hash }, "managed");
    } catch (err) {
      // What was done is done: its answer is given.
      gateway.log.error({ err, action, key: keyId }, "an action could not be written to the audit log");
    }
    return payload;
  }
}

/** The id of what came to be. */
function madeBy(reply: FastifyReply, payload: unknown): string | undefined {
  if (reply.statusCode >= 300 || typeof payload !== "string") return undefined;
  const made: unknown = JSON.parse(payload || "null");
  return isObject(made) && typeof made.id === "string" ? made.id : undefined;
}

/** One level into objects, for a token is a field of `credentials`. */
function fieldsOf(body: unknown): string[] {
  if (!isObject(body)) return [];
  return Object.entries(body).flatMap(([name, value]) =>
    isObject(value) ? Object.keys(value).map((inner) => `${name}.${inner}`) : [name],
  );
}

export function auditRoutes(app: FastifyInstance, { gateway }: Server): void {
  app.get("/v1/audit", async (request) => {
    const query = readQuery(request.query, ["cursor", "limit", "action", "target", "key"]);
    const { action, target, key } = query;
    return pageJson(await gateway.store.audit({ ...readPage(query), action, target, keyId: key }), auditJson);
  });

  app.get("/v1/audit/check", async () => {
    let part = await gateway.store.checkAudit();
    while (part.next !== undefined) {
      await othersTurn();
      part = await gateway.store.checkAudit(part.next);
    }
    return { intact: part.broken === undefined, first_broken: part.broken, head: part.head };
  });
}

function auditJson({ number, at, keyId, keyName, action, target, fields, address, status, hash }: AuditRow) {
  const key = { id: keyId, name: keyName };
  return { number, at: timestamp(at), key, action, target, fields, address, status, hash };
}
