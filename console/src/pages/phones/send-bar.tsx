import { useState } from "react";
import type { ApiProblem } from "../../api/request.ts";
import type { Person } from "../../api/simulator.ts";
import { Button } from "../../controls/button.tsx";
import { Select } from "../../controls/select.tsx";
import { texts } from "../../texts/texts.ts";
import { offered, sendTo } from "./send.ts";
import styles from "./send-bar.module.css";

const words = texts.people.send;

interface SendBarProps {
  people: readonly Person[];
  /** Who was refused, by the person's id. */
  onSent(refusals: Record<string, ApiProblem>): void;
}

/** One message to everybody who is shown: the same JSON for each platform. */
export function SendBar({ people, onSent }: SendBarProps) {
  const all = offered();
  const [name, setName] = useState(all[0]?.name ?? "");
  const [isSending, setSending] = useState(false);
  const send = async () => {
    const content = all.find((example) => example.name === name)?.content;
    if (!content) return;
    setSending(true);
    try {
      const outcomes = await Promise.all(
        people.map(async (person) => [person.id, await sendTo(person, content)] as const),
      );
      onSent(Object.fromEntries(outcomes.filter(([, problem]) => problem)) as Record<string, ApiProblem>);
    } finally {
      setSending(false);
    }
  };
  return (
    <div className={styles.bar}>
      <Select
        label={words.example}
        className={styles.example}
        value={name}
        onChange={setName}
        options={all.map((example) => ({
          value: example.name,
          label: words.names[example.name] ?? example.name,
        }))}
      />
      <Button kind="primary" icon="send" busy={isSending} onClick={() => void send()}>
        {people.length === 4 ? words.toAll : `${words.toThese} ${people.length}`}
      </Button>
      <p className={styles.help}>{words.help}</p>
    </div>
  );
}
