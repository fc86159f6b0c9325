import { useEffect, useRef } from "react";
import type { FieldProblem } from "../../../../../src/core/problem.ts";
import styles from "./json-editor.module.css";
import { type OpenEditor, openEditor } from "./open-editor.ts";

export interface JsonEditorProps {
  text: string;
  /** The last good value, which says what shape is where. */
  body: Record<string, unknown>;
  broken?: string;
  problems: readonly FieldProblem[];
  warnings: readonly FieldProblem[];
  lit?: readonly string[];
  onChange(text: string): void;
}

/**
 * The message as JSON. The editor lives in a shadow root: there its styles are sheets that a script makes, which the
 * policy of the pages allows, while style elements it refuses.
 */
export function JsonEditor(props: JsonEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<OpenEditor>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const around = host.current!;
    const root = around.shadowRoot ?? around.attachShadow({ mode: "open" });
    editor.current = openEditor(root, () => latest.current);
    // Outside of a shadow root nobody can tell that something is typed in it: the page's own keys stay out.
    root.addEventListener("keydown", (event) => event.stopPropagation());
    return () => editor.current?.close();
  }, []);
  useEffect(() => editor.current?.show(props));
  return <div ref={host} className={styles.host} data-editor />;
}
