import type { JsonObject } from "../../../core/json.ts";
import type { Handling, SimulatedAccount, SimulatedRequest, World } from "../../../core/simulation.ts";
import { graphPath, nodeFields, recipientOf, tokenOf } from "../../meta/simulator/graph-request.ts";
import { personById } from "../../meta/simulator/messaging/people.ts";
import type { NodeCall } from "../../meta/simulator/messaging/simulator.ts";
import { linkedPage } from "../../meta/simulator/pages.ts";
import { demand } from "../../meta/simulator/permissions.ts";
import { MetaRefusal, refuse } from "../../meta/simulator/refusal.ts";
import { onSubscribedApps } from "../../meta/simulator/subscribed-apps.ts";
import { instagramState } from "./account.ts";

/** A call on a Page is Instagram's when it is for somebody whom the linked account knows. */
function throughPage(
  world: World,
  request: SimulatedRequest,
  isPage: (account: SimulatedAccount) => boolean,
): SimulatedAccount | undefined {
  const { edge } = graphPath(request.path) ?? {};
  const linked = world.accounts("instagram").filter(({ state }) => state.page_id !== undefined);
  if (edge === "message_attachments") {
    const platform = request.body.platform ?? request.query.platform;
    return platform === "instagram" ? linked.find(isPage) : undefined;
  }
  const recipient = edge === "messages" ? recipientOf(request) : undefined;
  if (recipient === undefined) return undefined;
  return linked.find((account) => isPage(account) && personById(world, account, recipient) !== undefined);
}

/** The account of a call: its own node, `me` with its token, its Page's node, or somebody who knows it. */
export function accountFor(world: World, request: SimulatedRequest): SimulatedAccount | undefined {
  const node = graphPath(request.path)?.node;
  if (!node) return undefined;
  const accounts = world.accounts("instagram");
  const own = accounts.find(({ id }) => id === node);
  if (own) return own;
  const ofToken = accounts.find(({ token }) => token === tokenOf(request));
  if (node === "me") {
    if (ofToken?.state.page_id === undefined) return ofToken;
    return throughPage(world, request, ({ id }) => id === ofToken.id);
  }
  if (ofToken && personById(world, ofToken, node)) return ofToken;
  return throughPage(world, request, ({ state }) => state.page_id === node);
}

function describeAccount(account: SimulatedAccount, isMe: boolean, given: JsonObject): Handling {
  const { name, username, scoped_id } = instagramState(account);
  const known: JsonObject = {
    user_id: account.id,
    username,
    name,
    account_type: "BUSINESS",
    profile_picture_url: "",
    followers_count: 0,
    follows_count: 0,
    media_count: 0,
  };
  const id = isMe ? scoped_id : account.id;
  return nodeFields({ id, type: "IGUser", known, standard: "username" }, given.fields);
}

/** What an account's node answers beside the Send API. */
export function onNode(world: World, account: SimulatedAccount, call: NodeCall): Handling | null {
  const { method, edge, given } = call;
  if (edge === "" && method === "GET") return describeAccount(account, call.isMe, given);
  if (edge !== "subscribed_apps") return null;
  if (linkedPage(world, account)) wrongNode();
  demand(world, account, "instagram_business_manage_messages");
  return onSubscribedApps(world, account, { method, object: "instagram", given });
}

/** What graph.instagram.com says of a token, it says as graph.facebook.com does. */
const ofTokens: readonly number[] = [104, 190];

/** graph.instagram.com has a type of its own and no code in its sentences (seen in reports of 2025 and 2026). */
export function told(world: World, account: SimulatedAccount, refusal: MetaRefusal): MetaRefusal {
  if (linkedPage(world, account) || ofTokens.includes(refusal.code)) return refusal;
  const sentence = refusal.message.replace(/^\(#\d+\) /, "");
  return new MetaRefusal(refusal.code, sentence, { ...refusal.more, type: "IGApiException" });
}

function wrongNode(): never {
  refuse(3, "Application does not have the capability to make this API call.");
}

/** A linked account is spoken through on its Page's node; on its own, Meta says that it cannot. */
export function checkSender(world: World, account: SimulatedAccount, node: string): void {
  if (node === account.id && linkedPage(world, account)) wrongNode();
}
