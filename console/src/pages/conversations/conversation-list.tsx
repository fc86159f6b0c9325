import { useEffect, useState } from "react";
import { Link } from "wouter";
import { useChannels } from "../../api/channels.ts";
import { type Conversation, type ConversationFilter, nameOf } from "../../api/conversations.ts";
import { summaryOf, typeName } from "../../content/summary.ts";
import { Ago } from "../../controls/ago.tsx";
import { Badge } from "../../controls/badge.tsx";
import { Button } from "../../controls/button.tsx";
import { Empty } from "../../controls/empty.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Field } from "../../controls/field.tsx";
import { Loading } from "../../controls/loading.tsx";
import { Select } from "../../controls/select.tsx";
import { TextInput } from "../../controls/text-input.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./conversations.module.css";
import type { useConversationList } from "./use-conversation-list.ts";

const { conversations: words } = texts;
const typingMs = 300;

interface ListProps {
  list: ReturnType<typeof useConversationList>;
  filter: ConversationFilter;
  onChange: (wish: ConversationFilter) => void;
  openId?: string;
}

/** Who is talked with, the last active first. */
export function ConversationList({ list, filter, onChange, openId }: ListProps) {
  const channels = useChannels();
  const search = window.location.search;
  return (
    <div className={styles.side}>
      <search className={styles.filters}>
        <Search text={filter.text} onChange={(text) => onChange({ text })} />
        <Field label={words.channel}>
          <Select
            value={filter.channel ?? ""}
            onChange={(channel) => onChange({ channel })}
            options={[
              { value: "", label: words.allChannels },
              ...(channels.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        </Field>
      </search>
      {list.isPending && <Loading />}
      {list.isError && <Failed problem={list.error} onRetry={() => list.refetch()} />}
      {list.isSuccess && list.rows.length === 0 && <Nothing isFiltered={Object.keys(filter).length > 0} />}
      <ul className={styles.list} aria-label={words.list}>
        {list.rows.map((row) => (
          <Row key={row.id} conversation={row} isOpen={row.id === openId} search={search} />
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
  search,
}: {
  conversation: Conversation;
  isOpen: boolean;
  search: string;
}) {
  const { id, last_message: last, chat } = conversation;
  const waits = last?.direction === "in" && last.status !== "deleted";
  return (
    <li>
      <Link
        href={`/conversations/${id}${search}`}
        className={styles.row}
        aria-current={isOpen ? "true" : undefined}
        data-waits={waits || undefined}
      >
        <span className={styles.who} dir="auto">
          {nameOf(conversation) || words.erased}
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

/** Searched when the typing rests. */
function Search({ text = "", onChange }: { text?: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    const wish = typed.trim();
    if (wish === text) return;
    const timer = setTimeout(() => onChange(wish), typingMs);
    return () => clearTimeout(timer);
  }, [typed, text, onChange]);
  return (
    <Field label={words.search}>
      <TextInput
        type="search"
        data-search
        maxLength={200}
        placeholder={words.searchHelp}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </Field>
  );
}
