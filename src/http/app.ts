import fastify, { type FastifyInstance } from "fastify";
import { appRoutes } from "./apps.ts";
import { audit, auditRoutes } from "./audit.ts";
import { authenticate } from "./authenticate.ts";
import { backupRoutes } from "./backups.ts";
import { takeJson } from "./body.ts";
import { BodyRoom } from "./body-room.ts";
import { capabilityRoutes } from "./capabilities.ts";
import { channelRoutes } from "./channels.ts";
import { cloudRoutes } from "./cloud.ts";
import { Connections } from "./connections.ts";
import { consoleRoutes, readConsole } from "./console.ts";
import { contactRoutes } from "./contacts.ts";
import { conversationRoutes } from "./conversations.ts";
import { declareRoutes } from "./declare.ts";
import { deliveryRoutes } from "./deliveries.ts";
import { endpointRoutes } from "./endpoints.ts";
import { eventRoutes } from "./events.ts";
import { healthRoutes } from "./health.ts";
import { honourKeys } from "./idempotency.ts";
import { Intake } from "./intake.ts";
import { invariantRoutes } from "./invariants.ts";
import { keyRoutes } from "./keys.ts";
import { listener, refuseClient } from "./listener.ts";
import { measureRoutes } from "./measures.ts";
import { mediaRoutes } from "./media.ts";
import { messageRoutes } from "./messages.ts";
import { openApiRoutes } from "./openapi.ts";
import { platformRoutes } from "./platforms.ts";
import { asGatewayError, sendProblem } from "./problem.ts";
import { boundBodies } from "./receive-body.ts";
import { Refusals } from "./refusals.ts";
import { registrationRoutes } from "./registration.ts";
import { replayRoutes } from "./replays.ts";
import { guardRequests } from "./request-guard.ts";
import { secretRoutes } from "./secrets.ts";
import type { Server } from "./server.ts";
import { meRoutes, sessionRoutes } from "./session.ts";
import { simulatorRoutes } from "./simulator.ts";

const maxBodyBytes = 1024 * 1024;
const maxBytesOfBodies = 256 * 1024 * 1024;
const closeWithinMs = 3_000;
const closeIdleEveryMs = 50;

const keyed = [
  messageRoutes,
  capabilityRoutes,
  channelRoutes,
  registrationRoutes,
  appRoutes,
  endpointRoutes,
  replayRoutes,
  eventRoutes,
  contactRoutes,
  conversationRoutes,
  deliveryRoutes,
  mediaRoutes,
  secretRoutes,
  backupRoutes,
  auditRoutes,
  invariantRoutes,
  measureRoutes,
  keyRoutes,
  simulatorRoutes,
  meRoutes,
];

/** The whole HTTP surface. Everything under `/v1` and the drop-in needs a key. */
export function buildApp(server: Server): FastifyInstance {
  const { gateway, settings } = server;
  const connections = new Connections(settings.maxConnections);
  const intake = new Intake();
  const refusals = new Refusals(gateway);
  const app = fastify({
    bodyLimit: maxBodyBytes,
    // One proxy: what its client claims of others before it is nobody's word.
    trustProxy: settings.trustProxy && ((_address, hop) => hop === 0),
    serverFactory: (handle) =>
      listener(handle, { connections, intake, refused: (code) => refusals.add(code) }),
    clientErrorHandler: refuseClient(connections),
    forceCloseConnections: "idle",
    // A media id may hold a signed address of some hundred characters.
    routerOptions: { maxParamLength: 4_000 },
    // Addresses that the router itself refuses: too long a parameter, a broken escape.
    frameworkErrors: (error, request, reply) =>
      sendProblem(reply, asGatewayError(error, gateway.log, request)),
  });
  declareRoutes(app);
  refusals.watch(app);
  app.setErrorHandler((error: Error, request, reply) =>
    sendProblem(reply, asGatewayError(error, gateway.log, request)),
  );
  const pages = readConsole();
  guardRequests(app, server, pages);
  boundBodies(app, new BodyRoom(maxBytesOfBodies));
  app.register(async (api) => {
    takeJson(api);
    authenticate(api, server);
    audit(api, server);
    honourKeys(api, server);
    for (const routes of keyed) routes(api, server);
  });
  app.register(async (open) => {
    takeJson(open);
    open.decorateRequest("caller");
    audit(open, server);
    sessionRoutes(open, server);
  });
  // A connection that is busy when closing begins would be kept open for its next request, and hold up the drain.
  app.addHook("preClose", async () => {
    const timer = setInterval(() => app.server.closeIdleConnections(), closeIdleEveryMs);
    // A request that its sender never ends must not take the time that the workers need.
    const limit = setTimeout(() => app.server.closeAllConnections(), closeWithinMs);
    app.server.once("close", () => {
      clearInterval(timer);
      clearTimeout(limit);
    });
  });
  cloudRoutes(app, server);
  platformRoutes(app, server);
  healthRoutes(app, server);
  openApiRoutes(app);
  consoleRoutes(app, pages);
  return app;
}
