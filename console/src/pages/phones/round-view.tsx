import { memo, useState } from "react";
import type { Person } from "../../api/simulator.ts";
import { Ago } from "../../controls/ago.tsx";
import { Badge } from "../../controls/badge.tsx";
import { Icon } from "../../controls/icon.tsx";
import { Json } from "../../controls/json.tsx";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import { lineOf, titleOf } from "./sentences.ts";
import type { AnyStep } from "./step.ts";
import type { Round } from "./timeline.ts";
import styles from "./timeline-view.module.css";

const words = texts.people.timeline;

/** One act and all that it brought about. */
export function RoundView({ round, people }: { round: Round; people: readonly Person[] }) {
  const platform = people.find(({ id }) => id === round.person)?.platform;
  return (
    <li className={styles.round}>
      <header className={styles.about}>
        <h3 className={styles.title} dir="auto">
          {titleOf(round, people)}
        </h3>
        <span className={styles.where}>
          {platform && phones.names[platform]} <Ago at={round.startedAt} />
        </span>
      </header>
      <ol className={styles.steps}>
        {round.steps.map((step) => (
          <StepView key={step.id} step={step} startedAt={round.startedAt} people={people} />
        ))}
      </ol>
    </li>
  );
}

interface StepViewProps {
  step: AnyStep;
  startedAt: number;
  people: readonly Person[];
}

const StepView = memo(function StepView({ step, startedAt, people }: StepViewProps) {
  const [isOpen, setOpen] = useState(false);
  const { from, to, what, result, tone, json } = lineOf(step, people);
  const fault = "fault" in step ? step.fault : undefined;
  const isShared = "causes" in step && step.causes.length > 1;
  return (
    <li className={styles.step} data-kind={step.kind} data-tone={tone}>
      <button
        type="button"
        className={styles.line}
        aria-expanded={isOpen}
        title={words.open}
        onClick={() => setOpen(!isOpen)}
      >
        <span className={styles.mark} aria-hidden="true" />
        <span className={styles.way}>
          {from}
          {to && <Icon name="arrow-right" size={11} />}
          {to}
        </span>
        <span
          className={styles.after}
        >{`+${Math.max(0, Math.round(step.at - startedAt))} ${words.took}`}</span>
        <span className={styles.what} dir="auto">
          {what}
        </span>
        {result && <span className={styles.result}>{result}</span>}
      </button>
      {(fault || isShared) && (
        <p className={styles.notes}>
          {fault && (
            <Badge tone="warn">
              {words.fault}: {texts.people.faults.kinds[fault].name}
            </Badge>
          )}
          {isShared && <span>{words.also}</span>}
        </p>
      )}
      {isOpen && <Json value={json} label={what} />}
    </li>
  );
});
