import { isObject, pointerStep } from "../../src/core/json.ts";
import type { PlatformName } from "../../src/core/platform.ts";

/**
 * Where the single things of a payload stand, by the platforms' own pages and not by our parsers: each must become an
 * event or be told as unknown. Given as pointers. Telegram's counts of our own poll need neither.
 */
export type ItemsOf = (payload: unknown) => string[];

/** A reason's path names a key by its first 64 characters. */
const step = (key: string | number) => pointerStep(typeof key === "string" ? key.slice(0, 64) : key);

/** The items of a list; where there is no list, the place where it should be. */
function list(holder: Record<string, unknown>, key: string, at: string): [unknown, string][] {
  const place = at + step(key);
  const value = holder[key];
  return Array.isArray(value)
    ? value.map((item, index) => [item, place + step(index)])
    : [[undefined, place]];
}

/** The entries of a webhook of Meta's, read by `inside`. */
function entries(object: string, inside: (entry: Record<string, unknown>, at: string) => string[]): ItemsOf {
  return (payload) => {
    if (!isObject(payload) || payload.object !== object) return [""];
    return list(payload, "entry", "").flatMap(([entry, at]) => (isObject(entry) ? inside(entry, at) : [at]));
  };
}

const itemLists: Record<string, string[]> = {
  messages: ["messages", "statuses", "errors"],
  smb_message_echoes: ["message_echoes"],
};

/** What stands beside the items of a change and tells of them. */
const surroundings = new Set(["messaging_product", "metadata", "contacts"]);

const whatsapp = entries("whatsapp_business_account", (entry, entryAt) =>
  list(entry, "changes", entryAt).flatMap(([change, at]) => {
    if (!isObject(change) || !isObject(change.value) || typeof change.field !== "string") return [at];
    const known = Object.hasOwn(itemLists, change.field) ? itemLists[change.field]! : [];
    const { value } = change;
    const lists = Object.keys(value).filter(
      (key) => known.includes(key) || (!surroundings.has(key) && Array.isArray(value[key])),
    );
    const items = lists.flatMap((key) => list(value, key, `${at}/value`).map(([, place]) => place));
    return known.some((key) => lists.includes(key)) ? items : [at];
  }),
);

const telegram: ItemsOf = (payload) => {
  if (!isObject(payload) || !Number.isSafeInteger(payload.update_id)) return [""];
  const parts = Object.keys(payload).filter((key) => key !== "update_id");
  if (parts.length === 0) return [""];
  return parts.filter((key) => key !== "poll" || !isObject(payload.poll)).map(step);
};

const frames = new Set(["sender", "recipient", "timestamp"]);

/** An event of a page or an account holds one thing; where it holds several, each counts. */
function things(event: unknown, at: string): string[] {
  const keys = isObject(event) ? Object.keys(event).filter((key) => !frames.has(key)) : [];
  return keys.length === 0 ? [at] : keys.map((key) => at + step(key));
}

const messaging = (object: string) =>
  entries(object, (entry, entryAt) => {
    const keys = Object.keys(entry).filter((key) => key !== "id" && key !== "time");
    if (keys.length === 0) return [entryAt];
    return keys.flatMap((key) => {
      if (key === "changes") return list(entry, key, entryAt).map(([, at]) => at);
      if (key !== "messaging" && key !== "standby") return [entryAt + step(key)];
      return list(entry, key, entryAt).flatMap(([event, at]) => things(event, at));
    });
  });

export const itemsOf: Record<PlatformName, ItemsOf> = {
  whatsapp,
  telegram,
  messenger: messaging("page"),
  instagram: messaging("instagram"),
};
