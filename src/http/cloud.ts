import type { FastifyInstance } from "fastify";
import { cloudAccepted, cloudError } from "../cloud/answer.ts";
import { fromCloud } from "../cloud/request.ts";
import { isObject } from "../core/json.ts";
import { GatewayError } from "../core/problem.ts";
import { traceIn } from "../core/tracing.ts";
import { validateSend } from "../core/validate.ts";
import { newToken, newWamid } from "../gateway/secret.ts";
import { type Accepted, acceptMessage } from "../gateway/sending/accept.ts";
import { authenticate } from "./authenticate.ts";
import { parseJson, takeJson } from "./body.ts";
import { honourKeys, keyedAnswer, workedOnce } from "./idempotency.ts";
import { asGatewayError, retryAfter } from "./problem.ts";
import type { Server } from "./server.ts";
import { channelFor } from "./sight.ts";

/** The Cloud API drop-in: Meta's request, Meta's answer, Meta's errors, on any channel. */
export function cloudRoutes(app: FastifyInstance, server: Server): void {
  const { gateway } = server;
  app.register(async (cloud) => {
    takeJson(cloud);
    cloud.setErrorHandler((error: Error, request, reply) => {
      const refusal = asGatewayError(error, gateway.log, request);
      reply.problem = refusal.code;
      const { status, body } = cloudError(refusal, newToken());
      return retryAfter(reply, refusal).code(status).send(body);
    });
    authenticate(cloud, server);
    honourKeys(cloud, server);
    const path = "/:version(^v\\d+\\.\\d+$)/:phone_number_id/messages";
    cloud.post(path, { config: { storesItsAnswer: true } }, async (request, reply) => {
      const { phone_number_id } = request.params as { phone_number_id: string };
      const channel = channelFor(request.caller, gateway, phone_number_id);
      const body = unpacked(request.body);
      const answer = ({ message }: Accepted) => cloudAccepted(inputOf(body), message.address, message.id);
      const keyed = (accepted: Accepted) => keyedAnswer(request, 200, answer(accepted));
      const accepting = { id: newWamid(), keyed, trace: traceIn(request.headers.traceparent) };
      return workedOnce({ request, reply }, async () =>
        answer(await acceptMessage(gateway, validCloud(channel.id, body), accepting)),
      );
    });
  });
}

/** Graph takes JSON text where an object or a list is due; whatsapp-api-js 6.3.0 writes contacts so. */
function unpacked(body: unknown): unknown {
  if (!isObject(body) || typeof body.type !== "string") return body;
  const content = body[body.type];
  if (typeof content !== "string" || !/^\s*[[{]/.test(content)) return body;
  return { ...body, [body.type]: parseJson(Buffer.from(content)) };
}

function validCloud(channelId: string, body: unknown) {
  const translated = fromCloud(channelId, body);
  const valid = "problems" in translated ? translated : validateSend(translated.request);
  if ("problems" in valid)
    throw new GatewayError("invalid_message", "Nothing was sent.", { errors: valid.problems });
  return valid;
}

function inputOf(body: unknown): string {
  return isObject(body) ? String(body.to ?? body.recipient) : "";
}
