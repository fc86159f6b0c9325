import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isObject } from "../core/json.ts";
import { GatewayError } from "../core/problem.ts";
import { hashKey } from "../gateway/secret.ts";
import { type Answer, isInUse, KeyedRequests, type Turn } from "../gateway/sending/idempotency.ts";
import type { KeyedRequest } from "../store/rows.ts";
import type { Server } from "./server.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route stores what `keyedAnswer` gives, in the commit of its own work. */
    storesItsAnswer?: true;
    /** The field of its answer that is shown once: it is kept nowhere, so repetitions are answered without it. */
    secretInAnswer?: string;
  }
}

/** What Fastify says of the JSON that it writes. */
const contentType = "application/json; charset=utf-8";
const maxKeyCharacters = 255;
const turns = new WeakMap<FastifyRequest, Turn>();

/** Honours `Idempotency-Key` on every POST below: the first one's answer to all that repeat it. */
export function honourKeys(app: FastifyInstance, { gateway }: Server): void {
  const requests = new KeyedRequests(gateway);
  app.addHook("preHandler", async (request, reply) => {
    const header = request.headers["idempotency-key"];
    if (request.method !== "POST" || header === undefined) return;
    const [path] = request.url.split("?");
    const owner = gateway.keys.idempotencyScope(request.caller.keyId);
    const scope = hashKey(JSON.stringify([owner, request.method, path, readKey(header)]));
    const storedWith = request.routeOptions.config.storesItsAnswer ? "work" : "claim";
    const begun = await requests.begin(scope, hashKey(canonical(request.body)), storedWith);
    if (begun.kind === "turn") {
      turns.set(request, begun.turn);
      return;
    }
    return replay(reply, begun.answer);
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    const turn = turns.get(request);
    return turn ? ended(turn, { request, reply, payload }) : done();
  });

  async function ended(
    turn: Turn,
    { request, reply, payload }: { request: FastifyRequest; reply: FastifyReply; payload: unknown },
  ): Promise<unknown> {
    turns.delete(request);
    const retryAfter = reply.getHeader("retry-after") as string | undefined;
    const contentType = String(reply.getHeader("content-type"));
    const body = withoutSecret(String(payload ?? ""), request.routeOptions.config.secretInAnswer);
    await turn.end({ status: reply.statusCode, contentType, body, retryAfter });
    return payload;
  }
}

function replay(reply: FastifyReply, { status, contentType, body, retryAfter }: Answer): FastifyReply {
  if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
  return reply.code(status).type(contentType).header("idempotency-replayed", "true").send(body);
}

/** Does the work of a route that stores its answer. Where another node was faster with the same, its answer is given. */
export async function workedOnce(
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  work: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    const turn = turns.get(request);
    if (!turn || !isInUse(error)) throw error;
    turns.delete(request);
    return replay(reply, await turn.overtaken());
  }
}

function withoutSecret(body: string, field: string | undefined): string {
  if (field === undefined) return body;
  const { [field]: _, ...rest } = JSON.parse(body);
  return JSON.stringify(rest);
}

/** The request and the answer that it is about to get, for a route that stores them with its work. */
export function keyedAnswer(request: FastifyRequest, status: number, body: object): KeyedRequest | undefined {
  const turn = turns.get(request);
  return turn && { ...turn.request, answer: { status, contentType, body: JSON.stringify(body) } };
}

/** As the draft writes it, a string in quotes (draft-ietf-httpapi-idempotency-key-header-07, 2.1), or bare. */
export function readKey(header: string | string[]): string {
  const [, quoted] = /^"((?:[^"\\]|\\["\\])*)"$/.exec(String(header)) ?? [];
  const key = quoted === undefined ? String(header) : quoted.replace(/\\(.)/g, "$1");
  const isBroken = quoted === undefined && key.startsWith('"');
  if (/^[\x21-\x7e]+$/.test(key) && key.length <= maxKeyCharacters && !isBroken) return key;
  throw new GatewayError(
    "invalid_idempotency_key",
    `Send one Idempotency-Key of 1 to ${maxKeyCharacters} visible ASCII characters, bare or in double quotes. Nothing was done.`,
  );
}

/** The same text for bodies that mean the same: a client may write an object's fields in another order next time. */
export function canonical(body: unknown): string {
  return JSON.stringify(body ?? null, (_name, value) => (isObject(value) ? sorted(value) : value));
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
