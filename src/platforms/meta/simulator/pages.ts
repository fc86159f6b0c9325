import type { SimulatedAccount, World } from "../../../core/simulation.ts";
import { joinApp } from "./apps.ts";

type PageState = {
  app_id: string;
  name: string;
  username: string;
  /** Of its token; absent: all. */
  permissions?: string[];
  subscribed_fields?: string[];
};
export const pageState = (account: SimulatedAccount) => account.state as PageState;

export interface PageWish {
  id?: string;
  name?: string;
  app?: string;
  permissions?: string[];
}

/** A Facebook Page, by the wished id or the next free one; its token is the Page access token for its app. */
export function newPage(world: World, wish: PageWish): SimulatedAccount {
  const serial = world.next("messenger account", 1);
  const app = joinApp(world, wish.app);
  const state: PageState = {
    app_id: app.app_id,
    name: wish.name ?? `Simulated page ${serial}`,
    username: `simulated.page.${serial}`,
    ...(wish.permissions ? { permissions: wish.permissions } : {}),
  };
  return {
    platform: "messenger",
    id: wish.id ?? String(102030400000000 + serial),
    token: `EAApage${world.digest(`messenger token ${serial}`).slice(0, 48)}`,
    shown: { app_id: app.app_id, app_secret: app.app_secret, username: state.username },
    state,
  };
}

/** The page with this id or name; a new one if there is none, with that id, or named so. */
export function pageWished(world: World, wish: string, app: string | undefined): SimulatedAccount {
  const known = world.accounts("messenger").find((page) => page.id === wish || pageState(page).name === wish);
  if (known) return known;
  const named = /^\d{5,20}$/.test(wish) ? { id: wish } : { name: wish };
  const page = newPage(world, { ...named, ...(app === undefined ? {} : { app }) });
  world.saveAccount(page);
  return page;
}

/** The page that an Instagram account is reached through; undefined: it has a login of its own. */
export function linkedPage(world: World, account: SimulatedAccount): SimulatedAccount | undefined {
  const { page_id } = account.state;
  return world.accounts("messenger").find(({ id }) => id === page_id);
}
