import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { timestamp } from "../core/clock.ts";
import { GatewayError } from "../core/problem.ts";
import { checkChannel } from "../gateway/connecting/check.ts";
import type { Registration } from "../gateway/connecting/register.ts";
import type { ChannelRow } from "../store/rows.ts";
import { bodyMayBeEmpty } from "./body.ts";
import { idOf } from "./found.ts";
import type { Server } from "./server.ts";
import { readBody } from "./shape.ts";
import { channelFor } from "./sight.ts";

/** Whether what another program receives now shall come here. */
export const takeOver = z
  .boolean()
  .optional()
  .describe("True: webhooks that go to another program now, or its polling, are taken from it.");
export const registerSchema = z.strictObject({ take_over: takeOver });

/** How a channel stands with its platform, and how it comes to receive. */
export function registrationRoutes(app: FastifyInstance, { gateway, receivers }: Server): void {
  app.post("/v1/channels/:id/check", bodyMayBeEmpty, async (request) => {
    const channel = named(request);
    const waiting = receivers.waiting.get(channel.id);
    const { refused, ...check } = await checkChannel(gateway, channel, { reach: receivers.reach, waiting });
    if (!refused) return check;
    return { ...check, refused_webhooks: { count: refused.count, last_at: timestamp(refused.lastAt) } };
  });

  app.post("/v1/channels/:id/register", bodyMayBeEmpty, async (request) => {
    const { take_over } = readBody(registerSchema, request.body);
    const { url, webhook } = registered(await receivers.register(named(request), take_over ?? false));
    return { ...(url === undefined ? { polling: true } : { webhook_url: url }), state: webhook.state };
  });

  function named(request: FastifyRequest): ChannelRow {
    return channelFor(request.caller, gateway, idOf(request));
  }
}

/** What stands in the way is a problem. */
function registered(registration: Registration): Registration & { kind: "receives" } {
  const sentence = "reason" in registration ? registration.reason.replace(/\.?$/, ".") : "";
  switch (registration.kind) {
    case "receives":
      return registration;
    case "conflict": {
      const hint = 'Disconnect that program, or send {"take_over": true}.';
      const { host } = registration;
      throw new GatewayError("webhook_conflict", sentence, { extra: { ...(host && { host }), hint } });
    }
    case "superseded":
      throw new GatewayError("conflict", sentence);
    case "closing":
      throw new GatewayError("unavailable", sentence);
    case "unreachable":
      throw new GatewayError("platform_unreachable", sentence);
    case "refused":
      throw new GatewayError(registration.isFinal ? "conflict" : "platform_refused", sentence);
  }
}
