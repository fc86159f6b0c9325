import type { Channel } from "../../api/channels.ts";
import { Ago } from "../../controls/ago.tsx";
import { Facts } from "../../controls/facts.tsx";
import { texts } from "../../texts/texts.ts";

const { channels: words } = texts;

/** What the gateway knows of a channel. */
export function ChannelFacts({ channel }: { channel: Channel }) {
  const { health } = channel;
  const time = (at: string | undefined, without: string) => (at ? <Ago at={at} /> : without);
  return (
    <Facts
      facts={[
        { name: words.naturalId, value: <code>{channel.natural_id}</code> },
        { name: words.id, value: <code>{channel.id}</code> },
        {
          name: words.registration,
          value: words.registrationStates[health?.registration.state ?? "unknown"],
        },
        { name: words.token, value: time(health?.token.expires_at, words.notKnown) },
        { name: words.lastChecked, value: time(health?.last_checked, words.notYet) },
        { name: words.lastReceived, value: time(health?.last_received, words.never) },
      ]}
    />
  );
}
