import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { sees } from "../core/caller.ts";
import { timestamp } from "../core/clock.ts";
import { ambiguityPolicies, failurePolicies, type RenderOptions } from "../core/message.ts";
import type { Platform, PlatformName } from "../core/platform.ts";
import { GatewayError } from "../core/problem.ts";
import { optionsSchema } from "../core/schema.ts";
import { optionsProblems } from "../core/validate.ts";
import { goingOn } from "../gateway/connecting/channels.ts";
import { announce, changedCredentials, connectChannel } from "../gateway/connecting/connect.ts";
import { keepBehindPause } from "../gateway/connecting/restricted.ts";
import { renewed } from "../gateway/connecting/revoked.ts";
import { webhookPath } from "../gateway/connecting/webhook-path.ts";
import { retentionConflict } from "../gateway/keeping/retention.ts";
import type { Retention } from "../store/retaining.ts";
import type { ChannelRow } from "../store/rows.ts";
import { admitAgain } from "./authenticate.ts";
import { healthJson } from "./channel-health.ts";
import { idOf } from "./found.ts";
import { takeOver } from "./registration.ts";
import type { Server } from "./server.ts";
import { invalidBody, readBody } from "./shape.ts";
import { channelFor } from "./sight.ts";

const { $schema: _, ...optionsJsonSchema } = z.toJSONSchema(optionsSchema, { io: "input" });
/** Described as a message's options are, and judged by the same rules: see `validOptions`. */
const options = z
  .unknown()
  .meta({
    ...optionsJsonSchema,
    description: "For all messages of the channel; those of a message win, key by key.",
  })
  .optional();
const onAmbiguous = z
  .enum(ambiguityPolicies)
  .optional()
  .describe("For messages that say nothing themselves: what becomes of one that left and was not answered.");
const onFailed = z
  .enum(failurePolicies)
  .optional()
  .describe("The same: `block` holds up what is behind a message that failed, expired or is unknown.");
const days = (what: string) =>
  z.int().min(0).max(36_500).optional().describe(`Days for which ${what} is kept; 0: for ever.`);
const retention = z
  .strictObject({ content_days: days("what was said"), records_days: days("that something was, and when,") })
  .describe("How long what the channel has is kept, where that is not as the settings say.");
const throughput = z
  .int()
  .min(1)
  .describe(
    "How many messages the platform takes from this channel in a second, where that is not the usual number.",
  );
export const newChannelSchema = z.strictObject({
  platform: z.string().describe("One of the platforms that GET /v1/capabilities lists."),
  credentials: z
    .record(z.string(), z.string())
    .describe("The platform's own fields; GET /v1/capabilities lists them."),
  name: z.string().min(1).max(200).optional(),
  options,
  on_ambiguous: onAmbiguous,
  on_failed: onFailed,
  messages_per_second: throughput.optional(),
  retention: retention.optional(),
  simulated: z
    .boolean()
    .optional()
    .describe("True: an account of the simulator that runs beside this gateway."),
  take_over: takeOver,
});
export const channelChangeSchema = z.strictObject({
  paused: z.boolean().optional().describe("True: sending waits, receiving goes on."),
  credentials: z
    .record(z.string(), z.string())
    .optional()
    .describe("Those that change, a new token say. They are tried first; the account stays the same."),
  name: z.string().min(1).max(200).optional(),
  options,
  on_ambiguous: onAmbiguous,
  on_failed: onFailed,
  messages_per_second: throughput.nullable().optional(),
  retention: retention.nullable().optional().describe("null: as the settings say."),
});

export function channelRoutes(app: FastifyInstance, server: Server): void {
  const { gateway, lanes, receivers } = server;

  app.get("/v1/channels", async ({ caller }) => {
    const seen = gateway.channels.all().filter((channel) => sees(caller, channel.id));
    return { data: await Promise.all(seen.map((one) => channelJson(one, server))), next_cursor: null };
  });

  app.get("/v1/channels/:id", async (request) => channelJson(named(request), server));

  app.post("/v1/channels", async (request, reply) => {
    const body = readBody(newChannelSchema, request.body);
    const { platform, credentials, name, simulated } = body;
    const wish = {
      platform: knownPlatform(platform),
      credentials,
      name,
      simulated,
      options: validOptions(body.options),
      onAmbiguous: body.on_ambiguous,
      onFailed: body.on_failed,
      messagesPerSecond: validPace(gateway.platforms[knownPlatform(platform)], body.messages_per_second),
      retention: validRetention(server, body.retention),
      baseUrl: simulatorUrl(simulated),
    };
    const channel = await connectChannel(gateway, wish, () => admitAgain(request, server));
    receivers.follow(channel, body.take_over);
    return reply.code(201).send(await channelJson(channel, server));
  });

  app.patch("/v1/channels/:id", async (request) => {
    const wish = readBody(channelChangeSchema, request.body);
    const before = named(request);
    const change = await wishedChange(server, before, wish);
    admitAgain(request, server);
    named(request);
    const { channels } = gateway;
    const isRenewed = wish.credentials !== undefined && wish.paused === undefined;
    const { channel: after, isGoingOn } = isRenewed
      ? await channels.renew(before.id, change)
      : { channel: await updated(server, before.id, change), isGoingOn: false };
    if (wish.credentials) gateway.refusedWebhooks.clear(after.id);
    if (wish.credentials) await receivers.renew(after);
    // Before the event, which a full disk may refuse: a second try would find nothing changed.
    if ((before.paused || isGoingOn) && !after.paused) lanes.wakeChannel(after.id);
    if (isGoingOn || after.paused !== before.paused) {
      const reason = isGoingOn ? renewed : undefined;
      if (after.paused)
        gateway.meter.count("antiphon_pauses_total", { platform: after.platform, reason: "person" });
      await announce(gateway, after, after.paused ? "channel.paused" : "channel.resumed", reason);
    }
    return channelJson(after, server);
  });

  app.delete("/v1/channels/:id", async (request, reply) => {
    const channel = named(request);
    await gateway.channels.remove(channel.id, gateway.clock.now());
    await receivers.forget(channel.id);
    await announce(gateway, channel, "channel.removed");
    return reply.code(204).send();
  });

  function named(request: FastifyRequest): ChannelRow {
    return channelFor(request.caller, gateway, idOf(request));
  }

  function knownPlatform(name: string): PlatformName {
    if (Object.hasOwn(gateway.platforms, name)) return name as PlatformName;
    const known = Object.keys(gateway.platforms).join(", ");
    const message = `There is no platform ${JSON.stringify(name.slice(0, 40))}; there are ${known}.`;
    throw invalidBody([{ pointer: "/platform", rule: "one_of", message }], message);
  }

  function simulatorUrl(simulated: boolean | undefined): string | undefined {
    if (!simulated) return undefined;
    if (server.settings.simulatorUrl) return server.settings.simulatorUrl;
    const message = "Simulated accounts work only where the gateway listens on loopback.";
    throw invalidBody([{ pointer: "/simulated", rule: "not_here", message }], message);
  }
}

/** What the platform says of the account is kept beside a person's pause. */
function updated({ gateway }: Server, id: string, change: Partial<ChannelRow>): Promise<ChannelRow> {
  const keep = change.paused ? (before: ChannelRow) => keepBehindPause(gateway, before) : undefined;
  return gateway.channels.update(id, change, keep);
}

async function wishedChange(
  server: Server,
  before: ChannelRow,
  wish: z.infer<typeof channelChangeSchema>,
): Promise<Partial<ChannelRow>> {
  const { gateway } = server;
  const { paused, credentials, name, on_ambiguous, on_failed, messages_per_second } = wish;
  if (paused === false && before.isUnreadable && !credentials)
    throw new GatewayError("conflict", before.pausedReason ?? "The channel's credentials cannot be read.");
  const options = validOptions(wish.options);
  const messagesPerSecond = validPace(gateway.platforms[before.platform], messages_per_second ?? undefined);
  return {
    ...(name !== undefined && { name }),
    ...(options && { options }),
    ...(on_ambiguous && { onAmbiguous: on_ambiguous }),
    ...(on_failed && { onFailed: on_failed }),
    ...(messages_per_second !== undefined && { messagesPerSecond }),
    ...(wish.retention !== undefined && { retention: validRetention(server, wish.retention ?? undefined) }),
    ...(credentials && (await changedCredentials(gateway, before, credentials))),
    ...(paused && { ...goingOn, paused, pausedReason: "paused by request" }),
    ...(paused === false && goingOn),
  };
}

/** `records_days` that are fewer than those of content would not be kept to: they are refused, not passed over. */
function validRetention(
  { keeper }: Server,
  wish: z.infer<typeof retention> | undefined,
): Retention | undefined {
  if (wish?.records_days !== undefined) {
    const content = wish.content_days ?? keeper.days.contentDays;
    const message = retentionConflict(content, wish.records_days);
    const hint = "Give records_days of at least content_days, or 0 (for ever), or fewer content_days.";
    const pointer = "/retention/records_days";
    if (message) throw invalidBody([{ pointer, rule: "minimum", message: `By this ${message}`, hint }]);
  }
  return wish && { contentDays: wish.content_days, recordsDays: wish.records_days };
}

function validOptions(options: unknown): RenderOptions | undefined {
  const errors = options === undefined ? [] : optionsProblems(options);
  if (errors.length > 0) throw invalidBody(errors);
  return options as RenderOptions | undefined;
}

function validPace({ title, capabilities }: Platform, wish: number | undefined): number | undefined {
  const { perSecond, maxPerSecond = perSecond } = capabilities.pace.channel;
  if (wish === undefined || wish <= maxPerSecond) return wish;
  const message = `${title} takes at most ${maxPerSecond} messages a second from a channel.`;
  const at = { pointer: "/messages_per_second", rule: "maximum", limit: maxPerSecond, actual: wish };
  throw invalidBody([{ ...at, message }], message);
}

/** Credentials are told by name only. */
async function channelJson(channel: ChannelRow, { gateway, receivers, settings }: Server) {
  const waiting = gateway.channels.isSuspended(channel.id)
    ? "suspended: not on loopback"
    : receivers.waiting.get(channel.id);
  return {
    id: channel.id,
    platform: channel.platform,
    natural_id: channel.naturalId,
    name: channel.name,
    simulated: channel.simulated,
    paused: gateway.channels.isHeld(channel),
    paused_reason: channel.pausedReason,
    receiving: waiting === undefined ? { state: "ok" } : { state: "waiting", reason: waiting },
    credentials: Object.keys(channel.credentials),
    app: channel.appId,
    options: channel.options,
    on_ambiguous: channel.onAmbiguous,
    on_failed: channel.onFailed,
    retention: channel.retention && {
      content_days: channel.retention.contentDays,
      records_days: channel.retention.recordsDays,
    },
    webhook_url: settings.publicUrl && settings.publicUrl + webhookPath(gateway, channel),
    messages_per_second: channel.messagesPerSecond,
    health: await healthJson(gateway, channel),
    created_at: timestamp(channel.createdAt),
  };
}
