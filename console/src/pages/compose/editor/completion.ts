import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { SyntaxNode } from "@lezer/common";
import type { Shape } from "../../../../../src/core/shape.ts";
import { texts } from "../../../texts/texts.ts";
import { blankOf } from "../blank.ts";
import { fieldsOf, shapeAt } from "../shape-fields.ts";
import { valueAt } from "../value.ts";
import { keyOf, pointerAround, readLoosely, type Span } from "./json-tree.ts";

const words = texts.compose.editor;

/** Offers what the shape of a message allows at the cursor: fields that are not there yet, and values. */
export function completions(context: CompletionContext): CompletionResult | null {
  const body = readLoosely(context.state);
  const node = syntaxTree(context.state).resolveInner(context.pos, -1);
  const property = node.name === "PropertyName" ? node.parent : null;
  if (property?.parent) return names(context, body, property.parent, property);
  const value = valueNode(context, node);
  if (value) return offered(context, body, value);
  const object = node.name === "Object" ? node : node.parent?.name === "Object" ? node.parent : null;
  if (!object || !context.explicit) return null;
  return names(context, body, object, null);
}

/** The node whose value is written at the cursor, if it is one that a value may stand in. */
function valueNode({ state, pos }: CompletionContext, node: SyntaxNode): SyntaxNode | null {
  if (["String", "True", "False", "Null"].includes(node.name)) return node;
  const property = node.name === "Property" ? node : node.parent?.name === "Property" ? node.parent : null;
  const isAfterColon = property && /:\s*\w*$/.test(state.sliceDoc(property.from, pos));
  return isAfterColon ? property : null;
}

function names(
  context: CompletionContext,
  body: unknown,
  object: SyntaxNode,
  property: SyntaxNode | null,
): CompletionResult | null {
  const { state } = context;
  const pointer = pointerAround(state, object);
  const shape = shapeAt(body, pointer);
  if (!shape) return null;
  const present = new Set(
    object.getChildren("Property").flatMap((one) => (one.from === property?.from ? [] : [keyOf(state, one)])),
  );
  const fields = fieldsOf(shape, valueAt(body, pointer)).filter(({ name }) => !present.has(name));
  const name = property?.getChild("PropertyName");
  const place = name ? unquoted(state, name) : { from: context.pos, to: context.pos };
  const hasValue = property !== null && name != null && state.sliceDoc(name.to, property.to).includes(":");
  return {
    ...place,
    options: fields.map((field) => {
      const value = hasValue ? "" : `: ${JSON.stringify(blankOf(field.shape, field.name))}`;
      return {
        label: field.name,
        detail: field.required ? words.required : words.optional,
        type: "property",
        boost: field.required ? 1 : 0,
        apply: putting(`"${field.name}"${value}`, name ?? place),
      };
    }),
  };
}

/** The text between the quotes of a name or a string, which is what typing is matched with. */
function unquoted(state: EditorState, { from, to }: Span): Span {
  const isClosed = to - from > 1 && state.sliceDoc(to - 1, to) === '"';
  return { from: from + 1, to: isClosed ? to - 1 : to };
}

/** Puts a text in the place of a whole token, quotes included. */
function putting(text: string, { from, to }: Span): NonNullable<Completion["apply"]> {
  return (view: EditorView) =>
    view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length } });
}

function offered(context: CompletionContext, body: unknown, node: SyntaxNode): CompletionResult | null {
  const shape = shapeAt(body, pointerAround(context.state, node));
  const options = shape ? valuesOf(shape) : [];
  if (options.length === 0) return null;
  const { state, pos } = context;
  if (node.name === "String") {
    return {
      ...unquoted(state, node),
      options: options.map(({ label, ...rest }) => ({
        label: label.replaceAll('"', ""),
        ...rest,
        apply: putting(label, node),
      })),
    };
  }
  const typed = context.matchBefore(/\w*/);
  return { from: typed?.from ?? pos, to: pos, options };
}

function valuesOf(shape: Shape): Completion[] {
  if (shape.is === "boolean") return ["true", "false"].map((label) => ({ label, type: "constant" }));
  if (shape.is !== "string" || !shape.values) return [];
  return shape.values.map((value) => ({ label: JSON.stringify(value), type: "enum" }));
}
