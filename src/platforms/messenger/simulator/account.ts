import type { JsonObject } from "../../../core/json.ts";
import { checkWishes, type SimulatedAccount, type World } from "../../../core/simulation.ts";
import { newPage, type PageWish } from "../../meta/simulator/pages.ts";
import { wishedPermissions } from "../../meta/simulator/permissions.ts";

export function newAccount(world: World, wishes: JsonObject): SimulatedAccount {
  checkWishes(wishes, { name: "text", app: "text", permissions: "text" }, "a Messenger page");
  const { name, app } = wishes as PageWish;
  const permissions = wishedPermissions(wishes.permissions);
  return newPage(world, { name, app, permissions });
}
