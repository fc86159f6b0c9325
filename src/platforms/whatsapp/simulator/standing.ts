import type { JsonObject } from "../../../core/json.ts";
import type { AccountStanding, SimulatedAccount, World } from "../../../core/simulation.ts";
import { appOf, callbackFor } from "../../meta/simulator/apps.ts";
import { keptMs } from "../../meta/simulator/webhook.ts";
import { GraphRefusal } from "./graph-error.ts";
import { accountState, object } from "./webhook.ts";

const months = [
  "January February March April May June July August September October November December",
].flatMap((names) => names.split(" "));

/** As the page writes a day: `April 17, 2025`. */
function dayOf(at: number): string {
  const date = new Date(at);
  return `${months[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
}

/**
 * The change of `account_update` that tells of a standing; what is not documented to be told is not.
 * Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/account_update
 * (of 2026-04-20), read 2026-11-22.
 */
function changeOf(world: World, { standing, until }: AccountStanding): JsonObject | null {
  const ban = (waba_ban_state: string): JsonObject => ({
    event: "DISABLED_UPDATE",
    ban_info: { waba_ban_state, waba_ban_date: dayOf(world.now()) },
  });
  const restriction = (...types: string[]): JsonObject => ({
    event: "ACCOUNT_RESTRICTION",
    restriction_info: types.map((restriction_type) => ({
      restriction_type,
      ...(until === undefined ? {} : { expiration: Math.floor(until / 1000) }),
    })),
  });
  switch (standing) {
    case "good":
      return ban("REINSTATE");
    case "warned":
      return ban("SCHEDULE_FOR_DISABLE");
    case "limited":
      return restriction("RESTRICTED_BIZ_INITIATED_MESSAGING");
    case "restricted":
      return restriction("RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_CUSTOMER_INITIATED_MESSAGING");
    case "disabled":
      return ban("DISABLE");
    case "unregistered":
      return null;
  }
}

/**
 * Webhooks of an account go to the app's callback alone, whatever overrides there are (webhooks/override, of 2026-06-28);
 * here an account that has one gets all its webhooks there, so it is told nothing.
 */
export function tellStanding(world: World, account: SimulatedAccount, wish: AccountStanding): void {
  const value = changeOf(world, wish);
  const { subscribed, number_override, waba_override, waba_id } = accountState(account);
  const callback = callbackFor(appOf(world, account), object, "account_update");
  if (value === null || !subscribed || callback === null) return;
  if (number_override !== undefined || waba_override !== undefined) return;
  const changes = [{ value, field: "account_update" }];
  const entry = { id: waba_id, time: Math.floor(world.now() / 1000), changes };
  world.emit({
    platform: "whatsapp",
    channel: account.id,
    queue: "nobody",
    payload: { object, entry: [entry] },
    expiresAt: world.now() + keptMs,
  });
}

/**
 * Refuses what an account that is barred would send. Meta's page of error codes, read 2026-11-21. What begins a
 * conversation is a template, of which there is none here: an account that is `limited` is refused nothing.
 */
export function checkStanding(standing: AccountStanding["standing"]): void {
  if (standing === "restricted")
    throw new GraphRefusal(
      368,
      "The WhatsApp Business Account associated with the app has been restricted or disabled for violating a platform policy.",
    );
  if (standing === "disabled")
    throw new GraphRefusal(
      131031,
      "The WhatsApp Business Account associated with the app has been restricted or disabled for violating a platform policy, or data included in the request could not be verified.",
    );
  if (standing === "unregistered")
    throw new GraphRefusal(133010, "Phone number not registered on the WhatsApp Business Platform.");
}
