import type { SimulatedAccount, World } from "../../../core/simulation.ts";
import { refuse } from "./refusal.ts";

/** What each kind of token can do when everything was granted (permissions reference, read 2026-11-21). */
const allPermissions = {
  whatsapp: ["whatsapp_business_management", "whatsapp_business_messaging"],
  messenger: ["pages_show_list", "pages_manage_metadata", "pages_messaging"],
  /** Added to the Page's where an Instagram account is linked to it. */
  linkedInstagram: ["instagram_basic", "instagram_manage_messages"],
  instagram: ["instagram_business_basic", "instagram_business_manage_messages"],
} as const;

const listed = (value: unknown): string[] | undefined =>
  Array.isArray(value) ? value.map(String) : undefined;

/** The permissions of an account's token: those that were wished when it was made, else all. */
export function grantedTo(world: World, account: SimulatedAccount): string[] {
  const wished = listed(account.state.permissions);
  if (wished) return wished;
  const { platform } = account;
  if (platform === "telegram") return [];
  const linked =
    platform === "messenger" && world.accounts("instagram").some(({ state }) => state.page_id === account.id);
  return [...allPermissions[platform], ...(linked ? allPermissions.linkedInstagram : [])];
}

/** The permissions that a new account's `permissions` wish names: words parted by commas; absent: all. */
export function wishedPermissions(wish: unknown): string[] | undefined {
  if (typeof wish !== "string") return undefined;
  return wish.split(/[\s,]+/).filter((word) => word !== "" && word !== "none");
}

/** Refuses what a token may not do, as Meta does for lack of a permission. */
export function demand(world: World, account: SimulatedAccount, permission: string): void {
  if (grantedTo(world, account).includes(permission)) return;
  refuse(10, "Application does not have permission for this action", { status: 403 });
}
