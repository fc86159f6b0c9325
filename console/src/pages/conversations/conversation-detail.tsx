import { useRef } from "react";
import { Link } from "wouter";
import { useChannels } from "../../api/channels.ts";
import { type Conversation, useConversation } from "../../api/conversations.ts";
import { ApiProblem } from "../../api/request.ts";
import { nameOf } from "../../content/person-name.ts";
import { Badge } from "../../controls/badge.tsx";
import { Empty } from "../../controls/empty.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Loading } from "../../controls/loading.tsx";
import { texts } from "../../texts/texts.ts";
import { useFilledHeight } from "../messages/use-filled-height.ts";
import { ContactMenu } from "./contact-menu.tsx";
import styles from "./conversations.module.css";
import { ReplyBox } from "./reply-box.tsx";
import { Thread } from "./thread.tsx";
import { WindowBadge } from "./window-badge.tsx";

const { conversations: words } = texts;

/** One conversation: who it is, how long they can be answered, the thread, and the answer. */
export function ConversationDetail({ id }: { id: string }) {
  const conversation = useConversation(id);
  if (conversation.isPending) return <Loading />;
  if (conversation.error instanceof ApiProblem && conversation.error.status === 404)
    return (
      <Empty title={words.gone} action={<Link href="/conversations">{words.back}</Link>}>
        {words.goneBody}
      </Empty>
    );
  if (!conversation.data)
    return <Failed problem={conversation.error} onRetry={() => conversation.refetch()} />;
  return <Opened conversation={conversation.data} />;
}

function Opened({ conversation }: { conversation: Conversation }) {
  const around = useRef<HTMLElement>(null);
  useFilledHeight(around);
  const { contact, lane, chat } = conversation;
  const canAnswer = chat.id !== "";
  return (
    <section ref={around} className={styles.opened} aria-label={words.thread(nameOf(conversation))}>
      <Head conversation={conversation} />
      {lane.by && (
        <p className={styles.notice}>
          {words.blocked}. <Link href={`/messages/${lane.by}`}>{words.blockedAction}</Link>
        </p>
      )}
      {contact?.blocked && <p className={styles.notice}>{words.contactBlocked}</p>}
      <Thread key={conversation.id} conversation={conversation} />
      {canAnswer && <ReplyBox key={`${conversation.id} reply`} conversation={conversation} />}
    </section>
  );
}

function Head({ conversation }: { conversation: Conversation }) {
  const channels = useChannels();
  const { contact, chat, channel } = conversation;
  const addresses = contact?.addresses.join(", ") ?? chat.id;
  return (
    <header className={styles.head}>
      <Link href="/conversations" className={styles.back}>
        {words.back}
      </Link>
      <div className={styles.name}>
        <h2 dir="auto">{nameOf(conversation) || words.erased}</h2>
        <small>
          <bdi>{addresses}</bdi>
          {" · "}
          <bdi>{channels.data?.data.find(({ id }) => id === channel)?.name ?? conversation.platform}</bdi>
        </small>
      </div>
      {chat.type !== "private" && <Badge>{words.group}</Badge>}
      {chat.id !== "" && <WindowBadge conversation={conversation} />}
      {contact && <ContactMenu conversation={conversation} contact={contact.id} />}
    </header>
  );
}
