import { useMemo } from "react";
import { useChannels } from "../../api/channels.ts";
import type { MessageDetail } from "../../api/messages.ts";
import { personBubble } from "../../content/person-bubble.ts";
import { Phone } from "../../phones/phone.tsx";
import type { Screen } from "../../phones/screen.ts";
import { screenOfCalls } from "../../phones/screen-of-calls.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./messages.module.css";

const { messages: words } = texts;

/** The message on the person's phone: of a sent one what the stored calls show, which is what was sent. */
export function Picture({ message }: { message: MessageDetail }) {
  const channels = useChannels();
  const screen = useMemo(() => screenOf(message), [message]);
  const name = channels.data?.data.find(({ id }) => id === message.channel)?.name ?? "";
  if (!screen) return <p className={styles.soft}>{words.noPicture}</p>;
  return (
    <div className={styles.picture}>
      <Phone screen={screen} name={name} />
    </div>
  );
}

function screenOf({
  id,
  direction,
  platform,
  status,
  type,
  content,
  calls,
  created_at,
}: MessageDetail): Screen | undefined {
  if (type === "erased" || type === "damaged") return undefined;
  const at = Date.parse(created_at);
  if (direction === "in") return { platform, bubbles: [personBubble({ id, status, content, at })] };
  const drawn = calls.filter(({ path }) => path !== "");
  return drawn.length === 0 ? undefined : screenOfCalls(platform, drawn);
}
