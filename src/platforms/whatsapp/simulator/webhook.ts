import type { Json, JsonObject } from "../../../core/json.ts";
import type { SimulatedAccount, SimulatedPerson, World } from "../../../core/simulation.ts";
import { personState } from "./people.ts";

/** Meta gives up after seven days (webhooks overview, read 2026-11-21; another page says 36 hours). */
const keptMs = 7 * 24 * 60 * 60 * 1000;

export type WhatsAppAccount = {
  waba_id: string;
  verified_name: string;
  display_phone_number: string;
  app_id: string;
  app_secret: string;
  /** Whether the app hears of anything at all. */
  subscribed: boolean;
  number_override?: string;
  waba_override?: string;
  /** Whether edits and deletions reach the business as such. */
  edits: boolean;
};
export const accountState = (account: SimulatedAccount) => account.state as WhatsAppAccount;

/** The number's own override goes before the account's; without one nobody is told (the app has no URL here). */
export function webhookTarget(account: SimulatedAccount): string | null {
  const { subscribed, number_override, waba_override } = accountState(account);
  return subscribed ? (number_override ?? waba_override ?? null) : null;
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
  if (webhookTarget(account) === null) return;
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
    payload: { object: "whatsapp_business_account", entry: [entry] },
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

/** JSON as Meta writes it: `/` and everything beyond ASCII escaped. The signature is over exactly this text. */
function metaJson(value: Json): string {
  return JSON.stringify(value)
    .replaceAll("/", "\\/")
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export function signedPost(world: World, account: SimulatedAccount, payload: JsonObject) {
  const body = metaJson(payload);
  const signature = world.sign(accountState(account).app_secret, body);
  return {
    headers: { "x-hub-signature-256": `sha256=${signature}`, "user-agent": "facebookexternalua" },
    body,
  };
}

/** All changes in one POST over two entries of the same account. */
export function batchEntries(payloads: JsonObject[]): JsonObject[] {
  const first = payloads[0];
  if (!first || payloads.length < 2) return payloads;
  const entries = payloads.flatMap((payload) => payload.entry as { id: string; changes: Json[] }[]);
  const half = Math.ceil(entries.length / 2);
  const join = (part: typeof entries) => ({
    id: part[0]?.id ?? "",
    changes: part.flatMap((entry) => entry.changes),
  });
  return [{ ...first, entry: [join(entries.slice(0, half)), join(entries.slice(half))] }];
}
