import type { JsonObject } from "../../../../core/json.ts";
import { GatewayError } from "../../../../core/problem.ts";
import type {
  Handling,
  SimulatedAccount,
  SimulatedPlatform,
  SimulatedRequest,
  World,
} from "../../../../core/simulation.ts";
import { appOf } from "../apps.ts";
import { accountByToken } from "../debug-token.ts";
import { done, graphPath, nodeFields, parameters, tokenOf } from "../graph-request.ts";
import { badToken, MetaRefusal, noToken, refusalAnswer, refuse, unsupported } from "../refusal.ts";
import { checkProof } from "../secret-proof.ts";
import { batchEntries, retryAfterMs, signedPost } from "../webhook.ts";
import { download, uploadAttachment } from "./files.ts";
import { personById, personState } from "./people.ts";
import { perform } from "./perform.ts";
import type { MessagingRules } from "./rules.ts";
import { screen } from "./screen.ts";
import { send } from "./send.ts";
import { tellStanding } from "./standing.ts";

/** What a platform adds to the shared half: its accounts, and the rest of what its node answers. */
export interface MessagingSide {
  rules: MessagingRules;
  /** The account that a Graph call is for: its node, `me`, or one of its people; undefined: it is not ours. */
  accountFor(world: World, request: SimulatedRequest): SimulatedAccount | undefined;
  newAccount: SimulatedPlatform["newAccount"];
  newPerson: SimulatedPlatform["newPerson"];
  /** How a refusal is told on this account's host, where not as graph.facebook.com tells it. */
  told?(world: World, account: SimulatedAccount, refusal: MetaRefusal): MetaRefusal;
  /** Refuses a send on a node that is not the one for it. */
  checkSender?(world: World, account: SimulatedAccount, node: string): void;
  /** Calls on the account's node beyond sending; null: there is no such edge. */
  onNode(world: World, account: SimulatedAccount, call: NodeCall): Handling | null;
}
export interface NodeCall {
  method: string;
  edge: string;
  /** True where the path says `me`. */
  isMe: boolean;
  given: JsonObject;
}

function authenticate(
  { rules }: MessagingSide,
  world: World,
  account: SimulatedAccount,
  request: SimulatedRequest,
): void {
  const token = tokenOf(request);
  if (token === undefined) noToken();
  if (!accountByToken(world, token)) badToken();
  const app = appOf(world, account);
  // The token of an Instagram Login is not the Facebook app's.
  const isItsOwn = account.platform === "instagram" && account.shown.page_id === undefined;
  checkProof(request, token, isItsOwn ? { ...app, requires_proof: false } : app);
  if (rules.holder(world, account).token !== token) unsupported(request.method, account.id);
}

/** A person's profile, as far as the business may see it; null: nobody has this id. */
function aboutPerson(
  { rules }: MessagingSide,
  world: World,
  account: SimulatedAccount,
  { node, given }: { node: string; given: JsonObject },
): Handling | null {
  const person = personById(world, account, node);
  if (!person) return null;
  const { username } = personState(person);
  const known = rules.profile({ name: person.name, address: node, ...(username ? { username } : {}) });
  const standard = Object.keys(known).slice(0, 2).join(",");
  return nodeFields({ id: node, type: "User", known, standard }, given.fields);
}

function noEdge({ platform }: MessagingRules, { method, edge }: NodeCall, node: string): never {
  if (method !== "GET") unsupported(method, node);
  const type = platform === "messenger" ? "Page" : "IGUser";
  refuse(100, `Tried accessing nonexisting field (${edge}) on node type (${type})`);
}

function route(side: MessagingSide, world: World, request: SimulatedRequest): Handling {
  const { rules } = side;
  const fileId = rules.fileAt(world, request);
  if (fileId !== undefined) return { kind: "answer", answer: download(world, fileId) };
  const { node = "", edge = "" } = graphPath(request.path) ?? {};
  const account = side.accountFor(world, request);
  if (!account) unsupported(request.method, node);
  authenticate(side, world, account, request);
  const given = parameters(request);
  const { method, uploads } = request;
  if (method === "POST" && edge === "messages") {
    side.checkSender?.(world, account, node);
    const { body, person } = send({ rules, world, account, given, uploads });
    return done(body, person);
  }
  if (method === "POST" && edge === "message_attachments") {
    return done(uploadAttachment(world, account, { given, uploads, rules }));
  }
  if (method === "GET" && edge === "") {
    const profile = aboutPerson(side, world, account, { node, given });
    if (profile) return profile;
  }
  const call = { method, edge, isMe: node === "me", given };
  return side.onNode(world, account, call) ?? noEdge(rules, call, node);
}

function faultAnswer(fault: "rate_limit" | "server_error") {
  const refusal =
    fault === "rate_limit"
      ? new MetaRefusal(613, "(#613) Calls to this api have exceeded the rate limit.")
      : new MetaRefusal(2, "An unexpected error has occurred. Please retry your request later.", {
          status: 500,
        });
  return refusalAnswer(refusal, "simulated-fault");
}

/** The Send API's side of the wire and the people on it. */
export function messagingSimulator(side: MessagingSide): SimulatedPlatform {
  const { rules } = side;
  return {
    name: rules.platform,
    owns: (world, request) =>
      rules.fileAt(world, request) !== undefined || side.accountFor(world, request) !== undefined,
    newAccount: side.newAccount,
    newPerson: side.newPerson,
    handle(world, request) {
      try {
        return route(side, world, request);
      } catch (error) {
        if (!(error instanceof MetaRefusal)) throw error;
        const account = side.accountFor(world, request);
        const told = (account && side.told?.(world, account, error)) ?? error;
        return { kind: "answer", answer: refusalAnswer(told, world.random(22)) };
      }
    },
    isSend: (request) =>
      request.method === "POST" &&
      graphPath(request.path)?.edge === "messages" &&
      request.body.sender_action === undefined &&
      request.query.sender_action === undefined,
    faultAnswer,
    addressee(world, request) {
      const channel = side.accountFor(world, request)?.id;
      return { ...(channel === undefined ? {} : { channel }), shownPath: request.path };
    },
    screen,
    tellStanding: (world, account, standing) => tellStanding(rules, world, account, standing),
    act(world, person, act) {
      const account = world.accounts(rules.platform).find(({ id }) => id === person.channel);
      if (!account) throw new GatewayError("conflict", `The account ${person.channel} is gone.`);
      return perform({ rules, world, account, person }, act);
    },
    target: (world, account) => appOf(world, account).subscriptions[rules.object]?.callback_url ?? null,
    outlet: (world, account) => appOf(world, account).app_id,
    post: signedPost,
    batch: batchEntries,
    retryAfterMs,
    posted: () => null,
  };
}
