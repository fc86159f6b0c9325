import type { MessageDetail } from "../../api/messages.ts";
import { Badge } from "../../controls/badge.tsx";
import { Json } from "../../controls/json.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./messages.module.css";
import { ProblemLine } from "./timeline.tsx";

const { messages: words } = texts;

/** The requests to the platform, as they were sent; secrets are in none. */
export function Calls({ message: { calls } }: { message: MessageDetail }) {
  if (calls.length === 0) return <p className={styles.soft}>{words.noCalls}</p>;
  return (
    <ol className={styles.calls}>
      {calls.map(({ id, method, path, body, state, problem }, index) => (
        <li key={id}>
          <h3>
            {words.call(index + 1, calls.length)}
            <code>{[method, path].join(" ")}</code>
            <Badge>{state}</Badge>
          </h3>
          <ProblemLine problem={problem} />
          <Json value={body} label={words.call(index + 1, calls.length)} />
        </li>
      ))}
    </ol>
  );
}
