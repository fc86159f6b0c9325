import { useState } from "react";
import { type MessageDetail, type Resolution, useResolve } from "../../api/messages.ts";
import { useLacking } from "../../content/lacking.ts";
import { Button } from "../../controls/button.tsx";
import { Confirm } from "../../controls/confirm.tsx";
import { toast } from "../../controls/toast.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./messages.module.css";
import { ProblemLine } from "./timeline.tsx";

const { messages: words } = texts;

/** What is wrong with a message, and, where a person has to say how it goes on, the ways that there are. */
export function Unsettled({ message, isBlocking }: { message: MessageDetail; isBlocking: boolean }) {
  const { status, problem, erased_at } = message;
  const isUnknown = status === "unknown";
  const bad = status === "failed" || status === "expired";
  if (!isUnknown && !isBlocking) return problem && bad ? <Notice tone="bad" message={message} /> : null;
  const outcomes: Resolution[] = [
    ...(isUnknown ? (["sent", "failed"] as const) : []),
    ...(erased_at === undefined ? (["resend"] as const) : []),
    ...(isBlocking ? (["skip"] as const) : []),
  ];
  return (
    <section
      className={styles.notice}
      data-tone={isUnknown ? "warn" : "bad"}
      aria-label={isUnknown ? words.unknownTitle : words.blockedTitle}
    >
      <h3>{isUnknown ? words.unknownTitle : words.blockedTitle}</h3>
      <ProblemLine problem={problem} />
      {isUnknown && <p>{words.unknownBody}</p>}
      {isBlocking && <p>{isUnknown ? `${words.blockedTitle}. ${words.blockedBody}` : words.blockedBody}</p>}
      <ul className={styles.choices}>
        {outcomes.map((outcome) => (
          <Way key={outcome} id={message.id} outcome={outcome} />
        ))}
      </ul>
    </section>
  );
}

function Notice({ tone, message }: { tone: "bad"; message: MessageDetail }) {
  return (
    <div className={styles.notice} data-tone={tone}>
      <ProblemLine problem={message.problem} />
    </div>
  );
}

function Way({ id, outcome }: { id: string; outcome: Resolution }) {
  const [isAsking, setAsking] = useState(false);
  const off = useLacking({ scope: "send" });
  const resolve = useResolve(id);
  const { action, help } = words.resolve[outcome];
  const confirm = () =>
    resolve.mutate(outcome, {
      onSuccess: () => toast(words.resolved, "good"),
      onError: (error) => toast(error.message, "bad"),
      onSettled: () => setAsking(false),
    });
  return (
    <li>
      <Button small off={off} onClick={() => setAsking(true)}>
        {action}
      </Button>
      <span className={styles.soft}>{help}</span>
      <Confirm
        open={isAsking}
        onClose={() => setAsking(false)}
        title={words.resolveTitle(action)}
        action={action}
        onConfirm={confirm}
        busy={resolve.isPending}
      >
        <p>{help}</p>
      </Confirm>
    </li>
  );
}
