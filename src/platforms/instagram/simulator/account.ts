import type { JsonObject } from "../../../core/json.ts";
import { GatewayError } from "../../../core/problem.ts";
import { checkWishes, type SimulatedAccount, type World } from "../../../core/simulation.ts";
import { joinApp } from "../../meta/simulator/apps.ts";
import { pageWished } from "../../meta/simulator/pages.ts";
import { wishedPermissions } from "../../meta/simulator/permissions.ts";

type InstagramState = {
  app_id: string;
  name: string;
  username: string;
  /** What `/me` calls `id`: another one than the account's, and in no webhook. */
  scoped_id: string;
  /** Of a login of its own: it is renewed when it is a day old, and ends where `token_expires_at` says so. */
  token_issued_at?: number;
  token_expires_at?: number;
  /** Where it is reached through a Facebook Page. */
  page_id?: string;
  permissions?: string[];
  subscribed_fields?: string[];
};
export const instagramState = (account: SimulatedAccount) => account.state as InstagramState;

/** By Instagram Login with a token of its own; with `page` linked to a Page, whose app and token it then has. */
export function newAccount(world: World, wishes: JsonObject): SimulatedAccount {
  const fields = { name: "text", username: "text", app: "text", page: "text", permissions: "text" } as const;
  checkWishes(wishes, fields, "an Instagram account");
  const wish = wishes as { name?: string; username?: string; app?: string; page?: string };
  const page = wish.page === undefined ? undefined : pageWished(world, wish.page, wish.app);
  if (page && wish.app !== undefined && joinApp(world, wish.app).app_id !== page.state.app_id) {
    throw new GatewayError(
      "conflict",
      `The page ${page.id} is of another app, ${String(page.state.app_id)}.`,
    );
  }
  if (page && world.accounts("instagram").some(({ state }) => state.page_id === page.id)) {
    throw new GatewayError("conflict", `The page ${page.id} is linked to an Instagram account already.`);
  }
  const serial = world.next("instagram account", 1);
  const app = joinApp(world, page ? String(page.state.app_id) : wish.app);
  const permissions = wishedPermissions(wishes.permissions);
  const state: InstagramState = {
    app_id: app.app_id,
    name: wish.name ?? `Simulated profile ${serial}`,
    username: wish.username ?? `simulated.profile.${serial}`,
    scoped_id: String(2_480_000_000_000_000 + serial),
    ...(page ? {} : { token_issued_at: world.now() }),
    ...(page ? { page_id: page.id } : {}),
    ...(permissions && !page ? { permissions } : {}),
  };
  // The token of a linked account is its Page's.
  if (permissions && page) world.saveAccount({ ...page, state: { ...page.state, permissions } });
  const shown = { app_id: app.app_id, app_secret: app.app_secret, username: state.username };
  return {
    platform: "instagram",
    id: `178414000${String(serial).padStart(8, "0")}`,
    token: page?.token ?? `IGAA${world.digest(`instagram token ${serial}`).slice(0, 52)}`,
    shown: page ? { ...shown, page_id: page.id } : shown,
    state,
  };
}
