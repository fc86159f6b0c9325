import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { timestamp } from "../core/clock.ts";
import { eventTypes } from "../core/event.ts";
import { GatewayError } from "../core/problem.ts";
import { defaultReplayPerSecond } from "../gateway/delivering/replay.ts";
import type { ReplayRow, ReplayWish } from "../store/replaying.ts";
import { admitAgain } from "./authenticate.ts";
import { maxChannels } from "./endpoint-schema.ts";
import { namedEndpoint } from "./endpoints.ts";
import { found, idOf } from "./found.ts";
import type { Server } from "./server.ts";
import { invalidBody, readBody } from "./shape.ts";
import { ownChannels } from "./sight.ts";
import { timeSchema } from "./time.ts";

export const replaySchema = z.strictObject({
  ids: z.array(z.string().max(100)).min(1).max(1000).optional().describe("Events by their ids."),
  since: timeSchema.optional().describe("What happened then or later."),
  until: timeSchema.optional().describe("What happened before then."),
  state: z.literal("dead").optional().describe("Dead letters of this endpoint alone."),
  types: z.array(z.enum(eventTypes)).min(1).max(eventTypes.length).optional(),
  channels: z.array(z.string()).min(1).max(maxChannels).optional().describe("By id or natural id."),
  conversation: z.string().max(100).optional().describe("By its id."),
  max_per_second: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(`How many are told a second at most; ${defaultReplayPerSecond} if absent.`),
  dry_run: z.boolean().optional().describe("True: only tells how many they are."),
});

export function replayRoutes(app: FastifyInstance, server: Server): void {
  const { gateway, notifier } = server;
  const { store } = gateway;
  const named = (request: FastifyRequest) => namedEndpoint(gateway, request);

  app.post("/v1/endpoints/:id/replay", async (request, reply) => {
    const { id, disabled } = await named(request);
    const asked = readBody(replaySchema, request.body);
    const wish = wishOf(request, asked);
    const isCounted = asked.dry_run || asked.ids !== undefined;
    const asker = { keyId: request.caller.keyId, demand: () => admitAgain(request, server) };
    const total = isCounted ? await notifier.replays.count(id, wish, asker) : undefined;
    if (asked.ids && total === 0) throw noneOfThem();
    if (asked.dry_run) return { dry_run: true, total };
    if (disabled)
      throw new GatewayError("conflict", "The gateway has switched this endpoint off. Enable it first.");
    const perSecond = asked.max_per_second ?? defaultReplayPerSecond;
    return reply.code(202).send(replayJson(await notifier.replays.begin(id, wish, perSecond, asker)));
  });

  app.get("/v1/endpoints/:id/replays", async (request) => {
    const { id } = await named(request);
    return { data: (await store.replays(id)).map(replayJson), next_cursor: null };
  });

  app.get("/v1/endpoints/:id/replays/:replay", async (request) => replayJson(await replayOf(request)));

  app.delete("/v1/endpoints/:id/replays/:replay", async (request) => {
    const { id } = await replayOf(request);
    return replayJson(found(await store.cancelReplay(id), "replay"));
  });

  async function replayOf(request: FastifyRequest): Promise<ReplayRow> {
    await named(request);
    const replay = await store.replay((request.params as { replay: string }).replay);
    return found(replay?.endpointId === idOf(request) ? replay : undefined, "replay");
  }

  function wishOf({ caller }: FastifyRequest, asked: z.infer<typeof replaySchema>): ReplayWish {
    const { since, until, channels, ...rest } = asked;
    const { ids, state, types, conversation } = rest;
    // All there ever was is a wish to be spelled out.
    if (!ids && !since && !state) {
      const message = "Say what is replayed: ids, since (a time), or state.";
      throw invalidBody([{ pointer: "", rule: "required", message }]);
    }
    if (since && until && Date.parse(until) <= Date.parse(since)) {
      const message = "until is not after since: no time lies between them.";
      throw invalidBody([{ pointer: "/until", rule: "after", message, hint: "Give a later time." }]);
    }
    return {
      ids,
      state,
      types,
      conversation,
      since: since === undefined ? undefined : Date.parse(since),
      until: until === undefined ? undefined : Date.parse(until),
      channels: channels && ownChannels(caller, gateway, channels),
    };
  }
}

/** Which of the reasons it is would tell a key of what it may not see. */
function noneOfThem(): GatewayError {
  const message = "None of these is an event that this endpoint could be told.";
  const hint =
    "Check the ids; they may be too old, or of another type, channel or conversation than asked for.";
  return invalidBody([{ pointer: "/ids", rule: "unknown", message, hint }]);
}

function replayJson(row: ReplayRow) {
  return {
    id: row.id,
    endpoint: row.endpointId,
    state: row.state,
    total: row.total,
    queued: row.queued,
    skipped: row.skipped,
    delivered: row.delivered,
    dead: row.dead,
    max_per_second: row.perSecond,
    created_at: timestamp(row.createdAt),
  };
}
