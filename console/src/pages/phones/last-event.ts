import type { Person } from "../../api/simulator.ts";
import type { AnyStep, EventStep, GatewayEvent } from "./step.ts";

const bare = (address: string) => address.replace(/^\+/, "");

/** Whether an event is of this person's conversation. */
function isAbout({ channel, conversation }: GatewayEvent, { platform, address }: Person): boolean {
  const addresses = conversation?.contact.addresses ?? [];
  return channel?.platform === platform && addresses.some((one) => bare(one) === bare(address));
}

/** The last event that tells what a person did; what became of messages to them is left out. */
export function lastEventOf(person: Person, steps: readonly AnyStep[]): EventStep | undefined {
  const told = steps.filter(
    (step): step is EventStep =>
      step.kind === "event" && step.event.message?.status === undefined && isAbout(step.event, person),
  );
  return told.reduce<EventStep | undefined>(
    (last, step) => (last && last.at > step.at ? last : step),
    undefined,
  );
}
