import type { JsonObject } from "../../../core/json.ts";
import type { Handling, SimulatedAccount, World } from "../../../core/simulation.ts";
import { checkFields } from "./app-node.ts";
import { appOf } from "./apps.ts";
import { done, listOf } from "./graph-request.ts";
import { refuse, unsupported } from "./refusal.ts";

/** The fields that a Page or an Instagram account tells its app of; undefined: the app is not subscribed at all. */
export const subscribedFields = (account: SimulatedAccount): string[] | undefined =>
  account.state.subscribed_fields as string[] | undefined;

function save(world: World, account: SimulatedAccount, fields: string[] | undefined): Handling {
  const { subscribed_fields: _gone, ...state } = account.state;
  world.saveAccount({ ...account, state: fields ? { ...state, subscribed_fields: fields } : state });
  return done();
}

/** `/{page or Instagram id}/subscribed_apps`: what is posted replaces what was there. */
export function onSubscribedApps(
  world: World,
  account: SimulatedAccount,
  call: { method: string; object: string; given: JsonObject },
): Handling {
  if (call.method === "DELETE") return save(world, account, undefined);
  if (call.method === "POST") {
    const fields = listOf(call.given.subscribed_fields);
    if (fields.length === 0) refuse(100, "The parameter subscribed_fields is required");
    checkFields(call.object, fields, "subscribed_fields");
    return save(world, account, fields);
  }
  if (call.method !== "GET") unsupported(call.method, account.id);
  const { app_id, name } = appOf(world, account);
  const fields = subscribedFields(account);
  return done({ data: fields ? [{ link: "", name, id: app_id, subscribed_fields: fields }] : [] });
}
