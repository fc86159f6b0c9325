import { useVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useId, useRef, useState } from "react";
import type { Message } from "../../api/messages.ts";
import { Button } from "../../controls/button.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./message-list.module.css";
import { MessageRow } from "./message-row.tsx";
import { useFilledHeight } from "./use-filled-height.ts";
import { useKeysFromPage, useListKeys } from "./use-list-keys.ts";

const { messages: words } = texts;
const rowHeight = 44;
const narrowRowHeight = 66;
const narrow = window.matchMedia("(width < 48rem)");
/** So far from the end the next page is asked for: a second of quick scrolling. */
const rowsAhead = 60;

interface ListProps {
  messages: readonly Message[];
  channels: ReadonlyMap<string, string>;
  openId?: string;
  onOpen: (id: string) => void;
  onClose: () => void;
  fresh: number;
  isMore: boolean;
  onShowNewest: () => void;
  hasNext: boolean;
  isLoading: boolean;
  onEnd: () => void;
  /** It has looked far back in vain, and goes on when a person says so. */
  onFurther?: () => void;
}

/** Only the rows in sight are drawn, however many there are. New ones wait above until the reader is there. */
export function MessageList(props: ListProps) {
  const { messages, openId, fresh, isMore, onShowNewest, hasNext, isLoading, onFurther } = props;
  const id = useId();
  const around = useRef<HTMLDivElement>(null);
  const [isAtTop, setAtTop] = useState(true);
  useFilledHeight(around);
  const rows = useRows(around, props);
  const { active, onKeyDown } = useListKeys({ ...props, show: rows.scrollToIndex });
  useKeysFromPage(around, onKeyDown);
  const shown = rows.getVirtualItems();
  useEffect(() => {
    // Who is at the top sees new ones come in; who reads further down is not moved.
    if (isAtTop && fresh > 0) onShowNewest();
  }, [isAtTop, fresh, onShowNewest]);
  const toTop = () => {
    onShowNewest();
    around.current?.scrollTo({ top: 0 });
    around.current?.focus();
  };
  return (
    <div className={styles.frame} data-beside={openId !== undefined || undefined}>
      <div role="status" className={styles.pill}>
        {fresh > 0 && !isAtTop && (
          <Button kind="primary" small icon="chevron-up" onClick={toTop}>
            {words.newOnes(fresh, isMore)}
          </Button>
        )}
      </div>
      <div
        ref={around}
        role="listbox"
        tabIndex={0}
        className={styles.list}
        aria-label={words.list}
        aria-describedby={`${id}-help`}
        aria-activedescendant={
          shown.some(({ key }) => key === active) && active !== undefined ? `row-${active}` : undefined
        }
        onKeyDown={onKeyDown}
        onScroll={(event) => setAtTop(event.currentTarget.scrollTop < rowHeight / 2)}
      >
        <div className={styles.all} role="presentation" style={{ height: rows.getTotalSize() }}>
          <Shown {...props} shown={shown} active={active} />
        </div>
      </div>
      <p id={`${id}-help`} className={styles.foot}>
        <span>{words.listHelp}</span>
        <span aria-live="polite">
          {isLoading ? words.loadingMore : hasNext || onFurther ? "" : words.end(messages.length)}
        </span>
        {onFurther && !isLoading && (
          <Button small onClick={onFurther}>
            {words.further}
          </Button>
        )}
      </p>
    </div>
  );
}

/** Which rows are in sight; the next page is asked for before its place is reached. */
function useRows(
  around: RefObject<HTMLDivElement | null>,
  { messages, hasNext, isLoading, onEnd }: ListProps,
) {
  const height = useRowHeight();
  const rows = useVirtualizer({
    count: messages.length,
    getScrollElement: () => around.current,
    estimateSize: () => height,
    getItemKey: (index) => messages[index]?.id ?? index,
    overscan: 12,
    useFlushSync: false,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height of the rows is what is measured
  useEffect(() => rows.measure(), [height]);
  const last = rows.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasNext && !isLoading && last >= messages.length - rowsAhead) onEnd();
  }, [hasNext, isLoading, last, messages.length, onEnd]);
  return rows;
}

interface ShownProps extends Pick<ListProps, "messages" | "channels" | "openId" | "onOpen"> {
  shown: readonly VirtualItem[];
  active?: string;
}

function Shown({ shown, messages, channels, active, openId, onOpen }: ShownProps) {
  return shown.map(({ index, start }) => {
    const message = messages[index];
    if (!message) return null;
    return (
      <MessageRow
        key={message.id}
        message={message}
        channel={channels.get(message.channel)}
        top={start}
        isActive={message.id === active}
        isOpen={message.id === openId}
        onOpen={onOpen}
      />
    );
  });
}

function useRowHeight(): number {
  const [isNarrow, setNarrow] = useState(narrow.matches);
  useEffect(() => {
    const tell = () => setNarrow(narrow.matches);
    narrow.addEventListener("change", tell);
    return () => narrow.removeEventListener("change", tell);
  }, []);
  return isNarrow ? narrowRowHeight : rowHeight;
}
