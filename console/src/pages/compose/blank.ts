import { isObject } from "../../../../src/core/json.ts";
import type { ObjectShape, Shape } from "../../../../src/core/shape.ts";
import { texts } from "../../texts/texts.ts";

const { blanks } = texts.composeForm;

/** The smallest value of a shape that says something: so that a new field is drawn at once. */
export function blankOf(shape: Shape, name: string, member?: string): unknown {
  switch (shape.is) {
    case "string":
      return blankText(shape, name);
    case "number":
      return 0;
    case "boolean":
      return true;
    case "list":
      return [blankOf(shape.of, name)];
    case "strings":
    case "json":
      return {};
    case "object":
      return blankObject(shape);
    default: {
      const chosen = member ?? Object.keys(shape.of)[0]!;
      return blankObject(shape.of[chosen]!);
    }
  }
}

function blankObject(shape: ObjectShape): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(shape.required).map(([name, field]) => [name, blankOf(field, name)]),
  );
}

function blankText(shape: Extract<Shape, { is: "string" }>, name: string): string {
  if (shape.values) return shape.values[0]!;
  if (shape.form === "https_url") return "https://example.com/picture.jpg";
  if (shape.form === "web_url") return "https://example.com";
  return Object.hasOwn(blanks, name) ? blanks[name as keyof typeof blanks] : blanks.text;
}

/** An item for the end of a list: a copy of the last one where items must be alike, with ids of its own. */
export function nextItem(shape: Shape, name: string, items: readonly unknown[], taken: ReadonlySet<string>) {
  const last = items.at(-1);
  const isCard = isObject(last) && Object.hasOwn(last, "header");
  const item = isCard ? structuredClone(last) : blankOf(shape, name);
  return numbered(item, items.length, new Set(taken));
}

/** With ids that nobody has yet, and titles that tell them apart. */
function numbered(value: unknown, index: number, taken: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => numbered(item, index, taken));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    if (key === "card_index") return [key, index];
    if (key === "id" && typeof inner === "string" && "title" in value) return [key, freeId(inner, taken)];
    if (key === "title" && inner === blanks.title) return [key, `${blanks.title} ${index + 1}`];
    return [key, numbered(inner, index, taken)];
  });
  return Object.fromEntries(entries);
}

function freeId(like: string, taken: Set<string>): string {
  const stem = like.replace(/[-_ ]?\d+$/, "") || blanks.id;
  let count = 1;
  while (taken.has(`${stem}_${count}`)) count++;
  const id = `${stem}_${count}`;
  taken.add(id);
  return id;
}

/** Every id in a value. */
export function idsIn(value: unknown): Set<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((item) => [...idsIn(item)]));
  if (!isObject(value)) return new Set();
  const own = typeof value.id === "string" ? [value.id] : [];
  return new Set([...own, ...Object.values(value).flatMap((inner) => [...idsIn(inner)])]);
}

/** The items with their numbers in order, where they carry one. */
export function inOrder(items: readonly unknown[]): unknown[] {
  return items.map((item, index) =>
    isObject(item) && Object.hasOwn(item, "card_index") ? { ...item, card_index: index } : item,
  );
}
