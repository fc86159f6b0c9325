import { memo } from "react";
import type { Message } from "../../api/messages.ts";
import { personOf } from "../../content/person-name.ts";
import { PlatformMark } from "../../content/platform-mark.tsx";
import { StatusBadge } from "../../content/status-badge.tsx";
import { summaryOf, typeName } from "../../content/summary.ts";
import { Ago } from "../../controls/ago.tsx";
import { Icon } from "../../controls/icon.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./message-list.module.css";

const { messages: words } = texts;

interface RowProps {
  message: Message;
  channel?: string;
  top: number;
  isActive: boolean;
  isOpen: boolean;
  onOpen: (id: string) => void;
}

/** One line of the list. It stands where it is told, so that only what is in sight is drawn. */
export const MessageRow = memo(function MessageRow({
  message,
  channel,
  top,
  isActive,
  isOpen,
  onOpen,
}: RowProps) {
  const { id, direction, status, type, content, created_at, platform } = message;
  const said = summaryOf(content);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the list's, which has the focus
    <div
      role="option"
      tabIndex={-1}
      id={`row-${id}`}
      className={styles.row}
      aria-selected={isOpen}
      data-active={isActive || undefined}
      data-message={id}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onOpen(id)}
    >
      <span
        className={styles.way}
        data-direction={direction}
        title={direction === "out" ? words.sentTo : words.receivedFrom}
      >
        <Icon name="arrow-right" size={14} />
        <span className={styles.hidden}>{direction === "out" ? words.sentTo : words.receivedFrom}</span>
      </span>
      <span className={styles.mark}>
        <PlatformMark platform={platform} />
      </span>
      <span className={styles.who} dir="auto" title={message.to ?? message.from}>
        {personOf(message)}
      </span>
      <span className={styles.said} dir="auto">
        {said === "" ? <i>{words.noWords}</i> : said}
      </span>
      <span className={styles.type}>{typeName(type)}</span>
      <span className={styles.channel} dir="auto">
        {channel}
      </span>
      <span className={styles.status}>
        <StatusBadge status={status} />
      </span>
      <span className={styles.when}>
        <Ago at={created_at} />
      </span>
    </div>
  );
});
