import type { Policy } from "../../../../src/core/message.ts";
import { texts } from "../../texts/texts.ts";
import { ExampleSelect } from "./example-select.tsx";
import styles from "./page.module.css";
import { Segments } from "./segments.tsx";
import type { Composing } from "./use-draft.ts";
import type { View } from "./use-view.ts";

const words = texts.compose;
const policies: Policy[] = ["none", "lossless", "best_effort"];

interface ToolbarProps {
  composing: Composing;
  view: View;
  setView(view: View): void;
}

/** What to begin with, what may change for an app, and how the message is written. */
export function Toolbar({ composing: { draft, load, set }, view, setView }: ToolbarProps) {
  return (
    <div className={styles.bar}>
      <ExampleSelect value={draft.example} onChange={load} />
      <Segments
        label={words.policy}
        value={policies.find((policy) => policy === draft.body.adapt) ?? "lossless"}
        onChange={(policy) => set("/adapt", policy === "lossless" ? undefined : policy)}
        options={policies.map((value) => ({ value, ...words.policies[value] }))}
      />
      <Segments
        label={words.view}
        value={view}
        onChange={setView}
        options={[
          { value: "form", label: words.form },
          { value: "json", label: words.json },
          { value: "both", label: words.both },
        ]}
      />
    </div>
  );
}
