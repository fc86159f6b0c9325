import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Caller, isWithin } from "../core/caller.ts";
import { timestamp } from "../core/clock.ts";
import { scopes } from "../core/scope.ts";
import { changeKey, makeKey, revokeKey, rotateKey } from "../gateway/access/grant.ts";
import type { KeyRow } from "../store/authorizing.ts";
import { bodyMayBeEmpty } from "./body.ts";
import { found, idOf } from "./found.ts";
import type { Server } from "./server.ts";
import { readBody, rule } from "./shape.ts";
import { channelRule, ownChannels } from "./sight.ts";
import { timeSchema } from "./time.ts";

const maxChannels = 100;
const name = z.string().min(1).max(200).describe("For people: who uses it, and for what.");
const scopeList = z
  .array(z.enum(scopes))
  .min(1)
  .max(scopes.length)
  .describe("What it may do: see docs/security.md.");
const channelList = z
  .array(z.string())
  .min(1)
  .max(maxChannels)
  .nullable()
  .describe("Channels, by id or natural id; absent or null: all that the key that asks may see.");
const end = timeSchema.describe("When it ends, RFC 3339; absent: with the key that makes it, or never.");

export const newKeySchema = z.strictObject({
  name,
  scopes: scopeList,
  channels: channelList.optional(),
  expires_at: end.optional(),
});
export const keyChangeSchema = z.strictObject({
  name: name.optional(),
  scopes: scopeList.optional(),
  channels: channelList.optional(),
  expires_at: end.nullable().optional(),
});
const noChannel = "An empty list names no channel. For all that the key that asks may see give null.";
const secretInAnswer = "key";

/** API keys. A key gives no right that it has not, and sees no key that has more channels. */
export function keyRoutes(app: FastifyInstance, { gateway }: Server): void {
  const { keys, clock } = gateway;

  app.get("/v1/keys", async ({ caller }) => {
    const seen = keys.all().filter((key) => isWithin(key.channels, caller));
    return { data: seen.map(shown), next_cursor: null };
  });

  app.get("/v1/keys/:id", async (request) => shown(named(request)));

  app.post("/v1/keys", { config: { secretInAnswer } }, async ({ caller, body }, reply) => {
    const wish = readBody(newKeySchema.extend({ channels: channels(caller).optional() }), body);
    const own = ownChannels(caller, gateway, wish.channels ?? []);
    const { name, scopes, expires_at } = wish;
    const made = await makeKey(gateway, caller, {
      name,
      scopes,
      channels: own,
      expiresAt: instant(expires_at),
    });
    return reply
      .code(201)
      .header("cache-control", "no-store")
      .send({ ...shown(made.key), key: made.text });
  });

  app.patch("/v1/keys/:id", async (request) => {
    const { caller, body } = request;
    const key = named(request);
    const wish = readBody(keyChangeSchema.extend({ channels: channels(caller).optional() }), body);
    const changed = await changeKey(gateway, caller, key, {
      name: wish.name,
      scopes: wish.scopes,
      channels: wish.channels === undefined ? undefined : ownChannels(caller, gateway, wish.channels ?? []),
      expiresAt: instant(wish.expires_at),
    });
    return shown(changed);
  });

  const rotation = { config: { ...bodyMayBeEmpty.config, secretInAnswer } };
  app.post("/v1/keys/:id/rotate", rotation, async (request, reply) => {
    const { key, text } = await rotateKey(gateway, request.caller, named(request));
    return reply.header("cache-control", "no-store").send({ ...shown(key), key: text });
  });

  app.delete("/v1/keys/:id", async (request, reply) => {
    await revokeKey(gateway, request.caller, named(request));
    return reply.code(204).send();
  });

  function named(request: FastifyRequest): KeyRow {
    const key = keys.get(idOf(request));
    return found(key && isWithin(key.channels, request.caller) ? key : undefined, "API key");
  }

  function channels(caller: Caller) {
    // An empty list is more likely a program's mistake than a wish for all.
    return z
      .array(z.string().superRefine(channelRule(caller, gateway)))
      .max(maxChannels)
      .superRefine(rule("empty_list", (list) => (list.length === 0 ? noChannel : undefined)))
      .nullable();
  }

  function shown(key: KeyRow) {
    const isOver = key.expiresAt !== undefined && key.expiresAt <= clock.now();
    return {
      id: key.id,
      name: key.name,
      scopes: key.scopes,
      channels: key.channels.length > 0 ? key.channels : null,
      state: isOver ? "expired" : "active",
      created_at: timestamp(key.createdAt),
      expires_at: key.expiresAt === undefined ? undefined : timestamp(key.expiresAt),
      last_used_at: key.lastUsedAt === undefined ? undefined : timestamp(key.lastUsedAt),
    };
  }
}

function instant(text: string | null | undefined): number | null | undefined {
  return typeof text === "string" ? Date.parse(text) : text;
}
