import { ExampleSelect } from "../../content/example-select.tsx";
import { defaultPolicy, PolicyChoice, policyOf } from "../../content/policy-choice.tsx";
import { Segments } from "../../controls/segments.tsx";
import { texts } from "../../texts/texts.ts";
import styles from "./page.module.css";
import type { Composing } from "./use-draft.ts";
import type { View } from "./use-view.ts";

const words = texts.compose;

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
      <PolicyChoice
        value={policyOf(draft.body.adapt) ?? defaultPolicy}
        onChange={(policy) => set("/adapt", policy === defaultPolicy ? undefined : policy)}
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
