import { useState } from "react";
import { useSearchParams } from "wouter";
import { type Person, useFaults } from "../../api/simulator.ts";
import { Tabs } from "../../controls/tabs.tsx";
import { texts } from "../../texts/texts.ts";
import { FaultPanel, firstWish } from "./fault-panel.tsx";
import styles from "./side.module.css";
import type { AnyStep } from "./step.ts";
import { Timeline } from "./timeline-view.tsx";

const words = texts.people.side;

/** Beside the phones: what happens, or what is to go wrong. */
export function Side({ steps, people }: { steps: readonly AnyStep[]; people: readonly Person[] }) {
  const [params, setParams] = useSearchParams();
  const [wish, setWish] = useState(firstWish);
  const count = useFaults().data?.data.length ?? 0;
  const choose = (side: string) =>
    setParams(
      (before) => {
        before.set("side", side);
        return before;
      },
      { replace: true },
    );
  const timeline = <Timeline steps={steps} people={people} />;
  return (
    <aside className={styles.side} aria-label={words.label}>
      <Tabs
        label={words.label}
        value={params.get("side") === "faults" ? "faults" : "timeline"}
        onChange={choose}
        tabs={[
          { id: "timeline", label: words.timeline, content: timeline },
          {
            id: "faults",
            label: count > 0 ? `${words.faults} (${count})` : words.faults,
            content: <FaultPanel wish={wish} onWish={setWish} />,
          },
        ]}
      />
    </aside>
  );
}
