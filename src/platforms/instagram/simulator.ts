import type { SimulatedPlatform, SimulatedRequest } from "../../core/simulation.ts";
import { personMaker } from "../meta/simulator/messaging/people.ts";
import { messagingSimulator } from "../meta/simulator/messaging/simulator.ts";
import { newAccount } from "./simulator/account.ts";
import { accountFor, checkSender, onNode, told } from "./simulator/profile.ts";
import { refreshToken } from "./simulator/refresh.ts";
import { rules } from "./simulator/rules.ts";

const messaging = messagingSimulator({
  rules,
  accountFor,
  newAccount,
  newPerson: personMaker("instagram", 1_200_000_000_000_000),
  checkSender,
  told,
  onNode,
});

const isRefresh = ({ method, path }: SimulatedRequest) =>
  method === "GET" && path === "/refresh_access_token";

/** Instagram's side of the wire: professional accounts, of their own login or linked to a Page, and their people. */
export const instagramSimulator: SimulatedPlatform = {
  ...messaging,
  owns: (world, request) => isRefresh(request) || messaging.owns(world, request),
  handle: (world, request) =>
    isRefresh(request) ? refreshToken(world, request) : messaging.handle(world, request),
};
