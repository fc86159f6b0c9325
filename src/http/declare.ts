import type { FastifyInstance, RouteOptions } from "fastify";
import { consolePaths } from "./console.ts";
import type { Operation } from "./operation.ts";
import { operations } from "./operations.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    operation?: Operation;
  }
}

/** The platforms' webhooks, which prove themselves otherwise, and the documents. */
export const undocumented: ReadonlySet<string> = new Set([
  "/webhooks/{platform}/{id}",
  ...consolePaths,
  "/docs",
  "/openapi.json",
]);

/** Gives every route below its operation. One that has none does not start: nobody has said who may ask for it. */
export function declareRoutes(app: FastifyInstance): void {
  app.addHook("onRoute", (route) => {
    route.config = { ...route.config, operation: operationOf(route) };
  });
}

/** Told by the route's method and its address. */
function operationOf({ method, url }: RouteOptions): Operation | undefined {
  const path = url.replace(/:(\w+)(\([^)]*\))?/g, "{$1}");
  // Fastify answers HEAD wherever it answers GET.
  const methods = [method].flat().map((one) => (one === "HEAD" ? "get" : one.toLowerCase()));
  const found = operations.find((one) => one.path === path && methods.every((name) => name === one.method));
  if (found || undocumented.has(path)) return found;
  throw new Error(
    `${methods} ${path} has no Operation, which says what scope a key needs: add one beside src/http/operations.ts`,
  );
}
