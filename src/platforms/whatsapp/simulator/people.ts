import type { JsonObject } from "../../../core/json.ts";
import { GatewayError } from "../../../core/problem.ts";
import {
  checkWishes,
  type SimulatedAccount,
  type SimulatedPerson,
  type World,
} from "../../../core/simulation.ts";

type WhatsAppPerson = {
  /** Absent for a person who shows the business a username only. */
  wa_id?: string;
  user_id: string;
  username?: string;
  /** When they last wrote: what the 24-hour window counts from. */
  last_inbound_at?: number;
};
export const personState = (person: SimulatedPerson) => person.state as WhatsAppPerson;

/**
 * A number in the one spelling under which it is compared: Argentina's and Mexico's mobile digit and Brazil's ninth
 * digit come and go between what is dialled and what WhatsApp calls the person.
 */
function canonicalNumber(digits: string): string {
  if (/^549\d{10}$/.test(digits)) return `54${digits.slice(3)}`;
  if (/^521\d{10}$/.test(digits)) return `52${digits.slice(3)}`;
  if (/^55\d{2}9\d{8}$/.test(digits)) return digits.slice(0, 4) + digits.slice(5);
  return digits;
}

export function personByNumber(
  world: World,
  account: SimulatedAccount,
  digits: string,
): SimulatedPerson | undefined {
  const wanted = canonicalNumber(digits);
  return world.people("whatsapp", account.id).find((person) => {
    const { wa_id } = personState(person);
    return wa_id !== undefined && canonicalNumber(wa_id) === wanted;
  });
}

export function personByUserId(
  world: World,
  account: SimulatedAccount,
  userId: string,
): SimulatedPerson | undefined {
  return world.people("whatsapp", account.id).find((person) => personState(person).user_id === userId);
}

const wishFields = { name: "text", address: "text", username_only: "flag", username: "text" } as const;

function checkAddress(address: unknown): void {
  if (typeof address === "string" && !/^\+[\d ()-]{8,20}$/.test(address)) {
    throw new GatewayError("invalid_request", '"address" must be a phone number that begins with "+".');
  }
}

/** The next free number, or the one wished for; a `username_only` person is known by a business-scoped id alone. */
export function newPerson(world: World, account: SimulatedAccount, wishes: JsonObject): SimulatedPerson {
  checkWishes(wishes, wishFields, "a WhatsApp person");
  checkAddress(wishes.address);
  const serial = world.next("whatsapp person", 1);
  const wished = typeof wishes.address === "string" ? wishes.address.replace(/\D/g, "") : undefined;
  const digits = wished ?? `1555010${String(1000 + serial)}`;
  const userId = `US.${BigInt(`0x${world.digest(`user ${account.id} ${digits}`).slice(0, 12)}`)}`;
  const name = typeof wishes.name === "string" ? wishes.name : `Person ${serial}`;
  const hidden = wishes.username_only === true;
  const username = hidden ? String(wishes.username ?? `person.${serial}`) : wishes.username;
  const address = hidden ? userId : `+${digits}`;
  return {
    id: `whatsapp:${hidden ? userId : digits}`,
    platform: "whatsapp",
    channel: account.id,
    name,
    address,
    blocked: false,
    state: {
      user_id: userId,
      ...(hidden ? {} : { wa_id: digits }),
      ...(username === undefined ? {} : { username }),
    },
  };
}
