import { useMemo } from "react";
import { useSearchParams } from "wouter";
import type { Person } from "../../api/simulator.ts";
import { Button } from "../../controls/button.tsx";
import { Empty } from "../../controls/empty.tsx";
import { Select } from "../../controls/select.tsx";
import { phones } from "../../texts/phones.ts";
import { texts } from "../../texts/texts.ts";
import { happenings } from "./kept-steps.ts";
import { RoundView } from "./round-view.tsx";
import type { AnyStep } from "./step.ts";
import { rounds } from "./timeline.ts";
import styles from "./timeline-view.module.css";

const words = texts.people.timeline;
const maxShown = 60;

/** Act by act, the newest first: what each brought about, from whom to whom. */
export function Timeline({ steps, people }: { steps: readonly AnyStep[]; people: readonly Person[] }) {
  const [params, setParams] = useSearchParams();
  const of = params.get("of") ?? "";
  const all = useMemo(() => rounds(steps, people), [steps, people]);
  // What the gateway asks at its start, of accounts and webhooks, is of nobody.
  const shown = all
    .filter(({ person, steps: [first] }) =>
      of === "nobody" ? person === undefined : person ? !of || person === of : !of && first?.kind === "event",
    )
    .slice(0, maxShown);
  const choose = (value: string) =>
    setParams(
      (before) => {
        if (value) before.set("of", value);
        else before.delete("of");
        return before;
      },
      { replace: true },
    );
  return (
    <div className={styles.timeline}>
      <div className={styles.tools}>
        <Select
          label={words.of}
          value={of}
          onChange={choose}
          options={[
            { value: "", label: words.all },
            ...people.map(({ id, name, platform }) => ({
              value: id,
              label: `${name}, ${phones.names[platform]}`,
            })),
            { value: "nobody", label: words.setup },
          ]}
        />
        <Button small kind="ghost" onClick={() => happenings.clear()}>
          {words.clear}
        </Button>
      </div>
      {shown.length === 0 && <Empty title={words.empty}>{words.emptyHelp}</Empty>}
      <ol className={styles.rounds} aria-label={words.title}>
        {shown.map((round) => (
          <RoundView key={round.key} round={round} people={people} />
        ))}
      </ol>
    </div>
  );
}
