import { useState } from "react";
import { useSearchParams } from "wouter";
import type { Person } from "../../api/simulator.ts";
import { ExampleSelect, knownExamples } from "../../content/example-select.tsx";
import { defaultPolicy, PolicyChoice, policyOf } from "../../content/policy-choice.tsx";
import { Button } from "../../controls/button.tsx";
import { texts } from "../../texts/texts.ts";
import { type Outcome, sendTo } from "./send.ts";
import styles from "./send-bar.module.css";

const words = texts.people.send;

interface SendBarProps {
  people: readonly Person[];
  /** Something leaves: what came before is old. */
  onSend(): void;
  /** What became of it, by the person's id. */
  onSent(outcomes: Record<string, Outcome>): void;
}

/** One message to everybody who is shown: the same JSON for each platform. */
export function SendBar({ people, onSend, onSent }: SendBarProps) {
  const { name, policy, choose } = useWish();
  const [isSending, setSending] = useState(false);
  const send = async () => {
    const content = knownExamples().find((example) => example.name === name)?.content;
    if (!content) return;
    setSending(true);
    onSend();
    const body = { content, ...(policy !== defaultPolicy && { adapt: policy }) };
    try {
      const outcomes = await Promise.all(
        people.map(async (person) => [person.id, await sendTo(person, body)] as const),
      );
      onSent(Object.fromEntries(outcomes));
    } finally {
      setSending(false);
    }
  };
  return (
    <div className={styles.bar}>
      <ExampleSelect className={styles.example} value={name} onChange={(next) => choose("example", next)} />
      <Button kind="primary" icon="send" busy={isSending} onClick={() => void send()}>
        {people.length === 4 ? words.toAll : `${words.toThese} ${people.length}`}
      </Button>
      <PolicyChoice value={policy} onChange={(next) => choose("policy", next)} />
    </div>
  );
}

/** The message and the policy that the address names; the first of them where it names none. */
function useWish() {
  const [params, setParams] = useSearchParams();
  const all = knownExamples();
  const asked = params.get("example");
  const { name } = all.find((example) => example.name === asked) ?? all[0]!;
  const policy = policyOf(params.get("policy")) ?? defaultPolicy;
  const choose = (field: "example" | "policy", value: string) =>
    setParams(
      (before) => {
        before.set(field, value);
        return before;
      },
      { replace: true },
    );
  return { name, policy, choose };
}
