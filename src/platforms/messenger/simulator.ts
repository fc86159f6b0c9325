import type { SimulatedPlatform } from "../../core/simulation.ts";
import { personMaker } from "../meta/simulator/messaging/people.ts";
import { messagingSimulator } from "../meta/simulator/messaging/simulator.ts";
import { newAccount } from "./simulator/account.ts";
import { accountFor, onNode } from "./simulator/page.ts";
import { rules } from "./simulator/rules.ts";

/** Messenger's side of the wire: Facebook Pages and the people who write to them. */
export const messengerSimulator: SimulatedPlatform = messagingSimulator({
  rules,
  accountFor,
  newAccount,
  newPerson: personMaker("messenger", 7_400_000_000_000_000),
  onNode,
});
