import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import type { Caller } from "../core/caller.ts";
import { GatewayError } from "../core/problem.ts";
import { covers } from "../core/scope.ts";
import type { Admittance } from "../gateway/keys.ts";
import type { Operation } from "./operation.ts";
import { operations } from "./operations.ts";
import type { Server } from "./server.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks. On every route that needs a key, and on no other. */
    caller: Caller;
  }
  interface FastifyContextConfig {
    operation?: Operation;
  }
}

/** Lets in, on every route below, the keys that its operation's scope asks for. A route without an operation does not start. */
export function authenticate(app: FastifyInstance, server: Server): void {
  app.decorateRequest("caller");
  app.addHook("onRoute", (route) => {
    route.config = { ...route.config, operation: operationOf(route) };
  });
  app.addHook("onRequest", async (request) => {
    request.caller = callerOf(request, server);
    demand(request.caller, request.routeOptions.config.operation!);
  });
}

/** Who asks, by `Authorization: Bearer …` or `x-api-key`; refuses whoever has no valid key. */
export function callerOf(request: FastifyRequest, { gateway }: Server): Caller {
  const given = bearer(request.headers.authorization) ?? single(request.headers["x-api-key"]);
  if (given === undefined) {
    const detail = "Send the API key as Authorization: Bearer <key>, or as x-api-key: <key>.";
    throw new GatewayError("unauthorized", detail);
  }
  const admittance = admittanceOf(given, (text) => gateway.keys.authenticate(text));
  if ("caller" in admittance) return admittance.caller;
  throw new GatewayError("unauthorized", admittance.reason);
}

/** Refuses a caller whose key lacks the scope, or is limited to channels where all are concerned. */
export function demand({ scopes, channels }: Caller, operation: Operation): void {
  const { scope, reach } = operation;
  const route = `${operation.method.toUpperCase()} ${operation.path}`;
  if (scope !== "open" && !covers(scopes, scope)) {
    const detail = `${route} needs a key with the scope ${scope}; this one has ${scopes.join(", ")}.`;
    throw new GatewayError("forbidden", detail, { extra: { needed_scope: scope } });
  }
  if (reach !== undefined || channels.length === 0) return;
  throw new GatewayError("forbidden", `${route} needs a key for all channels; this one is limited to some.`);
}

/** The operation that a route of Fastify's is, told by its method and its address. */
function operationOf({ method, url }: RouteOptions): Operation {
  const path = url.replace(/:(\w+)(\([^)]*\))?/g, "{$1}");
  const methods = [method].flat().map((one) => (one === "HEAD" ? "get" : one.toLowerCase()));
  const found = operations.find((one) => one.path === path && methods.every((name) => name === one.method));
  if (found) return found;
  throw new Error(
    `${methods} ${path} has no Operation, which says what scope it needs: see src/http/operation.ts`,
  );
}

/** Clients send what is not ASCII as UTF-8 or as Latin-1; Node reads all as Latin-1. */
function admittanceOf(given: string, authenticate: (text: string) => Admittance): Admittance {
  const first = authenticate(given);
  const other = Buffer.from(given, "latin1").toString("utf8");
  if ("caller" in first || other === given) return first;
  return authenticate(other);
}

function bearer(header: string | undefined): string | undefined {
  return /^Bearer +(\S(?:.*\S)?) *$/i.exec(header ?? "")?.[1];
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
