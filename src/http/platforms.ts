import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { InboundRequest, Verdict } from "../core/platform.ts";
import { GatewayError, isPassing } from "../core/problem.ts";
import { ingestForApp } from "../gateway/receiving/app-webhooks.ts";
import { ingest } from "../gateway/receiving/ingest.ts";
import { receiveBody } from "./receive-body.ts";
import type { Server } from "./server.ts";

const maxWebhookBytes = 4 * 1024 * 1024;

/** Who takes a webhook, and what the log calls it. */
interface Taker {
  take(posted: InboundRequest): Promise<Verdict>;
  told: object;
}

/** The platforms' webhooks. A 200 goes out only after the payload is on disk; what it means is read later. */
export function platformRoutes(app: FastifyInstance, { gateway, metrics }: Server): void {
  app.register(async (webhooks) => {
    webhooks.removeAllContentTypeParsers();
    webhooks.addContentTypeParser("*", receiveBody);
    webhooks.route({
      method: ["GET", "POST"],
      url: "/webhooks/:platform/:id",
      bodyLimit: maxWebhookBytes,
      // Whoever guesses at addresses is told so before a byte of the body is read.
      onRequest: async (request) => void takerOf(request),
      handler: answer,
    });
  });

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { platform } = request.params as { platform: string };
    const { take, told } = takerOf(request);
    const posted = {
      method: request.method,
      query: request.query as Record<string, string>,
      headers: distinctHeaders(request),
      rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    };
    const verdict = await take(posted).catch(asUnavailable);
    metrics.count("antiphon_webhooks_total", { platform, verdict: verdict.kind });
    if (verdict.kind === "challenge") return reply.type("text/plain").send(verdict.reply);
    if (verdict.kind === "genuine") return reply.send({ ok: true });
    gateway.log.warn({ ...told, from: request.ip, reason: verdict.reason }, "a webhook was refused");
    throw new GatewayError("bad_signature", `The webhook was refused. ${verdict.reason}`);
  }

  function takerOf(request: FastifyRequest): Taker {
    const { platform, id } = request.params as { platform: string; id: string };
    return platform === gateway.provider.name ? byApp(id) : byChannel(platform, id);
  }

  function byChannel(platform: string, id: string): Taker {
    const channel = gateway.channels.get(id);
    if (!channel || channel.platform !== platform || gateway.channels.isSuspended(id)) {
      throw new GatewayError("unknown_channel", "No channel receives here.");
    }
    return { take: (posted) => ingest(gateway, channel, posted), told: { channel: id } };
  }

  /** By our id alone, which nobody can guess: the provider's own is public. */
  function byApp(appId: string): Taker {
    const app = gateway.apps.get(appId);
    const served = app ? gateway.channels.of(app.id) : [];
    const isSuspended = served.length > 0 && served.every(({ id }) => gateway.channels.isSuspended(id));
    if (!app || isSuspended) throw new GatewayError("not_found", "No app receives here.");
    return { take: (posted) => ingestForApp(gateway, app, posted), told: { app: app.id } };
  }
}

/** 503 is what platforms repeat a webhook for; of a full disk they need to know no more. */
function asUnavailable(error: unknown): never {
  throw isPassing(error) ? new GatewayError("unavailable", error.detail, { cause: error }) : error;
}

/** Node joins repeated headers with a comma; here a repeated one stays a list, so that it can be refused. */
function distinctHeaders(request: FastifyRequest): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, values] of Object.entries(request.raw.headersDistinct)) {
    if (values) headers[name] = values.length === 1 ? values[0]! : values;
  }
  return headers;
}
