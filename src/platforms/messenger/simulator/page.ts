import type { JsonObject } from "../../../core/json.ts";
import type { Handling, SimulatedAccount, SimulatedRequest, World } from "../../../core/simulation.ts";
import { graphPath, nodeFields, tokenOf } from "../../meta/simulator/graph-request.ts";
import { personById } from "../../meta/simulator/messaging/people.ts";
import type { NodeCall } from "../../meta/simulator/messaging/simulator.ts";
import { pageState } from "../../meta/simulator/pages.ts";
import { demand } from "../../meta/simulator/permissions.ts";
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

function describePage(world: World, page: SimulatedAccount, given: JsonObject): Handling {
  const { name, username } = pageState(page);
  const linked = world.accounts("instagram").find(({ state }) => state.page_id === page.id);
  const known: JsonObject = {
    name,
    username,
    link: `https://www.facebook.com/${username}`,
    category: "Product/service",
    is_published: true,
    access_token: page.token,
    ...(linked ? { instagram_business_account: { id: linked.id } } : {}),
  };
  // A Page without an Instagram account answers without the field.
  const wish = String(given.fields ?? "name");
  const fields = linked ? wish : wish.replace(/,?\binstagram_business_account\b(\{[^}]*\})?/, "");
  return nodeFields({ id: page.id, type: "Page", known, standard: "name" }, fields.replace(/^,/, "") || "id");
}

/** What a page's node answers beside the Send API. */
export function onNode(world: World, page: SimulatedAccount, call: NodeCall): Handling | null {
  const { method, edge, given } = call;
  if (edge === "" && method === "GET") return describePage(world, page, given);
  if (edge === "messenger_profile") return onProfile(world, page, { method, given });
  if (edge !== "subscribed_apps") return null;
  demand(world, page, "pages_manage_metadata");
  return onSubscribedApps(world, page, { method, object: "page", given });
}
