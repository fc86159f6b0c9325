import type { Person } from "../../api/simulator.ts";
import type { GatewayEvent } from "./step.ts";

const bare = (address: string) => address.replace(/^\+/, "");

/** Whether an event is of this person's conversation. */
export function isAbout({ channel, conversation }: GatewayEvent, { platform, address }: Person): boolean {
  const addresses = conversation?.contact.addresses ?? [];
  return channel?.platform === platform && addresses.some((one) => bare(one) === bare(address));
}
