import { isObject } from "./json.ts";

/** What folding has done so far. */
export interface Ledger {
  normalised: string[];
  /** From a canonical pointer to the original one; longer pointers follow. */
  moved: Map<string, string>;
}

/** `value` with the object under `key` folded; untouched where there is no object. */
export function within(
  value: Record<string, unknown>,
  key: string,
  fold: (inner: Record<string, unknown>, at: string) => Record<string, unknown>,
  at: string,
): Record<string, unknown> {
  const inner = Object.hasOwn(value, key) ? value[key] : undefined;
  return isObject(inner) ? { ...value, [key]: fold(inner, `${at}/${key}`) } : value;
}

/** `value` with every object of the list under `key` folded. */
export function eachOf(
  value: Record<string, unknown>,
  key: string,
  at: string,
  fold: (item: Record<string, unknown>, at: string, index: number) => Record<string, unknown>,
): Record<string, unknown> {
  const items = value[key];
  if (!Array.isArray(items)) return value;
  const folded = items.map((item: unknown, index) =>
    isObject(item) ? fold(item, `${at}/${key}/${index}`, index) : item,
  );
  return { ...value, [key]: folded };
}

/** `value` without those of `keys` that hold an empty text, which says the same as none. */
export function withoutEmpties(value: Record<string, unknown>, keys: string[], at: string, ledger: Ledger) {
  const empty = keys.filter((key) => value[key] === "");
  ledger.normalised.push(...empty.map((key) => `${at}/${key}`));
  return Object.fromEntries(Object.entries(value).filter(([key]) => !empty.includes(key)));
}

/** `value` with `fallback` under `key` where nothing is there. */
export function withDefault(
  value: Record<string, unknown>,
  [key, fallback]: [string, unknown],
  at: string,
  ledger: Ledger,
) {
  if (Object.hasOwn(value, key)) return value;
  ledger.normalised.push(`${at}/${key}`);
  return { ...value, [key]: fallback };
}
