import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { PlatformName } from "../../../../src/core/platform.ts";
import type { PlatformPreview } from "../../../../src/core/preview.ts";
import type { FieldProblem } from "../../../../src/core/problem.ts";
import { type Draft, draftOf, withBody, withText } from "./draft.ts";
import { type Judged, judge } from "./judge.ts";
import { exampleDraft, keepPlace, openedDraft } from "./place.ts";
import { withValueAt } from "./value.ts";

const keptAfterMs = 300;

/** The message that is written, what is said of it, and the ways to change it. */
export interface Composing {
  draft: Draft;
  judged: Judged;
  /** What the gateway said when it was sent, until it is changed. */
  refused: FieldProblem[];
  /** The pictures of the last message that had no problems. */
  previews?: Record<PlatformName, PlatformPreview>;
  write(text: string): void;
  become(body: Record<string, unknown>): void;
  set(pointer: string, value: unknown): void;
  load(example: string): void;
  restore(): void;
  refuse(problems: FieldProblem[]): void;
}

export function useDraft(): Composing {
  const [draft, setDraft] = useState(openedDraft);
  const [refusal, setRefusal] = useState<{ version: number; problems: FieldProblem[] }>();
  const judged = useMemo(() => judge(draft.body), [draft.body]);
  const previews = useLast(judged.previews);
  useEffect(() => {
    const timer = setTimeout(() => keepPlace(draft), keptAfterMs);
    return () => clearTimeout(timer);
  }, [draft]);
  const change = useCallback((next: (draft: Draft) => Draft) => setDraft(next), []);
  const acts = useMemo(
    () => ({
      write: (text: string) => change((now) => withText(now, text)),
      become: (body: Record<string, unknown>) => change((now) => withBody(now, body)),
      set: (pointer: string, value: unknown) =>
        change((now) => withBody(now, withValueAt(now.body, pointer, value) as Record<string, unknown>)),
      load: (example: string) =>
        change((now) => {
          const loaded = exampleDraft(example, now.body.adapt);
          return loaded ? { ...loaded, version: now.version + 1 } : now;
        }),
      restore: () => change((now) => ({ ...draftOf(now.body), version: now.version + 1 })),
    }),
    [change],
  );
  const refuse = (problems: FieldProblem[]) => setRefusal({ version: draft.version, problems });
  const refused = refusal?.version === draft.version ? refusal.problems : [];
  return { draft, judged, refused, previews, ...acts, refuse };
}

/** The last value that was there. */
function useLast<Value>(value: Value | undefined): Value | undefined {
  const last = useRef(value);
  if (value !== undefined) last.current = value;
  return last.current;
}
