import type { JsonObject } from "../../core/json.ts";
import { GatewayError } from "../../core/problem.ts";
import {
  checkWishes,
  type Handling,
  type SimulatedAccount,
  type SimulatedPlatform,
  type SimulatedRequest,
  type World,
} from "../../core/simulation.ts";
import { onApp } from "../meta/simulator/app-node.ts";
import { appOf, joinApp, saveApp } from "../meta/simulator/apps.ts";
import { graphPath, tokenOf } from "../meta/simulator/graph-request.ts";
import { demand, grantedTo, wishedPermissions } from "../meta/simulator/permissions.ts";
import { MetaRefusal, refusalAnswer } from "../meta/simulator/refusal.ts";
import { checkProof } from "../meta/simulator/secret-proof.ts";
import { batchEntries, retryAfterMs, signedPost } from "../meta/simulator/webhook.ts";
import { GraphRefusal, graphAnswer } from "./simulator/graph-error.ts";
import { perform } from "./simulator/inbound.ts";
import { download, mediaInfo, uploadMedia } from "./simulator/media.ts";
import { newPerson } from "./simulator/people.ts";
import { markRead, send } from "./simulator/send.ts";
import {
  configureNumber,
  describeNumber,
  done,
  subscribe,
  subscriptions,
  unsubscribe,
} from "./simulator/settings.ts";
import { tellStanding } from "./simulator/standing.ts";
import { accountState, webhookTarget } from "./simulator/webhook.ts";

const attachments = "/whatsapp_business/attachments/";

/** Of all that graph.facebook.com is asked: asked last, it answers also what is no account's at all. */
const owns = (path: string) => path === attachments || graphPath(path) !== undefined;

function newAccount(world: World, wishes: JsonObject): SimulatedAccount {
  const fields = {
    name: "text",
    edits: "flag",
    app: "text",
    permissions: "text",
    requires_proof: "flag",
  } as const;
  checkWishes(wishes, fields, "a WhatsApp account");
  const app = joinApp(world, wishes.app as string | undefined);
  if (wishes.requires_proof === true) saveApp(world, { ...app, requires_proof: true });
  const permissions = wishedPermissions(wishes.permissions);
  const serial = world.next("whatsapp account", 1);
  const secret = (what: string) => world.digest(`whatsapp ${what} ${serial}`);
  const shown = {
    app_id: app.app_id,
    waba_id: String(102290129340000 + serial),
    display_phone_number: `+1 555-020-${String(1000 + serial)}`,
  };
  return {
    platform: "whatsapp",
    id: String(106540352240000 + serial),
    token: `EAAsimulated${secret("token").slice(0, 48)}`,
    shown: { ...shown, app_secret: app.app_secret },
    state: {
      ...shown,
      ...(permissions ? { permissions } : {}),
      verified_name: typeof wishes.name === "string" ? wishes.name : `Simulated business ${serial}`,
      subscribed: false,
      edits: wishes.edits !== false,
    },
  };
}

function authenticate(world: World, request: SimulatedRequest): SimulatedAccount {
  const token = tokenOf(request);
  if (token === undefined) throw new GraphRefusal(104, "");
  const account = world.accounts("whatsapp").find((known) => known.token === token);
  if (!account) throw new GraphRefusal(190, "");
  return account;
}

function unsupported(method: string, id: string): never {
  throw new GraphRefusal(
    100,
    `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
    33,
  );
}

function onNumber(
  world: World,
  account: SimulatedAccount,
  request: SimulatedRequest,
  edge: string,
): Handling | null {
  switch (`${request.method} ${edge}`) {
    case "GET ":
      return describeNumber(world, account, request.query.fields);
    case "POST ":
      return configureNumber(world, account, request.body);
    case "POST media":
      return done(uploadMedia(world, account, request));
    case "POST messages": {
      demand(world, account, "whatsapp_business_messaging");
      if (request.body.status !== undefined) {
        const { person } = markRead(world, account, request.body);
        return { kind: "answer", answer: { status: 200, body: { success: true } }, person };
      }
      const { body, person } = send(world, account, request.body);
      return { kind: "answer", answer: { status: 200, body }, person };
    }
    default:
      return null;
  }
}

function onBusiness(
  world: World,
  account: SimulatedAccount,
  request: SimulatedRequest,
  edge: string,
): Handling | null {
  if (edge !== "subscribed_apps") return null;
  if (request.method === "POST") return subscribe(world, account, request.body);
  if (request.method === "DELETE") return unsubscribe(world, account);
  return request.method === "GET" ? subscriptions(world, account) : null;
}

/** `me` is the system user whose token it is. */
function onMe(
  world: World,
  account: SimulatedAccount,
  { method }: SimulatedRequest,
  edge: string,
): Handling | null {
  if (method !== "GET") return null;
  if (edge === "") return done({ name: "Simulated system user", id: `1${account.id.slice(1)}` });
  if (edge !== "permissions") return null;
  return done({
    data: grantedTo(world, account).map((permission) => ({ permission, status: "granted" })),
  });
}

function onMedia(
  world: World,
  account: SimulatedAccount,
  request: SimulatedRequest,
  id: string,
): Handling | null {
  const file = world.file(id);
  if (!file || file.channel !== account.id) return null;
  if (request.method === "GET") return done(mediaInfo(world, file));
  if (request.method !== "DELETE") return null;
  world.removeFile(id);
  return done();
}

function route(world: World, request: SimulatedRequest): Handling {
  const onItsApp = onApp(world, request);
  if (onItsApp) return onItsApp;
  const account = authenticate(world, request);
  if (request.path !== attachments) checkProof(request, account.token, appOf(world, account));
  if (request.malformed) throw new GraphRefusal(100, "The request body is not valid JSON.");
  if (request.path === attachments) {
    return { kind: "answer", answer: download(world, account, request.query) };
  }
  const { node: id = "", edge = "" } = graphPath(request.path) ?? {};
  let handled: Handling | null = null;
  if (id === "me") handled = onMe(world, account, request, edge);
  else if (id === account.id) handled = onNumber(world, account, request, edge);
  else if (id === accountState(account).waba_id) handled = onBusiness(world, account, request, edge);
  else if (edge === "") handled = onMedia(world, account, request, id);
  return handled ?? unsupported(request.method, id);
}

function handle(world: World, request: SimulatedRequest): Handling {
  try {
    return route(world, request);
  } catch (error) {
    if (error instanceof MetaRefusal) {
      return { kind: "answer", answer: refusalAnswer(error, world.random(22)) };
    }
    if (!(error instanceof GraphRefusal)) throw error;
    return { kind: "answer", answer: graphAnswer(error, world.random(22)) };
  }
}

/** The Cloud API's side of the wire and the people on it. */
export const whatsappSimulator: SimulatedPlatform = {
  name: "whatsapp",
  owns: (_world, { path }) => owns(path),
  newAccount,
  newPerson,
  handle,
  isSend: (request) =>
    request.method === "POST" && /\/messages\/?$/.test(request.path) && request.body.status === undefined,
  faultAnswer(fault, retryAfterSeconds) {
    // Meta throttles with 400 and names no time to wait; the fault's is the simulator's own, so it goes unsaid.
    const limited = `Message failed to send because there were too many messages sent from this phone number in a short period of time. (${retryAfterSeconds} s)`;
    const refusal =
      fault === "rate_limit"
        ? new GraphRefusal(130429, limited)
        : new GraphRefusal(131000, "Message failed to send due to an unknown error.");
    return graphAnswer(refusal, "simulated-fault");
  },
  addressee(_world, request) {
    const id = graphPath(request.path)?.node;
    return { ...(id ? { channel: id } : {}), shownPath: request.path };
  },
  screen: (world, person) => world.messages(person.id).map(({ id, from, view }) => ({ id, from, ...view })),
  act(world, person, act) {
    const account = world.accounts("whatsapp").find((known) => known.id === person.channel);
    if (!account) throw new GatewayError("conflict", `The account ${person.channel} is gone.`);
    return perform({ world, account, person }, act);
  },
  target: webhookTarget,
  tellStanding,
  outlet: (world, account) => `${appOf(world, account).app_id} ${webhookTarget(world, account)}`,
  post: signedPost,
  batch: batchEntries,
  retryAfterMs,
  posted: () => null,
};
