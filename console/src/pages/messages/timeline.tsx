import { useMemo } from "react";
import type { Attempt, MessageDetail, Problem, StatusChange } from "../../api/messages.ts";
import { inWords } from "../../content/durations.ts";
import { statusName } from "../../content/status-badge.tsx";
import { Ago } from "../../controls/ago.tsx";
import type { Tone } from "../../controls/tone.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./messages.module.css";

const { messages: words } = texts;

type Entry =
  | { kind: "status"; at: number; change: StatusChange }
  | { kind: "attempt"; at: number; attempt: Attempt; part: string; number: number };

/**
 * The history is in the order in which it was learned, and stays so: platforms tell times by the second, which may lie
 * before what they come after. Each try stands between the states of its time; the first two are before any.
 */
function entriesOf({ history, calls }: MessageDetail): Entry[] {
  let reached = 0;
  const changes = history.map((change): Placed => {
    reached = Math.max(reached, Date.parse(change.at));
    return { place: reached, entry: { kind: "status", at: Date.parse(change.at), change } };
  });
  const tries = calls.flatMap(({ part, attempts }) =>
    attempts.map((attempt, index): Placed => {
      const at = Date.parse(attempt.at);
      return { place: at, entry: { kind: "attempt", at, attempt, part, number: index + 1 } };
    }),
  );
  return [...changes.slice(0, 2), ...tries, ...changes.slice(2)]
    .sort((left, right) => left.place - right.place)
    .map(({ entry }) => entry);
}

interface Placed {
  place: number;
  entry: Entry;
}

/** What happened to a message, in order: its states, and between them each request to the platform. */
export function Timeline({ message }: { message: MessageDetail }) {
  const entries = useMemo(() => entriesOf(message), [message]);
  const began = entries[0]?.at ?? 0;
  const reached = message.history.findLast(({ status }) => status === message.status);
  const totalMs = reached ? Date.parse(reached.at) - began : 0;
  return (
    <>
      <ol className={styles.timeline}>
        {entries.map((entry, index) => (
          <Line
            key={`${entry.kind} ${entry.at} ${nameOf(entry)}`}
            entry={entry}
            sinceMs={entry.at - (entries[index - 1]?.at ?? began)}
            isFirst={index === 0}
            hasArrived={toneOf(message.status) === "good"}
          />
        ))}
      </ol>
      {totalMs > 0 && (
        <p className={styles.soft}>{words.total(statusName(message.status), inWords(totalMs))}</p>
      )}
    </>
  );
}

function nameOf(entry: Entry): string {
  return entry.kind === "status"
    ? `${entry.change.status} ${entry.change.source}`
    : `${entry.part} ${entry.number}`;
}

interface LineProps {
  entry: Entry;
  sinceMs: number;
  isFirst: boolean;
  /** The platform has the message by now: what went wrong before is past, and no warning. */
  hasArrived: boolean;
}

function Line({ entry, sinceMs, isFirst, hasArrived }: LineProps) {
  const since = !isFirst && sinceMs >= 0 && (
    <span className={styles.soft}>{words.after(inWords(sinceMs))}</span>
  );
  if (entry.kind === "status") {
    const { status, source, at, matched_by, problem } = entry.change;
    return (
      <li data-kind="status" data-tone={hasArrived && toneOf(status) !== "good" ? "plain" : toneOf(status)}>
        <span className={styles.line}>
          <b>{statusName(status)}</b>
          {since}
          {isFirst && <Ago at={at} />}
          {source !== "gateway" && <span className={styles.soft}>{words.sources[source]}</span>}
          {matched_by && <span className={styles.soft}>{words.matched}</span>}
        </span>
        <ProblemLine problem={problem} isPast={hasArrived} />
      </li>
    );
  }
  const { outcome, latency_ms, http_status, problem } = entry.attempt;
  return (
    <li data-kind="attempt">
      <span className={styles.line}>
        <span>{words.attempt(entry.part, entry.number)}</span>
        <span>{words.outcomes[outcome]}</span>
        <span className={styles.soft}>
          {(http_status === undefined ? words.gaveUp : words.took)(inWords(latency_ms))}
        </span>
        {http_status !== undefined && <span className={styles.soft}>{words.http(http_status)}</span>}
      </span>
      <ProblemLine problem={problem} isPast={hasArrived} />
    </li>
  );
}

/** A platform's code, its words, and what to do, as long as there is something to do. */
export function ProblemLine({ problem, isPast = false }: { problem?: Problem; isPast?: boolean }) {
  if (!problem) return null;
  if (isPast)
    return (
      <p className={styles.soft}>
        <code>{problem.code}</code> {problem.message}
      </p>
    );
  return (
    <p className={styles.problem}>
      <code>{problem.code}</code> {problem.message} {problem.hint}
    </p>
  );
}

function toneOf(status: string): Tone {
  if (["sent", "delivered", "read", "received"].includes(status)) return "good";
  if (["failed", "expired"].includes(status)) return "bad";
  return status === "unknown" ? "warn" : "plain";
}
