import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { SyntaxNode } from "@lezer/common";
import type { Shape } from "../../../../../src/core/shape.ts";
import { texts } from "../../../texts/texts.ts";
import { blankOf } from "../blank.ts";
import { fieldsOf, shapeAt } from "../shape-fields.ts";
import { valueAt } from "../value.ts";
import { keyOf, pointerAround } from "./json-tree.ts";

const words = texts.compose.editor;

/** Offers what the shape of a message allows at the cursor: fields that are not there yet, and values. */
export function completions(body: () => Record<string, unknown>) {
  return (context: CompletionContext): CompletionResult | null => {
    const node = syntaxTree(context.state).resolveInner(context.pos, -1);
    const property = node.name === "PropertyName" ? node.parent : null;
    if (property?.parent) return names(context, body(), property.parent, property);
    const value = valueNode(context, node);
    if (value) return offered(context, body(), value);
    const object = node.name === "Object" ? node : node.parent?.name === "Object" ? node.parent : null;
    if (!object || !context.explicit) return null;
    return names(context, body(), object, null);
  };
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
  body: Record<string, unknown>,
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
  const hasValue = property !== null && /:/.test(state.sliceDoc(name!.to, property.to));
  return {
    from: name?.from ?? context.pos,
    to: name?.to ?? context.pos,
    filter: true,
    options: fields.map((field) => ({
      label: `"${field.name}"`,
      displayLabel: field.name,
      detail: field.required ? words.required : words.optional,
      type: "property",
      boost: field.required ? 1 : 0,
      apply: `"${field.name}"${hasValue ? "" : `: ${JSON.stringify(blankOf(field.shape, field.name))}`}`,
    })),
  };
}

function offered(
  context: CompletionContext,
  body: Record<string, unknown>,
  node: SyntaxNode,
): CompletionResult | null {
  const shape = shapeAt(body, pointerAround(context.state, node));
  const options = shape ? valuesOf(shape) : [];
  if (options.length === 0) return null;
  const isOwn = node.name !== "Property";
  const typed = context.matchBefore(/\w*/);
  return {
    from: isOwn ? node.from : (typed?.from ?? context.pos),
    to: isOwn ? node.to : context.pos,
    options,
  };
}

function valuesOf(shape: Shape): Completion[] {
  if (shape.is === "boolean") return ["true", "false"].map((label) => ({ label, type: "constant" }));
  if (shape.is !== "string" || !shape.values) return [];
  return shape.values.map((value) => ({ label: JSON.stringify(value), displayLabel: value, type: "enum" }));
}
