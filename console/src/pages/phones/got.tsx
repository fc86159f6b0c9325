import { useMemo } from "react";
import type { ApiProblem } from "../../api/request.ts";
import type { Person } from "../../api/simulator.ts";
import { Ago } from "../../controls/ago.tsx";
import { Json } from "../../controls/json.tsx";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./got.module.css";
import { isAbout } from "./is-about.ts";
import type { AnyStep, EventStep } from "./step.ts";

const words = texts.people.station;

interface GotProps {
  person: Person;
  steps: readonly AnyStep[];
  refusal?: ApiProblem;
}

/** What the customer's code is given of the person's last act: the same on every platform. */
export function Got({ person, steps, refusal }: GotProps) {
  const event = useMemo(() => lastOf(person, steps), [person, steps]);
  const label = `${words.got}: ${phones.names[person.platform]}`;
  return (
    <section className={styles.got} aria-label={label}>
      {refusal && (
        <p className={styles.refusal} role="alert">
          <strong>{texts.people.send.refused}</strong> {refusal.errors[0]?.message ?? refusal.message}
        </p>
      )}
      <h3 className={styles.title}>
        {words.got} {event && <Ago at={event.at} />}
      </h3>
      {event ? (
        <Json value={shortened(event)} label={`${words.event}: ${phones.names[person.platform]}`} />
      ) : (
        <p className={styles.none}>{words.nothingYet}</p>
      )}
    </section>
  );
}

function lastOf(person: Person, steps: readonly AnyStep[]): EventStep | undefined {
  const told = steps.filter(
    (step): step is EventStep =>
      step.kind === "event" && step.event.message?.status === undefined && isAbout(step.event, person),
  );
  return told.reduce<EventStep | undefined>(
    (last, step) => (last && last.at > step.at ? last : step),
    undefined,
  );
}

/** The part that code switches on; all of it stands in the timeline. */
function shortened({ event }: EventStep): object {
  const { type, message } = event;
  if (!message) return { type };
  const { id: _id, platform_id: _platformId, timestamp: _at, context, ...said } = message;
  const answered = (context as { id?: string } | undefined)?.id;
  return { type, message: { ...said, ...(answered && { context: { id: answered } }) } };
}
