import type { Json } from "../../src/core/json.ts";
import type { Chance } from "./chance.ts";

/** Names that objects inherit, that parsers look for, and that nobody uses. */
const names = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "length",
  "id",
  "type",
  "entry",
  "changes",
  "messaging",
  "messages",
  "message",
  "text",
  "field",
  "",
  "a/b~c",
  "ключ",
];
const texts = [
  "",
  " ",
  "\u0000",
  "\ud83d",
  "🎉👩‍👩‍👧",
  "\u202eevil",
  "مرحبا",
  "v1:token:0",
  "m_1",
  "-1",
  "1e999",
  "x".repeat(10_000),
];
const numbers = [0, -0, -1, 1.5, 2 ** 53, -(2 ** 53), 1e21, 1e308, Number.MIN_VALUE, 253_402_300_800];
const shapes: (() => Json)[] = [
  () => null,
  () => true,
  () => [],
  () => ({}),
  () => [[]],
  () => [null, {}],
  () => ({ id: {} }),
];

type Holder = Json[] | { [key: string]: Json };
/** One value of a tree: who holds it, under what. */
interface Spot {
  holder: Holder;
  key: string | number;
}

function spots(root: Json): Spot[] {
  const found: Spot[] = [];
  const visit = (value: Json) => {
    if (typeof value !== "object" || value === null) return;
    const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
    for (const key of keys) {
      found.push({ holder: value, key });
      visit(read(value, key));
    }
  };
  visit(root);
  return found;
}

const read = (holder: Holder, key: string | number): Json => (holder as { [key: string]: Json })[key]!;

/** Never through a setter: `__proto__` becomes a key like any other, as `JSON.parse` makes it. */
function write(holder: Holder, key: string | number, value: Json): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function remove({ holder, key }: Spot): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

function nested(value: Json, levels: number): Json {
  let whole = value;
  for (let level = 0; level < levels; level++) whole = level % 2 ? [whole] : { a: whole };
  return whole;
}

type Mutation = (chance: Chance, spot: Spot, foreign: Json) => void;

const mutations: Mutation[] = [
  (_, spot) => remove(spot),
  (_, { holder, key }) => {
    const copy = structuredClone(read(holder, key));
    if (Array.isArray(holder)) holder.splice(Number(key), 0, copy);
    else write(holder, `${key}_2`, copy);
  },
  (chance, { holder, key }) => write(holder, key, chance.of(shapes)()),
  (chance, { holder, key }) => write(holder, key, chance.of(texts)),
  (chance, { holder, key }) => write(holder, key, chance.of(numbers)),
  (chance, { holder, key }) => {
    const value = read(holder, key);
    if (!Array.isArray(holder)) delete holder[key];
    write(holder, Array.isArray(holder) ? key : chance.of(names), value);
  },
  (chance, { holder, key }) => {
    const levels = chance.of([1, 1, 1, 2, 30, 70, 400]);
    write(holder, key, nested(read(holder, key), levels));
  },
  (_, { holder, key }) => {
    const value = read(holder, key);
    if (typeof value === "number") write(holder, key, String(value));
    else if (typeof value === "string") write(holder, key, Number(value) || 0);
    else write(holder, key, JSON.stringify(value) ?? null);
  },
  (chance, { holder, key }) => {
    const value = read(holder, key);
    if (typeof value === "object" && value !== null)
      write(value, Array.isArray(value) ? value.length : chance.of(names), chance.of(shapes)());
  },
  (chance, { holder, key }, foreign) => {
    const from = spots(foreign);
    if (from.length === 0) return;
    const other = chance.of(from);
    write(holder, key, structuredClone(read(other.holder, other.key)));
  },
];

/** One to four changes of shape anywhere in a tree, which is changed in place. */
export function mutateTree(chance: Chance, tree: Json, foreign: Json): Json {
  const root = [tree];
  for (let left = 1 + chance.int(4); left > 0; left--) {
    const all = spots(root);
    if (all.length > 0) chance.of(mutations)(chance, chance.of(all), foreign);
  }
  return root.length > 0 ? root[0]! : null;
}

/** What only text can hold: halves, numbers that JavaScript cannot, a key twice, bytes that are no letters. */
export function mutateText(chance: Chance, text: string): string {
  switch (chance.int(4)) {
    case 0:
      return text.slice(0, chance.int(text.length + 1));
    case 1:
      return text.replace(/\d+/g, (digits) =>
        chance.once(8) ? chance.of(["1e999", "-0", "9".repeat(400)]) : digits,
      );
    case 2:
      return text.replace(/\{"([^"]+)":/g, (head, key) => (chance.once(8) ? `{"${key}":1,"${key}":` : head));
    default: {
      const bytes = new TextEncoder().encode(text);
      for (let left = 1 + chance.int(4); left > 0 && bytes.length > 0; left--)
        bytes[chance.int(bytes.length)]! ^= 1 << chance.int(8);
      return new TextDecoder().decode(bytes);
    }
  }
}

/** A payload as it might come: mostly another shape, at times another text, at times as it was. */
export function mutated(chance: Chance, seed: string, foreign: string): string {
  if (chance.once(50)) return seed;
  const isText = chance.once(4);
  const tree = isText ? seed : JSON.stringify(mutateTree(chance, JSON.parse(seed), JSON.parse(foreign)));
  return isText || chance.once(8) ? mutateText(chance, tree) : tree;
}
