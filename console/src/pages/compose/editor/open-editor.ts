import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { type Diagnostic, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { styleNonce } from "../../../api/style-nonce.ts";
import { texts } from "../../../texts/texts.ts";
import { completions } from "./completion.ts";
import { hovers } from "./hover.ts";
import type { JsonEditorProps } from "./json-editor.tsx";
import { brokenAt, type Span, spanOf } from "./json-tree.ts";
import { look } from "./look.ts";

/** Marks changes that come from the form: they are not told back. */
const fromOutside = Annotation.define<true>();
const light = StateEffect.define<readonly Span[]>();
const lit = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, { effects, changes }) {
    for (const effect of effects) {
      if (!effect.is(light)) continue;
      const spans = effect.value.filter(({ from, to }) => to > from);
      return Decoration.set(
        spans.map(({ from, to }) => Decoration.mark({ class: "cm-lit" }).range(from, to)),
        true,
      );
    }
    return shown.map(changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

export interface OpenEditor {
  show(props: JsonEditorProps): void;
  close(): void;
}

/** An editor in `root` that asks `latest` for what it is to show and tells it what is typed. */
export function openEditor(root: ShadowRoot, latest: () => JsonEditorProps): OpenEditor {
  const known = {
    body: () => latest().body,
    problems: () => [...latest().problems, ...latest().warnings],
  };
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({ doc: latest().text, extensions: extensions(known, latest) }),
  });
  let told: unknown[] = [];
  const show = (props: JsonEditorProps) => {
    putText(view, props.text);
    const { broken, problems, warnings, text, lit: paths } = props;
    const next = [broken, problems, warnings, text, paths];
    if (next.every((value, index) => value === told[index])) return;
    told = next;
    view.dispatch(setDiagnostics(view.state, diagnosticsOf(view.state, props)));
    view.dispatch({ effects: light.of((paths ?? []).map((path) => spanOf(view.state, path))) });
  };
  show(latest());
  return { show, close: () => view.destroy() };
}

function extensions(known: Parameters<typeof hovers>[0], latest: () => JsonEditorProps) {
  return [
    lineNumbers(),
    foldGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    search({ top: true }),
    json(),
    autocompletion({ override: [completions], icons: false }),
    hovers(known),
    lit,
    look,
    EditorView.lineWrapping,
    EditorView.domEventHandlers({ beforeinput: replaceSelected }),
    EditorView.cspNonce.of(styleNonce()),
    EditorView.contentAttributes.of({ "aria-label": texts.compose.jsonLabel, tabindex: "0" }),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...searchKeymap,
      ...lintKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...defaultKeymap,
    ]),
    EditorView.updateListener.of((update) => {
      const isOwn = update.transactions.some((one) => one.docChanged && !one.annotation(fromOutside));
      if (isOwn) latest().onChange(update.state.doc.toString());
    }),
  ];
}

/**
 * What is typed over a selection goes in by the editor's own way: Chromium would give it the look of what it replaces, in
 * a `style` attribute that the policy of the pages refuses.
 */
function replaceSelected(event: InputEvent, view: EditorView): boolean {
  const { from, to, empty } = view.state.selection.main;
  const { data, inputType } = event;
  if (inputType !== "insertText" || data === null || empty || view.composing) return false;
  const insert = () => view.state.update(view.state.replaceSelection(data), { userEvent: "input.type" });
  const isTaken = view.state
    .facet(EditorView.inputHandler)
    .some((handler) => handler(view, from, to, data, insert));
  if (!isTaken) view.dispatch(insert());
  event.preventDefault();
  return true;
}

/** Replaces only what differs, so that the cursor and what can be undone stay. */
function putText(view: EditorView, text: string): void {
  const now = view.state.doc.toString();
  if (now === text) return;
  let start = 0;
  while (start < now.length && start < text.length && now[start] === text[start]) start++;
  let end = 0;
  const most = Math.min(now.length, text.length) - start;
  while (end < most && now[now.length - 1 - end] === text[text.length - 1 - end]) end++;
  view.dispatch({
    changes: { from: start, to: now.length - end, insert: text.slice(start, text.length - end) },
    annotations: fromOutside.of(true),
  });
}

function diagnosticsOf(state: EditorState, props: JsonEditorProps): Diagnostic[] {
  if (props.broken !== undefined) {
    return [{ ...brokenAt(state), severity: "error", message: props.broken }];
  }
  const told = (severity: "error" | "warning", problems: JsonEditorProps["problems"]) =>
    problems.map(({ pointer, message, hint }) => ({
      ...spanOf(state, pointer),
      severity,
      message: [message, hint].filter(Boolean).join(" "),
    }));
  const all = [...told("error", props.problems), ...told("warning", props.warnings)];
  return all.sort((left, right) => left.from - right.from);
}
