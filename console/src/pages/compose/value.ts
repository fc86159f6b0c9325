import { isObject } from "../../../../src/core/json.ts";

/** The steps of a JSON pointer (RFC 6901). */
export function steps(pointer: string): string[] {
  if (pointer === "") return [];
  const parts = pointer.slice(1).split("/");
  return parts.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What stands at a pointer; undefined: nothing. */
export function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  for (const step of steps(pointer)) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isObject(value) && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}

/** A copy with `next` at the pointer, `undefined` taking it away; the objects on the way are made where there are none. */
export function withValueAt(root: unknown, pointer: string, next: unknown): unknown {
  return replaced(root, steps(pointer), next);
}

function replaced(value: unknown, [step, ...rest]: string[], next: unknown): unknown {
  if (step === undefined) return next;
  if (Array.isArray(value)) {
    const copy = [...value];
    const inner = replaced(value[Number(step)], rest, next);
    if (inner === undefined) copy.splice(Number(step), 1);
    else copy[Number(step)] = inner;
    return copy;
  }
  const known = isObject(value) ? value : {};
  const inner = replaced(known[step], rest, next);
  if (inner !== undefined) return { ...known, [step]: inner };
  return Object.fromEntries(Object.entries(known).filter(([key]) => key !== step));
}

/** A copy of a list with one item at another place. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const copy = [...items];
  copy.splice(to, 0, ...copy.splice(from, 1));
  return copy;
}

/** Whether one pointer is the other or leads to something inside it. */
export function isWithin(pointer: string, outer: string): boolean {
  return pointer === outer || pointer.startsWith(`${outer}/`);
}
