import { isObject, pointerStep } from "../../src/core/json.ts";
import type { PlatformName } from "../../src/core/platform.ts";

/** A single thing of a payload: where it stands, as a pointer, and what holds it with nothing beside it. */
export interface Item {
  path: string;
  alone: unknown;
}

/**
 * The single things of a payload, by the platforms' own pages and not by our parsers: each must become an event or be
 * told as unknown. Telegram's counts of our own poll need neither.
 */
export type ItemsOf = (payload: unknown) => Item[];

/** A part of a payload that may hold items; `alone` is always what holds it, up to where it is looked at from. */
interface Part extends Item {
  value: unknown;
}
type Holder = Record<string, unknown>;

/** A reason's path names a key by its first 64 characters. */
const step = (key: string | number) => pointerStep(typeof key === "string" ? key.slice(0, 64) : key);

/** The items of a list, each alone in it; where there is no list, the place where it should be. */
function list(holder: Holder, key: string): Part[] {
  const value = holder[key];
  if (!Array.isArray(value)) return [{ path: step(key), alone: holder, value: undefined }];
  return value.map((item, index) => {
    return { path: step(key) + step(index), alone: { ...holder, [key]: [item] }, value: item };
  });
}

/** The items of a list's parts, seen from what holds the list. */
function within(holder: Holder, key: string, inside: (value: unknown) => Item[]): Item[] {
  return list(holder, key).flatMap(({ path, alone, value }) =>
    inside(value).map((item) => ({
      path: path + item.path,
      alone: value === undefined ? alone : { ...holder, [key]: [item.alone] },
    })),
  );
}

/** An object with one of these keys only, and all that are no item themselves. */
function keeping(holder: Holder, key: string, items: readonly string[]): Holder {
  return Object.fromEntries(Object.entries(holder).filter(([name]) => name === key || !items.includes(name)));
}

/** A thing that is looked into no further. */
const whole = (value: unknown): Item[] => [{ path: "", alone: value }];

/** The entries of a webhook of Meta's, read by `inside`. */
function entries(object: string, inside: (entry: Holder) => Item[]): ItemsOf {
  return (payload) => {
    if (!isObject(payload) || payload.object !== object) return whole(payload);
    return within(payload, "entry", (entry) => (isObject(entry) ? inside(entry) : whole(entry)));
  };
}

const itemLists: Record<string, string[]> = {
  messages: ["messages", "statuses", "errors"],
  smb_message_echoes: ["message_echoes"],
};

/** What stands beside the items of a change and tells of them. */
const surroundings = new Set(["messaging_product", "metadata", "contacts"]);

const whatsapp = entries("whatsapp_business_account", (entry) => within(entry, "changes", changed));

function changed(change: unknown): Item[] {
  if (!isObject(change) || !isObject(change.value) || typeof change.field !== "string") return whole(change);
  const known = Object.hasOwn(itemLists, change.field) ? itemLists[change.field]! : [];
  const { value } = change;
  const lists = Object.keys(value).filter(
    (key) => known.includes(key) || (!surroundings.has(key) && Array.isArray(value[key])),
  );
  if (!known.some((key) => lists.includes(key))) return whole(change);
  return lists.flatMap((key) =>
    list(keeping(value, key, lists), key).map(({ path, alone }) => ({
      path: `/value${path}`,
      alone: { ...change, value: alone },
    })),
  );
}

const telegram: ItemsOf = (payload) => {
  if (!isObject(payload) || !Number.isSafeInteger(payload.update_id)) return whole(payload);
  const parts = Object.keys(payload).filter((key) => key !== "update_id");
  if (parts.length === 0) return whole(payload);
  return parts
    .filter((key) => key !== "poll" || !isObject(payload.poll))
    .map((key) => ({ path: step(key), alone: keeping(payload, key, parts) }));
};

const frames = new Set(["sender", "recipient", "timestamp"]);

/** An event of a page or an account holds one thing; where it holds several, each counts. */
function things(event: unknown): Item[] {
  const keys = isObject(event) ? Object.keys(event).filter((key) => !frames.has(key)) : [];
  if (!isObject(event) || keys.length === 0) return whole(event);
  return keys.map((key) => ({ path: step(key), alone: keeping(event, key, keys) }));
}

const messaging = (object: string) =>
  entries(object, (entry) => {
    const keys = Object.keys(entry).filter((key) => key !== "id" && key !== "time");
    if (keys.length === 0) return whole(entry);
    return keys.flatMap((key) => {
      const alone = keeping(entry, key, keys);
      if (key === "changes") return list(alone, key);
      if (key !== "messaging" && key !== "standby") return [{ path: step(key), alone }];
      return within(alone, key, things);
    });
  });

export const itemsOf: Record<PlatformName, ItemsOf> = {
  whatsapp,
  telegram,
  messenger: messaging("page"),
  instagram: messaging("instagram"),
};
