import { lazy, Suspense } from "react";
import type { FieldProblem } from "../../../../src/core/problem.ts";
import { Loading } from "../../controls/loading.tsx";
import { MessageForm } from "./form/message-form.tsx";
import { MorePanel } from "./form/more-panel.tsx";
import { OptionsPanel } from "./options-panel.tsx";
import styles from "./page.module.css";
import { BrokenNotice, ProblemList } from "./problem-list.tsx";
import { goTo } from "./step-light.ts";
import type { Composing } from "./use-draft.ts";
import type { View } from "./use-view.ts";

const JsonEditor = lazy(() =>
  import("./editor/json-editor.tsx").then((module) => ({ default: module.JsonEditor })),
);

interface WrittenProps {
  composing: Composing;
  view: View;
  problems: readonly FieldProblem[];
  /** What a step of a ledger changed, while somebody looks at it. */
  lit?: readonly string[];
}

/** The message as it is written: what is wrong with it, its form, its JSON. */
export function Written({ composing, view, problems, lit }: WrittenProps) {
  const { draft, judged, set, become, write, restore } = composing;
  return (
    <div className={styles.written}>
      {draft.broken === undefined ? (
        <ProblemList problems={problems} warnings={judged.warnings} onGo={goTo} />
      ) : (
        <BrokenNotice reason={draft.broken} onRestore={restore} />
      )}
      <div className={styles.panes} data-view={view}>
        {view !== "json" && (
          <div className={styles.pane} inert={draft.broken !== undefined}>
            <MessageForm {...{ body: draft.body, problems, lit, set, become }}>
              <OptionsPanel body={draft.body} set={set} />
              <MorePanel />
            </MessageForm>
          </div>
        )}
        {view !== "form" && (
          <div className={styles.editor}>
            <Suspense fallback={<Loading />}>
              <JsonEditor
                text={draft.text}
                body={draft.body}
                broken={draft.broken}
                problems={problems}
                warnings={judged.warnings}
                lit={lit}
                onChange={write}
              />
            </Suspense>
          </div>
        )}
      </div>
    </div>
  );
}
