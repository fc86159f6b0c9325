import type { Json, JsonObject } from "../../../core/json.ts";
import type { Handling, SimulatedAccount, World } from "../../../core/simulation.ts";
import { done, listOf } from "../../meta/simulator/graph-request.ts";
import { refuse } from "../../meta/simulator/refusal.ts";

/** Messenger Profile API reference, read 2026-11-21. What is set is kept and given back, and shown to nobody. */
const properties = [
  "account_linking_url",
  "commands",
  "get_started",
  "greeting",
  "ice_breakers",
  "persistent_menu",
  "whitelisted_domains",
];

function checkNames(names: readonly string[]): void {
  const stray = names.find((name) => !properties.includes(name));
  if (stray !== undefined) {
    refuse(100, `Param fields must be one of {${properties.join(", ")}} - got "${stray}".`);
  }
}

/** `/me/messenger_profile`. */
export function onProfile(
  world: World,
  page: SimulatedAccount,
  { method, given }: { method: string; given: JsonObject },
): Handling | null {
  const profile = (page.state.profile ?? {}) as Record<string, Json>;
  const save = (next: Record<string, Json>) => {
    world.saveAccount({ ...page, state: { ...page.state, profile: next } });
    return done({ result: "success" });
  };
  if (method === "POST") {
    const { platform: _platform, ...wish } = given;
    checkNames(Object.keys(wish));
    if (Object.keys(wish).length === 0) refuse(100, "Requires one of the params: get_started, greeting, …");
    return save({ ...profile, ...wish });
  }
  const names = listOf(given.fields);
  checkNames(names);
  if (names.length === 0) refuse(100, "The parameter fields is required");
  const kept = Object.entries(profile);
  if (method === "DELETE") return save(Object.fromEntries(kept.filter(([name]) => !names.includes(name))));
  if (method !== "GET") return null;
  const shown = kept.filter(([name]) => names.includes(name));
  return done({ data: shown.length > 0 ? [Object.fromEntries(shown)] : [] });
}
