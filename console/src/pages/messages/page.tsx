import { useCallback, useEffect, useMemo } from "react";
import { Link, useParams } from "wouter";
import { useChannels } from "../../api/channels.ts";
import { filterNames, type MessageFilter } from "../../api/messages.ts";
import { Button } from "../../controls/button.tsx";
import { Empty } from "../../controls/empty.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Loading } from "../../controls/loading.tsx";
import { PageHeader } from "../../controls/page-header.tsx";
import { useUrlFilter } from "../../filters/use-url-filter.ts";
import { texts } from "../../texts/texts.ts";
import { Filters } from "./filters.tsx";
import { MessageDetail } from "./message-detail.tsx";
import { MessageList } from "./message-list.tsx";
import styles from "./messages.module.css";
import { useLookingFurther } from "./use-looking-further.ts";
import { useMessageList } from "./use-message-list.ts";
import { useOpening } from "./use-opening.ts";

const { messages: words } = texts;

/** All that was sent and received: the list, and beside it the message that the URL names. */
export function Page() {
  const { id } = useParams<{ id?: string }>();
  const { filter, change } = useUrlFilter(filterNames);
  const open = useOpening();
  const list = useMessageList(filter);
  const close = useCallback(() => open(), [open]);
  useEscape(id === undefined ? undefined : close);
  return (
    <>
      <PageHeader title={texts.pages.messages} subtitle={words.intro} />
      <Filters filter={filter} onChange={change} onOpen={open} />
      {list.isAway && list.messages.length > 0 && <p role="status">{words.offline}</p>}
      <div className={styles.columns} data-open={id !== undefined || undefined}>
        <Listed list={list} filter={filter} openId={id} onOpen={open} onClose={close} />
        {id !== undefined && <MessageDetail key={id} id={id} onClose={close} onOpen={open} />}
      </div>
    </>
  );
}

interface ListedProps {
  list: ReturnType<typeof useMessageList>;
  filter: MessageFilter;
  openId?: string;
  onOpen: (id: string) => void;
  onClose: () => void;
}

function Listed({ list, filter, openId, onOpen, onClose }: ListedProps) {
  const { pages, messages, fresh, isMore, showNewest } = list;
  const channels = useChannels();
  const names = useMemo(
    () => new Map((channels.data?.data ?? []).map(({ id, name }) => [id, name])),
    [channels.data],
  );
  const { hasNextPage, isFetchingNextPage } = pages;
  const { isResting, more, goOn } = useLookingFurther(pages, filter);
  if (pages.isPending) return <Loading />;
  if (pages.isError) return <Failed problem={pages.error} onRetry={() => pages.refetch()} />;
  if (messages.length === 0 && isResting) return <NothingYet onFurther={goOn} />;
  if (messages.length === 0 && hasNextPage) return <Loading label={words.searching} />;
  if (messages.length === 0) return <Nothing isFiltered={Object.keys(filter).length > 0} />;
  return (
    <MessageList
      messages={messages}
      channels={names}
      openId={openId}
      onOpen={onOpen}
      onClose={onClose}
      fresh={fresh}
      isMore={isMore}
      onShowNewest={showNewest}
      hasNext={hasNextPage && !isResting}
      onFurther={isResting ? goOn : undefined}
      isLoading={isFetchingNextPage}
      onEnd={more}
    />
  );
}

function NothingYet({ onFurther }: { onFurther: () => void }) {
  return (
    <Empty title={words.nothingYet} action={<Button onClick={onFurther}>{words.further}</Button>}>
      {words.nothingYetBody}
    </Empty>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <Empty title={words.nothingFits}>{words.nothingFitsBody}</Empty>;
  return (
    <Empty title={words.emptyTitle} action={<Link href="/compose">{words.compose}</Link>}>
      {words.emptyBody}
    </Empty>
  );
}

/** Escape closes what is open, wherever the focus is but in a dialog or where something is written. */
function useEscape(close: (() => void) | undefined): void {
  useEffect(() => {
    if (!close) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      const target = event.target as HTMLElement;
      if (target.closest("[role=dialog], [role=menu], input, textarea, select")) return;
      close();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [close]);
}
