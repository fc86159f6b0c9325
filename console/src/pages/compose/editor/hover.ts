import { syntaxTree } from "@codemirror/language";
import { type EditorView, hoverTooltip } from "@codemirror/view";
import type { FieldProblem } from "../../../../../src/core/problem.ts";
import { measure } from "../../../../../src/core/text.ts";
import { texts } from "../../../texts/texts.ts";
import { nameOfField } from "../form/wording.ts";
import { limitsAt, shapeAt } from "../shape-fields.ts";
import { steps, valueAt } from "../value.ts";
import { pointerAround } from "./json-tree.ts";

const words = texts.compose;

interface Known {
  body(): Record<string, unknown>;
  problems(): readonly FieldProblem[];
}

/** Tells of what stands under the mouse: what is wrong with it and what to do, what it may be, how much fits. */
export function hovers(known: Known) {
  return hoverTooltip((view, position, side) => {
    const node = syntaxTree(view.state).resolveInner(position, side);
    if (!["PropertyName", "String", "Number", "True", "False"].includes(node.name)) return null;
    const pointer = pointerAround(view.state, node);
    const lines = linesAbout(pointer, known);
    if (lines.length === 0) return null;
    return { pos: node.from, end: node.to, above: true, create: () => ({ dom: drawn(view, lines) }) };
  });
}

function linesAbout(pointer: string, { body, problems }: Known): string[] {
  const wrong = problems().filter((problem) => problem.pointer === pointer);
  const said = wrong.flatMap(({ message, hint }) => (hint ? [message, hint] : [message]));
  const shape = shapeAt(body(), pointer);
  const name = steps(pointer).at(-1);
  if (!shape || name === undefined) return said;
  const isItem = /^\d+$/.test(name);
  const value = valueAt(body(), pointer);
  const sizes = limitsAt(body(), pointer).flatMap(({ unit, max }) => {
    if (unit === undefined || max === undefined) return [];
    const used = Array.isArray(value) ? value.length : typeof value === "string" ? measure(value, unit) : 0;
    return [`${used} ${texts.controls.of} ${max} ${texts.composeForm.units[unit]}`];
  });
  const choices =
    shape.is === "string" && shape.values ? [`${words.editor.oneOf} ${shape.values.join(", ")}`] : [];
  return [...said, ...(isItem ? [] : [nameOfField(name)]), ...sizes, ...choices];
}

function drawn(view: EditorView, lines: readonly string[]): HTMLElement {
  const dom = view.dom.ownerDocument.createElement("div");
  dom.className = "cm-told";
  for (const line of lines) {
    const part = view.dom.ownerDocument.createElement("div");
    part.textContent = line;
    dom.append(part);
  }
  return dom;
}
