import { useParams } from "wouter";
import { Empty } from "../../controls/empty.tsx";
import { PageHeader } from "../../controls/page-header.tsx";
import { useUrlFilter } from "../../filters/use-url-filter.ts";
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
  const { filter, change } = useUrlFilter(names);
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
