import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { timestamp } from "../core/clock.ts";
import { GatewayError } from "../core/problem.ts";
import { secretProblem } from "../gateway/connecting/apps.ts";
import { newApp } from "../gateway/connecting/connect-app.ts";
import { resume } from "../gateway/connecting/revoked.ts";
import { appWebhookPath } from "../gateway/connecting/webhook-path.ts";
import { newWebhookSecret } from "../gateway/secret.ts";
import type { AppRow } from "../store/rows.ts";
import { idOf } from "./found.ts";
import type { Server } from "./server.ts";
import { invalidBody, readBody, rule } from "./shape.ts";
import { seesApp } from "./sight.ts";

const secret = z.string().superRefine(rule("format", secretProblem));
const secrets = z
  .array(secret)
  .min(1)
  .max(4)
  .superRefine(
    rule("unique", (all: string[]) =>
      new Set(all).size === all.length ? undefined : "Each secret is given once.",
    ),
  )
  .describe("The one in force first; the former ones while webhooks may still be signed with them.");
const name = z.string().min(1).max(200);

export const newAppSchema = z.strictObject({
  app_id: z
    .string()
    .superRefine(rule("format", (text) => (/^\d{1,32}$/.test(text) ? undefined : "An app id is digits.")))
    .describe("The provider's own id of the app: digits."),
  app_secret: secret.optional(),
  app_secrets: secrets.optional(),
  name: name.optional(),
});
export const appChangeSchema = z.strictObject({ app_secrets: secrets.optional(), name: name.optional() });

/** Apps whose one webhook serves several channels. */
export function appRoutes(app: FastifyInstance, server: Server): void {
  const { gateway, lanes, receivers } = server;

  app.get("/v1/apps", async ({ caller }) => {
    const unrouted = await gateway.store.unroutedParts();
    const shown = gateway.apps.all().filter((one) => seesApp(caller, gateway, one));
    return { data: shown.map((one) => appJson(one, server, unrouted)), next_cursor: null };
  });

  app.get("/v1/apps/:id", async (request) => shown(named(request)));

  app.post("/v1/apps", async (request, reply) => {
    const { app_id, app_secret, app_secrets, name } = readBody(newAppSchema, request.body);
    const given = app_secrets ?? (app_secret === undefined ? [] : [app_secret]);
    if (given.length === 0 || (app_secret !== undefined && app_secrets !== undefined)) {
      const message = "Give either app_secret or app_secrets.";
      throw invalidBody([{ pointer: "/app_secret", rule: "required", message }]);
    }
    const known = gateway.apps.find(app_id);
    if (known) throw new GatewayError("conflict", `App ${app_id} is known already, as ${known.id}.`);
    const made = newApp(gateway, { appId: app_id, secrets: given, name });
    await gateway.apps.add(made);
    gateway.tenure.lookForWork();
    return reply.code(201).send(await shown(made));
  });

  app.patch("/v1/apps/:id", async (request) => {
    const { app_secrets, name } = readBody(appChangeSchema, request.body);
    const before = named(request);
    const renewed = before.isUnreadable && { verifyToken: newWebhookSecret(), isUnreadable: undefined };
    const secretChange = app_secrets && { secrets: app_secrets, ...renewed };
    const app = await gateway.apps.update(before.id, {
      ...secretChange,
      ...(name !== undefined && { name }),
    });
    if (app_secrets) gateway.refusedWebhooks.clear(app.id);
    if (app_secrets && before.isUnreadable) await goOn(app.id);
    if (app_secrets) await tryAgain(app.id);
    return shown(app);
  });

  app.delete("/v1/apps/:id", async (request, reply) => {
    const { id } = named(request);
    const served = gateway.channels.of(id).map((channel) => channel.id);
    if (served.length > 0) {
      throw new GatewayError("conflict", "The app still serves channels.", {
        extra: { channels: served, hint: "Remove those channels first." },
      });
    }
    await gateway.apps.remove(id, gateway.clock.now());
    return reply.code(204).send();
  });

  /** Its channels rested with it: they are registered with its new verify token, and what waits leaves. */
  async function goOn(appId: string): Promise<void> {
    for (const channel of gateway.channels.of(appId)) {
      await receivers.renew(channel);
      lanes.wakeChannel(channel.id);
    }
  }

  /** A secret that was wrong makes every token be refused. */
  async function tryAgain(appId: string): Promise<void> {
    for (const { id } of gateway.channels.of(appId)) if (await resume(gateway, id)) lanes.wakeChannel(id);
  }

  function named(request: FastifyRequest): AppRow {
    return gateway.apps.named(idOf(request), (one) => seesApp(request.caller, gateway, one));
  }

  async function shown(one: AppRow) {
    return appJson(one, server, await gateway.store.unroutedParts());
  }
}

/** Secrets are counted, never told; the verify token is, because it is pasted into the provider's dashboard. */
function appJson(
  app: AppRow,
  { gateway, settings }: Server,
  unrouted: ReadonlyMap<string, { unknown: number; refused: number }>,
) {
  return {
    id: app.id,
    provider: app.provider,
    app_id: app.appId,
    name: app.name,
    secrets: app.secrets.length,
    webhook_url: settings.publicUrl && settings.publicUrl + appWebhookPath(app),
    verify_token: app.verifyToken,
    channels: gateway.channels.of(app.id).map((channel) => channel.id),
    unrouted: unrouted.get(app.id) ?? { unknown: 0, refused: 0 },
    created_at: timestamp(app.createdAt),
  };
}
