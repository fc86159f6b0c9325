import { Link } from "wouter";
import { useChannels } from "../../api/channels.ts";
import { useEndpoints } from "../../api/endpoints.ts";
import { useMe } from "../../api/me.ts";
import { problemTypes, useProblems } from "../../api/problems.ts";
import { Ago } from "../../controls/ago.tsx";
import { Badge } from "../../controls/badge.tsx";
import { Failed } from "../../controls/failed.tsx";
import { useRefresh } from "../../live/use-refresh.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./overview.module.css";
import { Panel } from "./panel.tsx";
import { wordsOf } from "./problem-words.ts";

const { overview: words } = texts;

/** The last that went wrong, or that asks for a person: what it was, and what to do. */
export function Problems() {
  const problems = useProblems();
  useRefresh("events", problemTypes);
  const channels = useChannels().data?.data ?? [];
  const mayManage = useMe().data?.scopes.includes("manage");
  const endpoints = useEndpoints(mayManage).data?.data ?? [];
  const events = problems.data?.data ?? [];
  return (
    <Panel title={words.problems} to={{ href: "/messages?status=failed", label: words.toUnsettled }} isWide>
      {problems.isError && <Failed problem={problems.error} onRetry={() => problems.refetch()} />}
      {problems.data && events.length === 0 && <p>{words.noProblems}</p>}
      <ul className={styles.list}>
        {events.map((event) => {
          const { sentence, advice, href, isOver } = wordsOf(event, { channels, endpoints });
          return (
            <li key={event.id}>
              <Link href={href}>{sentence}</Link>
              {isOver && <Badge tone="good">{words.over}</Badge>}
              <Ago at={event.timestamp} />
              <small>{isOver ? words.overAdvice : advice}</small>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
