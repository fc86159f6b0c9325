import { Link } from "wouter";
import { type ProblemEvent, problemTypes, useProblems } from "../../api/problems.ts";
import { Ago } from "../../controls/ago.tsx";
import { Badge } from "../../controls/badge.tsx";
import { Failed } from "../../controls/failed.tsx";
import { useRefresh } from "../../live/use-refresh.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./overview.module.css";
import { Panel } from "./panel.tsx";

const { overview: words } = texts;

/** The last that went wrong, or that asks for a person. */
export function Problems() {
  const problems = useProblems();
  useRefresh("events", problemTypes);
  const events = problems.data?.data ?? [];
  return (
    <Panel title={words.problems} to={{ href: "/messages?status=failed", label: words.toUnsettled }}>
      {problems.isError && <Failed problem={problems.error} onRetry={() => problems.refetch()} />}
      {problems.data && events.length === 0 && <p>{words.noProblems}</p>}
      <ul className={styles.list}>
        {events.map((event) => (
          <li key={event.id}>
            <Badge tone={event.type === "message.failed" ? "bad" : "warn"}>{event.type}</Badge>
            <Link href={placeOf(event)}>{sentenceOf(event)}</Link>
            <Ago at={event.timestamp} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function placeOf({ message, endpoint, channel }: ProblemEvent): string {
  if (message) return `/messages/${message.id}`;
  if (endpoint) return `/endpoints/${endpoint.id}`;
  return `/channels/${channel?.id ?? ""}`;
}

function sentenceOf({ message, endpoint, reason, channel }: ProblemEvent): string {
  const problem = message?.problem;
  if (problem) return `${problem.code}: ${problem.message}`;
  return endpoint?.last_error ?? reason ?? channel?.reason ?? message?.id ?? words.open;
}
