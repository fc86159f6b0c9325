import { useCallback } from "react";
import { Link } from "wouter";
import type { Conversation, ConversationFilter } from "../../api/conversations.ts";
import { nameOf } from "../../content/person-name.ts";
import { summaryOf, typeName } from "../../content/summary.ts";
import { Ago } from "../../controls/ago.tsx";
import { Badge } from "../../controls/badge.tsx";
import { Button } from "../../controls/button.tsx";
import { Empty } from "../../controls/empty.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Loading } from "../../controls/loading.tsx";
import { ChannelField } from "../../filters/channel-field.tsx";
import { SearchField } from "../../filters/search-field.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./conversations.module.css";
import type { useConversationList } from "./use-conversation-list.ts";

const { conversations: words } = texts;

interface ListProps {
  list: ReturnType<typeof useConversationList>;
  filter: ConversationFilter;
  onChange: (wish: ConversationFilter) => void;
  openId?: string;
}

/** Who is talked with, the last active first. */
export function ConversationList({ list, filter, onChange, openId }: ListProps) {
  const query = window.location.search;
  const search = useCallback((text: string) => onChange({ text }), [onChange]);
  return (
    <div className={styles.side}>
      <search className={styles.filters}>
        <SearchField
          label={words.search}
          placeholder={words.searchHelp}
          text={filter.text}
          onChange={search}
        />
        <ChannelField value={filter.channel} onChange={(channel) => onChange({ channel })} />
      </search>
      {list.isPending && <Loading />}
      {list.isError && <Failed problem={list.error} onRetry={() => list.refetch()} />}
      {list.isSuccess && list.rows.length === 0 && <Nothing isFiltered={Object.keys(filter).length > 0} />}
      <ul className={styles.list} aria-label={words.list}>
        {list.rows.map((row) => (
          <Row key={row.id} conversation={row} isOpen={row.id === openId} query={query} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </div>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <Empty title={words.nobody}>{words.nobodyBody}</Empty>;
  return <Empty title={words.emptyTitle}>{words.emptyBody}</Empty>;
}

function Row({
  conversation,
  isOpen,
  query,
}: {
  conversation: Conversation;
  isOpen: boolean;
  query: string;
}) {
  const { id, last_message: last, chat, platform, contact } = conversation;
  const waits = last?.direction === "in" && last.status !== "deleted";
  return (
    <li>
      <Link
        href={`/conversations/${id}${query}`}
        className={styles.row}
        aria-current={isOpen ? "true" : undefined}
        data-waits={waits || undefined}
      >
        <span className={styles.who}>
          <bdi>{nameOf(conversation) || words.erased}</bdi>{" "}
          {(contact?.name || contact?.username) && <small>{texts.platforms[platform]}</small>}
        </span>
        <span className={styles.when}>{last && <Ago at={last.created_at} />}</span>
        <span className={styles.last} dir="auto">
          {last && (last.direction === "out" ? `${words.you}: ` : "")}
          {last && (summaryOf(last.content) || typeName(last.type))}
        </span>
        {waits && <span className={styles.dot} title={words.waiting} role="img" aria-label={words.waiting} />}
        {chat.type !== "private" && <Badge>{words.group}</Badge>}
      </Link>
    </li>
  );
}
