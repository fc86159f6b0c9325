import { useCallback, useMemo } from "react";
import { useParams, useSearchParams } from "wouter";
import type { ConversationFilter } from "../../api/conversations.ts";
import { Empty } from "../../controls/empty.tsx";
import { PageHeader } from "../../controls/page-header.tsx";
import { texts } from "../../texts/texts.ts";
import { ConversationDetail } from "./conversation-detail.tsx";
import { ConversationList } from "./conversation-list.tsx";
import styles from "./conversations.module.css";
import { useConversationList } from "./use-conversation-list.ts";

const { conversations: words } = texts;
const names = ["channel", "text"] as const;

/** Everybody the channels talk with: the list, and beside it the thread that the URL names. */
export function Page() {
  const { id } = useParams<{ id?: string }>();
  const { filter, change } = useFilter();
  const list = useConversationList(filter);
  return (
    <>
      <PageHeader title={texts.pages.conversations} subtitle={words.intro} />
      <div className={styles.columns} data-open={id !== undefined || undefined}>
        <ConversationList list={list} filter={filter} onChange={change} openId={id} />
        {id === undefined ? (
          <div className={styles.none}>
            <Empty title={words.choose}>{words.chooseBody}</Empty>
          </div>
        ) : (
          <ConversationDetail key={id} id={id} />
        )}
      </div>
    </>
  );
}

function useFilter() {
  const [search, setSearch] = useSearchParams();
  const filter = useMemo<ConversationFilter>(
    () => Object.fromEntries(names.flatMap((name) => (search.get(name) ? [[name, search.get(name)]] : []))),
    [search],
  );
  const change = useCallback(
    (wish: ConversationFilter) =>
      setSearch(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(wish))
            if (value) next.set(name, value);
            else next.delete(name);
          return next;
        },
        { replace: true },
      ),
    [setSearch],
  );
  return { filter, change };
}
