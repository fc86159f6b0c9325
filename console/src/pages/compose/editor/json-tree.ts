import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import { pointerStep } from "../../../../../src/core/json.ts";
import { steps } from "../value.ts";

export interface Span {
  from: number;
  to: number;
}

const values = new Set(["Object", "Array", "String", "Number", "True", "False", "Null"]);
const parseWithinMs = 20;

function root(state: EditorState): SyntaxNode | null {
  const tree = ensureSyntaxTree(state, state.doc.length, parseWithinMs) ?? syntaxTree(state);
  return childValue(tree.topNode);
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

function childValue(node: SyntaxNode): SyntaxNode | null {
  return children(node).find(({ name }) => values.has(name)) ?? null;
}

/** The name of a property, unquoted; undefined where there is none yet. */
export function keyOf(state: EditorState, property: SyntaxNode): string | undefined {
  const name = property.getChild("PropertyName");
  if (!name) return undefined;
  const text = state.sliceDoc(name.from, name.to);
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.replaceAll('"', "");
  }
}

/** The pointer to what stands around a position, its innermost property or item included. */
export function pointerAround(state: EditorState, node: SyntaxNode): string {
  let pointer = "";
  for (let at: SyntaxNode | null = node; at; at = at.parent) {
    if (at.name === "Property") {
      const key = keyOf(state, at);
      if (key !== undefined) pointer = pointerStep(key) + pointer;
    } else if (at.parent?.name === "Array" && values.has(at.name)) {
      const index = children(at.parent)
        .filter(({ name }) => values.has(name))
        .findIndex(({ from }) => from === at!.from);
      pointer = pointerStep(index) + pointer;
    }
  }
  return pointer;
}

/** What can be read of a text that may be half written. */
export function readLoosely(state: EditorState): unknown {
  const top = root(state);
  return top ? readNode(state, top) : undefined;
}

function readNode(state: EditorState, node: SyntaxNode): unknown {
  if (node.name === "Array") {
    const items = children(node).filter(({ name }) => values.has(name));
    return items.map((item) => readNode(state, item));
  }
  if (node.name === "Object") {
    const entries = node.getChildren("Property").flatMap((property) => {
      const key = keyOf(state, property);
      const value = childValue(property);
      return key === undefined ? [] : [[key, value ? readNode(state, value) : undefined] as const];
    });
    return Object.fromEntries(entries);
  }
  try {
    return JSON.parse(state.sliceDoc(node.from, node.to));
  } catch {
    return undefined;
  }
}

/** Where a pointer's value stands in the text: of what is missing, the name of what it is missing in. */
export function spanOf(state: EditorState, pointer: string): Span {
  let value = root(state);
  let label: SyntaxNode | null = null;
  for (const step of steps(pointer)) {
    const next: SyntaxNode | null = value && inside(state, value, step);
    if (!next) return shown(label, value, true);
    label = next.name === "Property" ? next.getChild("PropertyName") : null;
    value = next.name === "Property" ? childValue(next) : next;
  }
  return shown(label, value, false);
}

function inside(state: EditorState, value: SyntaxNode, step: string): SyntaxNode | null {
  if (value.name === "Array")
    return children(value).filter(({ name }) => values.has(name))[Number(step)] ?? null;
  return value.getChildren("Property").find((property) => keyOf(state, property) === step) ?? null;
}

/** A whole object is not underlined: the name that it stands under is, or its bracket. */
function shown(label: SyntaxNode | null, value: SyntaxNode | null, isMissing: boolean): Span {
  const isLarge = value?.name === "Object" || value?.name === "Array";
  if (label && (isMissing || isLarge || !value)) return { from: label.from, to: label.to };
  if (!value) return { from: 0, to: 0 };
  return { from: value.from, to: isLarge ? value.from + 1 : value.to };
}

/** Where the text stops being JSON. */
export function brokenAt(state: EditorState): Span {
  let at = state.doc.length;
  (ensureSyntaxTree(state, state.doc.length, parseWithinMs) ?? syntaxTree(state)).iterate({
    enter(node) {
      if (node.type.isError && node.from < at) at = node.from;
    },
  });
  const to = Math.min(at + 1, state.doc.length);
  return { from: Math.max(0, Math.min(at, to - 1)), to };
}
