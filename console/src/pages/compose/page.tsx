import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { PlatformName } from "../../../../src/core/platform.ts";
import { defaultPolicy, policyOf } from "../../content/policy-choice.tsx";
import { PageHeader } from "../../controls/page-header.tsx";
import { texts } from "../../texts/texts.ts";
import { Jump } from "./jump.tsx";
import styles from "./page.module.css";
import { PausedNotes } from "./paused-notes.tsx";
import { PhonesPane } from "./phones-pane.tsx";
import { watchTyping } from "./redraw-time.ts";
import { SendActions } from "./send-actions.tsx";
import { SentList } from "./sent-list.tsx";
import { goTo, textsIn } from "./step-light.ts";
import { Toolbar } from "./toolbar.tsx";
import { useDraft } from "./use-draft.ts";
import { useSending } from "./use-sending.ts";
import { useView } from "./use-view.ts";
import { valueAt } from "./value.ts";
import { Written } from "./written.tsx";

/** One message as a form and as JSON, on four phones. */
export function Page() {
  const composing = useDraft();
  const { draft, judged, refused, previews } = composing;
  const [view, setView] = useView();
  const [written, phones] = [useRef<HTMLDivElement>(null), useRef<HTMLDivElement>(null)];
  const [light, setLight] = useState<{ platform: PlatformName; paths: readonly string[] }>();
  const { send, again, isBusy, sent, clear } = useSending(draft.body, composing.refuse);
  useEffect(watchTyping, []);
  const problems = useMemo(() => [...judged.problems, ...refused], [judged, refused]);
  const onLight = useCallback((platform: PlatformName, paths: readonly string[]) => {
    setLight(paths.length === 0 ? undefined : { platform, paths });
  }, []);
  const lit = useMemo(
    () =>
      light && {
        platform: light.platform,
        texts: light.paths.flatMap((path) => textsIn(valueAt(draft.body, path))),
      },
    [light, draft.body],
  );
  const policy = policyOf(draft.body.adapt) ?? defaultPolicy;
  const isStale = judged.problems.length > 0 || draft.broken !== undefined;
  return (
    <div className={styles.page}>
      <PageHeader
        title={texts.pages.compose}
        subtitle={texts.compose.subtitle}
        actions={<SendActions {...{ composing, isStale, isBusy, send }} />}
      />
      <PausedNotes />
      {sent.length > 0 && <SentList {...{ sent, isBusy }} onAgain={again} onClose={clear} />}
      <Toolbar {...{ composing, view, setView }} />
      <div className={styles.work} data-view={view}>
        <div ref={written} tabIndex={-1} className={styles.place}>
          <Written {...{ composing, view, problems }} lit={light?.paths} />
        </div>
        <div ref={phones} tabIndex={-1} className={styles.place}>
          <PhonesPane {...{ previews, policy, lit, onLight }} stale={isStale} onGo={goTo} />
        </div>
      </div>
      <Jump {...{ written, phones }} />
    </div>
  );
}
