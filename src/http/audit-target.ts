import type { FastifyRequest } from "fastify";
import { sees } from "../core/caller.ts";
import { isKeyId } from "../gateway/access/key-text.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { isOwnId } from "../gateway/secret.ts";
import { seesApp } from "./sight.ts";

const withheld = "[withheld]";

/**
 * The id that a request's address names, as it may be kept: ids of ours alone. What else stands there may be a key that
 * somebody means to revoke, or the number of a person who is to be erased.
 */
export function targetIn(request: FastifyRequest, gateway: Gateway): string | undefined {
  const { id } = (request.params ?? {}) as { id?: string };
  if (id === undefined) return undefined;
  const path = request.routeOptions.config.operation?.path ?? "";
  if (path.startsWith("/v1/keys/")) return isKeyId(id) ? id : withheld;
  return byForeignId(request, gateway, { id, path }) ?? (isOwnId(id) ? id : withheld);
}

/** A channel and an app may be named by their platform's own id. */
function byForeignId(
  { caller }: FastifyRequest,
  gateway: Gateway,
  { id, path }: { id: string; path: string },
): string | undefined {
  const { channels, apps } = gateway;
  const candidates = path.startsWith("/v1/channels/")
    ? channels.all().filter((one) => one.naturalId === id && sees(caller, one.id))
    : path.startsWith("/v1/apps/")
      ? apps.all().filter((one) => one.appId === id && seesApp(caller, gateway, one))
      : [];
  return candidates.length === 1 ? candidates[0]!.id : undefined;
}
