import { ChannelPaused } from "../../content/channel-paused.tsx";
import { useSimulatedPeople } from "./targets.ts";

/** Before anybody sends to the simulated people: by which of their channels nothing leaves. */
export function PausedNotes() {
  const people = useSimulatedPeople();
  return people
    .filter(({ channel }) => channel.paused)
    .map(({ channel }) => <ChannelPaused key={channel.id} channel={channel} />);
}
