import type { JsonObject } from "../../../core/json.ts";
import type { Handling, SimulatedRequest, World } from "../../../core/simulation.ts";
import { appById, appByToken, appOf, type MetaApp, saveApp } from "./apps.ts";
import { accountByToken, debugToken } from "./debug-token.ts";
import { done, graphPath, listOf, parameters, tokenOf } from "./graph-request.ts";
import { handshake, isCallbackUrl } from "./handshake.ts";
import {
  badSignature,
  badToken,
  MetaRefusal,
  noToken,
  refusalAnswer,
  refuse,
  unsupported,
} from "./refusal.ts";
import { checkProof } from "./secret-proof.ts";
import { webhookFields } from "./webhook-fields.ts";

function objectOf(given: JsonObject): string {
  const objects = Object.keys(webhookFields);
  const object = given.object;
  if (object === undefined) refuse(100, "The parameter object is required");
  if (typeof object === "string" && objects.includes(object)) return object;
  refuse(100, `Param object must be one of {${objects.join(", ")}} - got "${String(object)}".`);
}

/** Refuses a field that such an object does not have. */
export function checkFields(object: string, fields: readonly string[], parameter: string): void {
  const known = webhookFields[object] ?? [];
  const index = fields.findIndex((field) => !known.includes(field));
  if (index < 0) return;
  refuse(100, `Param ${parameter}[${index}] must be one of {${known.join(", ")}} - got "${fields[index]}".`);
}

/** A subscription replaces the one before it of the same object. */
function subscribe(world: World, app: MetaApp, given: JsonObject): Handling {
  const object = objectOf(given);
  const fields = listOf(given.fields);
  const { callback_url: url, verify_token: verifyToken } = given;
  if (url === undefined) refuse(100, "The parameter callback_url is required");
  if (!isCallbackUrl(url)) refuse(100, "callback_url should represent a valid URL");
  if (typeof verifyToken !== "string" || verifyToken === "") {
    refuse(100, "The parameter verify_token is required");
  }
  if (fields.length === 0) refuse(100, "The parameter fields is required");
  checkFields(object, fields, "fields");
  return handshake(world, { url, verifyToken }, (passed) => {
    if (!passed) {
      const sentence = "(#2200) Callback verification failed: no 200 with the challenge as its body";
      return refusalAnswer(new MetaRefusal(2200, sentence), world.random(22));
    }
    const now = appById(world, app.app_id) ?? app;
    const subscriptions = { ...now.subscriptions, [object]: { callback_url: url, fields } };
    saveApp(world, { ...now, subscriptions });
    return { status: 200, body: { success: true } };
  });
}

/** Without an object all go; without fields all of the object's. */
function unsubscribe(world: World, app: MetaApp, given: JsonObject): Handling {
  const gone = listOf(given.fields);
  const subscriptions = { ...app.subscriptions };
  for (const object of given.object === undefined ? Object.keys(subscriptions) : [objectOf(given)]) {
    const current = subscriptions[object];
    const kept = (current?.fields ?? []).filter((field) => gone.length > 0 && !gone.includes(field));
    if (current && kept.length > 0) subscriptions[object] = { ...current, fields: kept };
    else delete subscriptions[object];
  }
  saveApp(world, { ...app, subscriptions });
  return done();
}

function list(app: MetaApp, version: string): Handling {
  const data = Object.entries(app.subscriptions).map(([object, { callback_url, fields }]) => ({
    object,
    callback_url,
    active: true,
    fields: fields.map((name) => ({ name, version })),
  }));
  return done({ data });
}

/** The app that a token was made for, an app's own or an account's; Instagram Login's are not told about here. */
function appOfToken(world: World, request: SimulatedRequest): Handling {
  const token = tokenOf(request);
  if (token === undefined) noToken();
  const account = accountByToken(world, token);
  const app =
    appByToken(world, token) ?? (account && account.platform !== "instagram" && appOf(world, account));
  if (!app) badToken();
  checkProof(request, token, app);
  return done({ name: app.name, link: "", id: app.app_id });
}

/** Calls on an app's own node, `/{app_id}` and `/{app_id}/subscriptions`, and `/debug_token`; null for others. */
export function onApp(world: World, request: SimulatedRequest): Handling | null {
  const { node, edge } = graphPath(request.path) ?? { node: "", edge: "" };
  if (node === "debug_token" && edge === "" && request.method === "GET") return debugToken(world, request);
  const byToken = appByToken(world, tokenOf(request) ?? "");
  const token = tokenOf(request);
  if (node === "app" && edge === "" && request.method === "GET") return appOfToken(world, request);
  const app = node === "app" ? byToken : appById(world, node);
  if (!app) return null;
  if (token === undefined) noToken();
  if (!byToken && token.startsWith(`${app.app_id}|`)) badSignature();
  if (byToken?.app_id !== app.app_id) refuse(15, "This method must be called with an app access_token.");
  checkProof(request, token, app);
  const given = parameters(request);
  switch (`${request.method} ${edge}`) {
    case "GET ":
      return done({ name: app.name, link: "", id: app.app_id });
    case "GET subscriptions":
      return list(app, /^\/(v[\d.]+)/.exec(request.path)?.[1] ?? "");
    case "POST subscriptions":
      return subscribe(world, app, given);
    case "DELETE subscriptions":
      return unsubscribe(world, app, given);
    default:
      return unsupported(request.method, node);
  }
}
