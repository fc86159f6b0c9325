import type { AccountStanding, SimulatedAccount, World } from "../../../../core/simulation.ts";
import { appOf, callbackFor } from "../apps.ts";
import { refuse } from "../refusal.ts";
import { keptMs } from "../webhook.ts";
import type { MessagingRules } from "./rules.ts";

const field = "messaging_policy_enforcement";
const actions: Partial<Record<AccountStanding["standing"], string>> = {
  good: "unblock",
  warned: "warning",
  restricted: "block",
  disabled: "block",
};
const reason =
  "The bot violated our Platform Policies (https://developers.facebook.com/policy/#messengerplatform).";

/**
 * A Page hears of it, an Instagram account does not: there is no such field.
 * Source: developers.facebook.com/docs/messenger-platform/reference/webhook-events/messaging_policy_enforcement.
 */
export function tellStanding(
  rules: MessagingRules,
  world: World,
  account: SimulatedAccount,
  { standing }: AccountStanding,
): void {
  const action = actions[standing];
  const callback = callbackFor(appOf(world, account), rules.object, field);
  if (rules.object !== "page" || !action || callback === null || !rules.hears(world, account, field)) return;
  const told = { action, ...(action === "unblock" ? {} : { reason }) };
  const event = { recipient: { id: account.id }, timestamp: world.now(), policy_enforcement: told };
  world.emit({
    platform: rules.platform,
    channel: account.id,
    queue: "nobody",
    payload: {
      object: rules.object,
      entry: [{ id: account.id, time: world.now(), messaging: [event] }],
    },
    expiresAt: world.now() + keptMs,
  });
}

/** Refuses what a restricted account would send (Messenger Platform, error codes and changelog of 2026-06-25). */
export function checkStanding(standing: AccountStanding["standing"]): void {
  if (standing === "restricted" || standing === "disabled")
    refuse(10, "This account is restricted from sending messages because it violated a policy.", {
      subcode: 1893063,
      status: 403,
    });
}
