import { useState } from "react";
import { Link } from "wouter";
import { useChannels } from "../../api/channels.ts";
import { useConversation } from "../../api/conversations.ts";
import { type MessageDetail as Detail, useMessage } from "../../api/messages.ts";
import { ApiProblem } from "../../api/request.ts";
import { personOf } from "../../content/person-name.ts";
import { PlatformMark } from "../../content/platform-mark.tsx";
import { StatusBadge } from "../../content/status-badge.tsx";
import { typeName } from "../../content/summary.ts";
import { Ago } from "../../controls/ago.tsx";
import { Button } from "../../controls/button.tsx";
import { Card } from "../../controls/card.tsx";
import { Empty } from "../../controls/empty.tsx";
import { Failed } from "../../controls/failed.tsx";
import { IconButton } from "../../controls/icon-button.tsx";
import { Json } from "../../controls/json.tsx";
import { Loading } from "../../controls/loading.tsx";
import { Tabs } from "../../controls/tabs.tsx";
import { texts } from "../../texts/texts.ts";
import { Actions } from "./actions.tsx";
import { Calls } from "./calls.tsx";
import { Facts } from "./facts-of-message.tsx";
import { Ledger } from "./ledger.tsx";
import styles from "./messages.module.css";
import { Picture } from "./picture.tsx";
import { Timeline } from "./timeline.tsx";
import { Unsettled } from "./unsettled.tsx";

const { messages: words } = texts;

interface DetailProps {
  id: string;
  onClose: () => void;
  onOpen: (id: string) => void;
}

/** One message whole: its picture, what happened to it, and what can be done. */
export function MessageDetail({ id, onClose, onOpen }: DetailProps) {
  const message = useMessage(id);
  const isGone = message.error instanceof ApiProblem && message.error.status === 404;
  if (message.isPending) return <Loading />;
  if (isGone)
    return (
      <Empty title={words.gone} action={<Button onClick={onClose}>{words.back}</Button>}>
        {words.goneBody}
      </Empty>
    );
  if (!message.data) return <Failed problem={message.error} onRetry={() => message.refetch()} />;
  return <Opened message={message.data} onClose={onClose} onOpen={onOpen} />;
}

function Opened({ message, onClose, onOpen }: { message: Detail } & Omit<DetailProps, "id">) {
  const { data: conversation } = useConversation(message.conversation);
  const channel = useChannels().data?.data.find(({ id }) => id === message.channel);
  const isBlocking = conversation?.lane.by === message.id;
  return (
    <section className={styles.detail} aria-label={words.opened}>
      <header className={styles.head}>
        <h2 dir="auto">{personOf(message) || typeName(message.type)}</h2>
        <StatusBadge status={message.status} />
        <Actions message={message} onOpen={onOpen} />
        <IconButton label={words.closeDetail} icon="close" onClick={onClose} />
        <p className={styles.sub}>
          <span>
            {message.direction === "out" ? words.directions.out : words.directions.in}{" "}
            <Ago at={message.created_at} />
          </span>
          <span className={styles.through}>
            <PlatformMark platform={message.platform} />
            <span dir="auto">{channel?.name ?? texts.platforms[message.platform]}</span>
          </span>
          <span>{typeName(message.type)}</span>
          <Link href={`/conversations/${message.conversation}`}>{words.openConversation}</Link>
        </p>
      </header>
      <Unsettled message={message} isBlocking={isBlocking} />
      <div className={styles.halves}>
        <Card title={words.picture}>
          <Picture message={message} />
        </Card>
        <Card title={words.timeline}>
          <Timeline message={message} />
        </Card>
      </div>
      <Card title={words.facts}>
        <Facts message={message} />
      </Card>
      <Parts message={message} />
    </section>
  );
}

function Parts({ message }: { message: Detail }) {
  const [tab, setTab] = useState("calls");
  return (
    <div className={styles.tabs}>
      <Tabs
        label={words.more}
        value={tab}
        onChange={setTab}
        tabs={[
          { id: "calls", label: words.tabs.calls, content: <Calls message={message} /> },
          { id: "ledger", label: words.tabs.ledger, content: <Ledger message={message} /> },
          { id: "json", label: words.tabs.json, content: <Json value={message} label={words.tabs.json} /> },
        ]}
      />
    </div>
  );
}
