import type { SimulatedPlatform } from "../../core/simulation.ts";
import { personMaker } from "../meta/simulator/messaging/people.ts";
import { messagingSimulator } from "../meta/simulator/messaging/simulator.ts";
import { newAccount } from "./simulator/account.ts";
import { accountFor, checkSender, onNode, told } from "./simulator/profile.ts";
import { rules } from "./simulator/rules.ts";

/** Instagram's side of the wire: professional accounts, of their own login or linked to a Page, and their people. */
export const instagramSimulator: SimulatedPlatform = messagingSimulator({
  rules,
  accountFor,
  newAccount,
  newPerson: personMaker("instagram", 1_200_000_000_000_000),
  checkSender,
  told,
  onNode,
});
