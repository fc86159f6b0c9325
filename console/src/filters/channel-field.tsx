import { useChannels } from "../api/channels.ts";
import { texts } from "../texts/texts.ts";
import { OneOfField } from "./one-of-field.tsx";

const { filters: words } = texts;

/** One channel, or all of them. */
export function ChannelField({ value, onChange }: { value?: string; onChange: (channel: string) => void }) {
  const channels = useChannels();
  const named = (channels.data?.data ?? []).map(({ id, name }) => [id, name] as const);
  return (
    <OneOfField
      label={words.channel}
      whole={words.allChannels}
      named={named}
      value={value}
      onChange={onChange}
    />
  );
}
