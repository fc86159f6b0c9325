import type { Json, JsonObject } from "../../../core/json.ts";
import type { SimulatedAccount, SimulatedPerson, World } from "../../../core/simulation.ts";
import { appOf, callbackFor } from "../../meta/simulator/apps.ts";
import { keptMs } from "../../meta/simulator/webhook.ts";
import { personState } from "./people.ts";

/** What WhatsApp's webhooks are called where an app subscribes to them. */
export const object = "whatsapp_business_account";

export type WhatsAppAccount = {
  waba_id: string;
  verified_name: string;
  display_phone_number: string;
  app_id: string;
  /** Only in folders from before apps were shared; see `appOf`. */
  app_secret?: string;
  /** Whether the app hears of anything at all. */
  subscribed: boolean;
  number_override?: string;
  waba_override?: string;
  /** Whether edits and deletions reach the business as such. */
  edits: boolean;
};
export const accountState = (account: SimulatedAccount) => account.state as WhatsAppAccount;

/** The app's own callback, where it has one for WhatsApp. */
export const appCallback = (world: World, account: SimulatedAccount): string | null =>
  callbackFor(appOf(world, account), object, "messages");

/** The number's own override goes before the account's, and that before the app's callback; without any: nowhere. */
export function webhookTarget(world: World, account: SimulatedAccount): string | null {
  const { subscribed, number_override, waba_override } = accountState(account);
  return subscribed ? (number_override ?? waba_override ?? appCallback(world, account)) : null;
}

function contactOf(person: SimulatedPerson): JsonObject {
  const { wa_id, user_id, username } = personState(person);
  return {
    profile: { name: person.name, ...(username === undefined ? {} : { username }) },
    ...(wa_id === undefined ? {} : { wa_id }),
    user_id,
  };
}

/** Queues one `messages` change for whoever is subscribed; dropped, as by Meta, when nobody is. */
export function emitChange(
  world: World,
  account: SimulatedAccount,
  person: SimulatedPerson | undefined,
  change: { messages: Json[] } | { statuses: Json[]; silentOnContact?: boolean },
): void {
  if (webhookTarget(world, account) === null) return;
  const state = accountState(account);
  const withContact = person && !("silentOnContact" in change && change.silentOnContact);
  const content: JsonObject =
    "messages" in change ? { messages: change.messages } : { statuses: change.statuses };
  const value: JsonObject = {
    messaging_product: "whatsapp",
    metadata: {
      display_phone_number: state.display_phone_number.replace(/\D/g, ""),
      phone_number_id: account.id,
    },
    ...(withContact ? { contacts: [contactOf(person)] } : {}),
    ...content,
  };
  const entry = { id: state.waba_id, changes: [{ value, field: "messages" }] };
  world.emit({
    platform: "whatsapp",
    channel: account.id,
    queue: person?.id ?? "nobody",
    payload: { object, entry: [entry] },
    expiresAt: world.now() + keptMs,
  });
}

/** What a person did, as a message to the business. Refreshes the window, except for a reaction. */
export function emitMessage(
  world: World,
  account: SimulatedAccount,
  person: SimulatedPerson,
  message: JsonObject & { id: string; type: string },
): void {
  const state = personState(person);
  if (message.type !== "reaction") {
    world.savePerson({ ...person, state: { ...person.state, last_inbound_at: world.now() } });
  }
  const from: JsonObject = state.wa_id === undefined ? {} : { from: state.wa_id };
  const timestamp = String(Math.floor(world.now() / 1000));
  emitChange(world, account, person, {
    messages: [{ ...from, from_user_id: state.user_id, timestamp, ...message }],
  });
}
