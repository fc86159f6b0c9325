import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { sees } from "../core/caller.ts";
import { type Clock, timestamp, wallTimeOf } from "../core/clock.ts";
import { kindOf } from "../core/message.ts";
import { previewOnEach } from "../core/preview.ts";
import { GatewayError } from "../core/problem.ts";
import { traceIn } from "../core/tracing.ts";
import { validatePreview, validateSend } from "../core/validate.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { type Accepted, acceptMessage, planMessage } from "../gateway/sending/accept.ts";
import { cancelMessage, resolutions, resolveMessage } from "../gateway/sending/intervene.ts";
import type { PageRequest } from "../store/paging.ts";
import type { CallAttempt, CallRow, MessageDetail, MessageRow, StatusChange } from "../store/rows.ts";
import { bodyMayBeEmpty } from "./body.ts";
import { filledPage, maxParts, maxPartsOfTexts } from "./filled-page.ts";
import { found, idOf } from "./found.ts";
import { keyedAnswer, workedOnce } from "./idempotency.ts";
import { messageWish } from "./message-wish.ts";
import { pageJson, readOneOf } from "./query.ts";
import type { Server } from "./server.ts";
import { readBody } from "./shape.ts";
import { channelFor } from "./sight.ts";

export function messageRoutes(app: FastifyInstance, { gateway }: Server): void {
  const { clock } = gateway;
  app.post("/v1/messages", { config: { storesItsAnswer: true } }, (request, reply) =>
    workedOnce({ request, reply }, async () => {
      const keyed = (accepted: Accepted) => keyedAnswer(request, 202, acceptedJson(accepted));
      const accepted = await acceptMessage(gateway, validSend(request, gateway), {
        keyed,
        trace: traceIn(request.headers.traceparent),
      });
      return reply.code(202).send(acceptedJson(accepted));
    }),
  );

  app.post("/v1/messages/preview", async (request) => {
    const valid = validatePreview(request.body);
    if ("problems" in valid) throw invalid(valid.problems);
    const { request: preview, normalised } = valid;
    if ("platforms" in preview) {
      return { data: previewOnEach(gateway.platforms, preview, normalised), warnings: valid.warnings };
    }
    const plan = await planMessage(gateway, {
      request: fromOwn(preview, request, gateway),
      normalised,
      warnings: [],
    });
    const { channel, adaptation, rendering } = plan;
    const warnings = [...valid.warnings, ...plan.warnings];
    return { channel: channel.id, platform: channel.platform, adaptation, calls: rendering.calls, warnings };
  });

  app.get("/v1/messages", async (request, reply) => {
    const wish = messageWish(request, gateway);
    const page = await filledPage(wish, {
      read: (part: PageRequest) => gateway.store.messages({ ...wish, ...part }),
      most: wish.text === undefined ? maxParts : maxPartsOfTexts,
      isGone: () => reply.raw.destroyed,
    });
    const present = (message: MessageRow) => messageJson(clock, message);
    if (readOneOf("include", (request.query as { include?: string }).include, ["calls"]) === undefined)
      return pageJson(page, present);
    const calls = await gateway.store.callsOf(page.rows.map(({ id }) => id));
    return pageJson(page, (message) => ({
      ...present(message),
      calls: calls.get(message.id)?.map((call) => callJson(clock, call)),
    }));
  });

  app.get("/v1/messages/:id", async (request) => {
    return detailJson(clock, await named(request));
  });

  app.post("/v1/messages/:id/resolve", async (request) => {
    const { outcome } = readBody(resolutionSchema, request.body);
    const { message } = await named(request);
    return detailJson(clock, await resolveMessage(gateway, message.id, outcome));
  });

  app.post("/v1/messages/:id/cancel", bodyMayBeEmpty, async (request) => {
    const { message } = await named(request);
    return detailJson(clock, await cancelMessage(gateway, message.id));
  });

  async function named(request: FastifyRequest): Promise<MessageDetail> {
    const detail = await gateway.store.message(idOf(request));
    return found(detail && sees(request.caller, detail.message.channelId) ? detail : undefined, "message");
  }
}

/** The body of `POST /v1/messages/{id}/resolve`. */
export const resolutionSchema = z.strictObject({
  outcome: z
    .enum(resolutions)
    .describe(
      "What became of it: `sent` or `failed`; `resend` to send it again, `skip` to let the conversation go on without it.",
    ),
});

function validSend(request: FastifyRequest, gateway: Gateway) {
  const valid = validateSend(request.body);
  if ("problems" in valid) throw invalid(valid.problems);
  return { ...valid, request: fromOwn(valid.request, request, gateway) };
}

/** The same, from a channel that is the caller's. */
function fromOwn<Send extends { from: string }>(
  send: Send,
  { caller }: FastifyRequest,
  gateway: Gateway,
): Send {
  return { ...send, from: channelFor(caller, gateway, send.from).id };
}

function invalid(errors: GatewayError["errors"]): GatewayError {
  const count = errors.length === 1 ? "1 problem" : `${errors.length} problems`;
  return new GatewayError("invalid_message", `The message has ${count}; nothing was sent.`, { errors });
}

function acceptedJson({ message, channel, adaptation, warnings }: Accepted) {
  return {
    id: message.id,
    status: message.status,
    channel: channel.id,
    platform: channel.platform,
    to: message.address,
    adaptation,
    warnings,
  };
}

function messageJson(clock: Clock, message: MessageRow) {
  return {
    id: message.id,
    direction: message.direction,
    status: message.status,
    channel: message.channelId,
    platform: message.platform,
    conversation: message.conversationId,
    contact: message.contact,
    [message.direction === "out" ? "to" : "from"]: message.address,
    type: kindOf(message.content),
    content: message.content,
    platform_ids: message.platformIds,
    metadata: message.metadata,
    on_ambiguous: message.onAmbiguous,
    on_failed: message.onFailed,
    adaptation: message.adaptation,
    problem: message.problem,
    erased_at: message.erasedAt === undefined ? undefined : timestamp(message.erasedAt),
    created_at: timestamp(message.createdAt),
    expires_at: message.expiresAt === undefined ? undefined : timestamp(wallTimeOf(clock, message.expiresAt)),
  };
}

function detailJson(clock: Clock, { message, calls, attempts, history }: MessageDetail) {
  return {
    ...messageJson(clock, message),
    calls: calls.map((call) => ({
      ...callJson(clock, call),
      attempts: attempts.filter(({ callId }) => callId === call.id).map(attemptJson),
    })),
    history: history.map(changeJson),
  };
}

function callJson(clock: Clock, row: CallRow) {
  return {
    id: row.id,
    ...row.call,
    state: row.state,
    tries: row.tries,
    due_at: timestamp(wallTimeOf(clock, row.dueAt)),
    platform_ids: row.platformIds,
    problem: row.problem,
  };
}

function attemptJson({ at, endedAt, outcome, httpStatus, problem }: CallAttempt) {
  return { at: timestamp(at), latency_ms: endedAt - at, outcome, http_status: httpStatus, problem };
}

function changeJson({ status, at, source, receipt, matchedBy, problem }: StatusChange) {
  return { status, at: timestamp(at), source, receipt, matched_by: matchedBy, problem };
}
