import type { FastifyInstance, FastifyReply } from "fastify";
import { GatewayError, isPassing, problems } from "../core/problem.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { setAside } from "../gateway/receiving/set-aside.ts";
import { callerOf, demand } from "./authenticate.ts";
import { samples, samplesWithoutStore } from "./gauges.ts";
import { metricsOperation } from "./health-operations.ts";
import { isFromThisMachine } from "./hosts.ts";
import type { Server, Unready } from "./server.ts";

/** Less than Prometheus waits, and more than a busy machine takes. */
const answersWithinMs = 5_000;

export function healthRoutes(app: FastifyInstance, server: Server): void {
  const { gateway, metrics } = server;

  app.get("/healthz", async (_request, reply) => answer(reply, "ok", server.notReady()));
  // What rests by itself alone is told and no reason to send nobody here: all others go on.
  // A full disk is no reason to end the process, so /healthz does not tell of it.
  app.get("/readyz", async (_request, reply) => {
    const { refusal, rests } = await asked(gateway);
    const full: Unready[] = refusal === undefined ? [] : [{ code: "no_storage", detail: refusal }];
    const behind = server.behind().map((kind): Unready => {
      return {
        code: "behind",
        detail: `what another node has changed of ${kind} could not be read here: see the log`,
      };
    });
    const reasons = [...server.notReady(), ...full, ...behind];
    return { ...answer(reply, "ready", reasons), ...(rests.length > 0 && { set_aside: rests }) };
  });

  app.get("/metrics", async (request, reply) => {
    if (!isFromThisMachine(request)) demand(callerOf(request, reply, server), metricsOperation);
    const looked = await inTime(gateway, samples(server)).catch((error: unknown) => {
      if (!isPassing(error)) throw error;
      return samplesWithoutStore(server);
    });
    return reply.type(metrics.registry.contentType).send(await metrics.text(looked));
  });

  app.get("/problems/:code", async (request) => {
    const { code } = request.params as { code: string };
    if (!Object.hasOwn(problems, code))
      throw new GatewayError("not_found", "There is no problem with this code.");
    return { code, ...problems[code as keyof typeof problems] };
  });
}

/** Of a store that cannot even be read nobody knows what rests. */
async function asked(gateway: Gateway): Promise<{ refusal: string | undefined; rests: string[] }> {
  try {
    const refusal = await inTime(gateway, gateway.store.refusal());
    return { refusal, rests: await inTime(gateway, setAside(gateway)) };
  } catch (error) {
    if (!isPassing(error)) throw error;
    return { refusal: error.detail, rests: [] };
  }
}

/** A database that went away during a commit is asked for it for a minute, and others wait: who asks here does not. */
async function inTime<Result>({ clock }: Gateway, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const refuse = () => late.reject(new GatewayError("unavailable", "The store has not answered in time."));
  const cancel = clock.after(answersWithinMs, refuse);
  return Promise.race([work, late.promise]).finally(cancel);
}

function answer(reply: FastifyReply, status: string, problems: Unready[]): object {
  if (problems.length === 0) return { status };
  reply.code(503);
  return { status: "not ready", reasons: problems.map(({ detail }) => detail), problems };
}
