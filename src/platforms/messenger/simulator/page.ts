import type { Json, JsonObject } from "../../../core/json.ts";
import type { Handling, SimulatedAccount, SimulatedRequest, World } from "../../../core/simulation.ts";
import { graphPath, listOf, nodeFields, tokenOf } from "../../meta/simulator/graph-request.ts";
import { personById } from "../../meta/simulator/messaging/people.ts";
import type { NodeCall } from "../../meta/simulator/messaging/simulator.ts";
import { pageState } from "../../meta/simulator/pages.ts";
import { demand, grantedTo } from "../../meta/simulator/permissions.ts";
import { refuse } from "../../meta/simulator/refusal.ts";
import { onSubscribedApps } from "../../meta/simulator/subscribed-apps.ts";
import { onProfile } from "./profile.ts";

/** The page of a call: its own node, `me` with its token, or somebody who knows it. */
export function accountFor(world: World, request: SimulatedRequest): SimulatedAccount | undefined {
  const node = graphPath(request.path)?.node;
  if (!node) return undefined;
  const pages = world.accounts("messenger");
  const ofToken = pages.find(({ token }) => token === tokenOf(request));
  if (node === "me") return ofToken;
  const known = ofToken && personById(world, ofToken, node) ? ofToken : undefined;
  return pages.find(({ id }) => id === node) ?? known;
}

const linkedField = "instagram_business_account";

/** The fields wished for, and those within the linked account's braces (Graph API, field expansion, read 2026-11-22). */
function expansionOf(fields: Json | undefined): { fields: Json | undefined; inner: string[] } {
  const found = typeof fields === "string" ? /instagram_business_account\{([\w,]*)\}/.exec(fields) : null;
  if (!found || typeof fields !== "string") return { fields, inner: [] };
  return { fields: fields.replace(found[0], linkedField), inner: listOf(found[1]) };
}

/** Left out where the token may not see it, as every field is. */
function linkedInstagram(world: World, page: SimulatedAccount, inner: string[]): JsonObject | undefined {
  const linked = world.accounts("instagram").find(({ state }) => state.page_id === page.id);
  if (!linked || !grantedTo(world, page).includes("instagram_basic")) return undefined;
  const { name, username } = linked.state;
  const shown = Object.entries({ name, username }).filter(([field]) => inner.includes(field));
  return { ...Object.fromEntries(shown), id: linked.id } as JsonObject;
}

function describePage(world: World, page: SimulatedAccount, given: JsonObject): Handling {
  const { name, username } = pageState(page);
  const { fields, inner } = expansionOf(given.fields);
  const known = {
    name,
    username,
    link: `https://www.facebook.com/${username}`,
    category: "Product/service",
    is_published: true,
    access_token: page.token,
    instagram_business_account: linkedInstagram(world, page, inner),
  };
  return nodeFields({ id: page.id, type: "Page", known, standard: "name" }, fields);
}

const isMessaging = (field: string) => /^(messag|standby|response_feedback|send_cart)/.test(field);

/** Refused as a whole where a field lacks its permission, with a sentence for each (seen in reports of 2026). */
function subscribe(world: World, page: SimulatedAccount, { method, given }: NodeCall): Handling {
  const granted = grantedTo(world, page);
  const needs = (field: string) => (isMessaging(field) ? "pages_messaging" : "pages_manage_metadata");
  const lacking = listOf(given.subscribed_fields).filter((field) => !granted.includes(needs(field)));
  if (method === "POST" && lacking.length > 0) {
    const sentences = lacking.map(
      (field) => `To subscribe to the ${field} field, one of these permissions is needed: ${needs(field)}.`,
    );
    refuse(200, sentences.join(" "), { status: 403 });
  }
  return onSubscribedApps(world, page, { method, object: "page", given });
}

/** What a page's node answers beside the Send API. */
export function onNode(world: World, page: SimulatedAccount, call: NodeCall): Handling | null {
  const { method, edge, given } = call;
  if (edge === "" && method === "GET") return describePage(world, page, given);
  if (edge === "messenger_profile") return onProfile(world, page, { method, given });
  if (edge !== "subscribed_apps") return null;
  demand(world, page, "pages_manage_metadata");
  return subscribe(world, page, call);
}
