import type { JsonObject } from "../../../../core/json.ts";
import { GatewayError } from "../../../../core/problem.ts";
import {
  checkWishes,
  type SimulatedAccount,
  type SimulatedPerson,
  type World,
} from "../../../../core/simulation.ts";

type ScopedPerson = {
  username?: string;
  /** When they last wrote, tapped or reacted: what the windows count from. */
  last_inbound_at?: number;
};
export const personState = (person: SimulatedPerson) => person.state as ScopedPerson;

const wishFields = { name: "text", address: "text", username: "text" } as const;

/** A person is known to each account by an id of its own: the next free one, or the one wished for. */
export function personMaker(platform: "messenger" | "instagram", firstId: number) {
  return (world: World, account: SimulatedAccount, wishes: JsonObject): SimulatedPerson => {
    checkWishes(wishes, wishFields, `a person on ${platform}`);
    const { name, address, username } = wishes;
    if (typeof address === "string" && !/^\d{5,20}$/.test(address)) {
      throw new GatewayError("invalid_request", '"address" must be 5 to 20 digits.');
    }
    const serial = world.next(`${platform} person`, 1);
    const id = typeof address === "string" ? address : String(firstId + serial);
    return {
      id: `${platform}:${id}`,
      platform,
      channel: account.id,
      name: typeof name === "string" ? name : `Person ${serial}`,
      address: id,
      blocked: false,
      state: { username: typeof username === "string" ? username : `person.${serial}` },
    };
  };
}

/** The person whom an account knows by this scoped id. */
export function personById(world: World, account: SimulatedAccount, id: string): SimulatedPerson | undefined {
  return world.people(account.platform, account.id).find(({ address }) => address === id);
}
