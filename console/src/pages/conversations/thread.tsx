import { useMemo, useState } from "react";
import { Link } from "wouter";
import type { Conversation } from "../../api/conversations.ts";
import { useThread } from "../../api/thread.ts";
import { useVotes } from "../../api/votes.ts";
import { nameOf } from "../../content/person-name.ts";
import { StatusBadge } from "../../content/status-badge.tsx";
import { typeName } from "../../content/summary.ts";
import { Ago } from "../../controls/ago.tsx";
import { Button } from "../../controls/button.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Loading } from "../../controls/loading.tsx";
import { BubbleView } from "../../phones/bubble-view.tsx";
import { OpenSheetView } from "../../phones/open-sheet.tsx";
import { type OpenSheet, PhoneContext } from "../../phones/phone-context.ts";
import skins from "../../phones/skins.module.css";
import { QuickReplies, ReplyKeyboard } from "../../phones/tray.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./thread.module.css";
import { type ThreadItem, threadItems } from "./thread-bubbles.ts";
import { useFollowing } from "./use-following.ts";

const { conversations: words } = texts;

/** All that was said, as the person's own app shows it, with what became of each message below it. */
export function Thread({ conversation }: { conversation: Conversation }) {
  const { pages, messages } = useThread(conversation.id);
  if (pages.isPending) return <Loading />;
  if (pages.isError) return <Failed problem={pages.error} onRetry={() => pages.refetch()} />;
  const earlier = pages.hasNextPage && (
    <Button small busy={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
      {words.earlier}
    </Button>
  );
  return <Said conversation={conversation} messages={messages} earlier={earlier} />;
}

interface SaidProps {
  conversation: Conversation;
  messages: ReturnType<typeof useThread>["messages"];
  earlier: React.ReactNode;
}

function Said({ conversation, messages, earlier }: SaidProps) {
  const { platform, chat } = conversation;
  const on = useVotes(conversation.id, messages);
  const isPrivate = chat.type === "private";
  const items = useMemo(() => threadItems(messages, { on, isPrivate }), [messages, on, isPrivate]);
  const [sheet, setSheet] = useState<OpenSheet>();
  const around = useMemo(
    () => ({ platform, isLive: false, act: () => {}, open: setSheet, close: () => setSheet(undefined) }),
    [platform],
  );
  const { ref, onScroll, fresh, toEnd } = useFollowing(items.map(({ message }) => message.id));
  const tray = items.at(-1)?.tray;
  return (
    <PhoneContext value={around}>
      <div className={styles.around} data-thread>
        <div className={`${styles.paper} ${skins[platform]}`} data-platform={platform}>
          <section
            ref={ref}
            onScroll={onScroll}
            className={styles.thread}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
            tabIndex={0}
            aria-label={words.thread(nameOf(conversation))}
          >
            {earlier && <p className={styles.earlier}>{earlier}</p>}
            {items.length === 0 && <p className={styles.nothing}>{words.noMessages}</p>}
            <ul className={styles.items}>
              {items.map((item, index) => (
                <Item key={item.message.id} item={item} before={items[index - 1]} />
              ))}
            </ul>
          </section>
          {tray?.quickReplies && <QuickReplies {...tray.quickReplies} />}
          {tray?.keyboard && <ReplyKeyboard {...tray.keyboard} />}
          {sheet && <OpenSheetView sheet={sheet} bubbles={items.flatMap(({ bubbles }) => bubbles)} />}
        </div>
        <div role="status" className={styles.pill}>
          {fresh > 0 && (
            <Button kind="primary" small icon="chevron-down" onClick={toEnd}>
              {texts.messages.newOnes(fresh, false)}
            </Button>
          )}
        </div>
      </div>
    </PhoneContext>
  );
}

const lost = ["failed", "expired", "cancelled"];

function Item({ item: { message, bubbles }, before }: { item: ThreadItem; before?: ThreadItem }) {
  const { id, direction, status, type, created_at } = message;
  const follows = before?.message.direction === direction;
  return (
    <li className={styles.item} data-direction={direction} data-lost={lost.includes(status) || undefined}>
      {bubbles.length === 0 && (
        <p className={styles.nothing}>{type === "erased" ? words.erased : `(${typeName(type)})`}</p>
      )}
      <ul className={styles.bubbles}>
        {bubbles.map((bubble, index) => (
          <BubbleView key={bubble.id} bubble={bubble} follows={index > 0 || follows} />
        ))}
      </ul>
      <p className={styles.under}>
        <Ago at={created_at} />
        {(direction === "out" || status !== "received") && <StatusBadge status={status} />}
        <Link href={`/messages/${id}`}>{words.open}</Link>
      </p>
    </li>
  );
}
