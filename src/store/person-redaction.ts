import { isObject } from "../core/json.ts";

/** Who a person is to a platform, numbers without a plus, and which ids are of their messages. */
export interface Theirs {
  names: ReadonlySet<string>;
  isMessage(id: string): boolean;
}

/** All spellings of a name are one. */
export function spelling(name: string): string {
  return name.replace(/^\+/, "");
}

/** What says what came and when, and of nobody what. */
const kept = new Set([
  ...["object", "field", "type", "timestamp", "time", "date", "update_id", "messaging_product"],
  ...["status", "channel", "platform"],
]);
/** Ids that we made name nobody. */
const ownId = /^(msg|call|cnv|evt)_[0-9a-f-]{32,36}$/;
/** Numbers under other names are sizes and counts, and may be equal by chance. */
const numberedNames = /^id$|(^|_)(user|chat|from|sender|recipient)_id$/;
const messageIds = new Set(["id", "mid", "message_id", "original_message_id"]);
/** Somebody else's message within a message. */
const quotes = new Set([
  "reply_to_message",
  "external_reply",
  "pinned_message",
  "forward_origin",
  "forward_from",
]);

/**
 * A stored payload without a person: the smallest part that names them (an item of a list, a quoted message, or else
 * the whole) keeps its shape, its type and its time, and nothing more; other people's parts stay as they are.
 * Undefined: it does not name them.
 */
export function withoutPerson(body: string, theirs: Theirs): string | undefined {
  const payload = parsed(body);
  // Nobody can tell the parts of what is no JSON.
  if (payload === undefined) return [...theirs.names].some((name) => body.includes(name)) ? "" : undefined;
  const redaction = new PersonRedaction(theirs);
  const left = redaction.part(payload, "");
  return redaction.found.length > 0 ? JSON.stringify(left) : undefined;
}

/** The parts of a stored payload that name a person; the whole of one that is no JSON. */
export function partsOf(body: string, theirs: Theirs): unknown[] {
  const payload = parsed(body);
  if (payload === undefined) return withoutPerson(body, theirs) === undefined ? [] : [body];
  const redaction = new PersonRedaction(theirs);
  redaction.part(payload, "");
  return redaction.found;
}

/** Whatever in a stored payload may be the id of a message: `isMessage` is asked of no other. */
export function idsIn(body: string): Set<string> {
  const ids = new Set<string>();
  const isMessage = (id: string) => {
    ids.add(id);
    return false;
  };
  new PersonRedaction({ names: new Set(), isMessage }).part(parsed(body), "");
  return ids;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

class PersonRedaction {
  readonly #theirs: Theirs;
  readonly found: unknown[] = [];

  constructor(theirs: Theirs) {
    this.#theirs = theirs;
  }

  /** What may go without what is around it. */
  part(value: unknown, name: string): unknown {
    if (this.#names(value, { name, under: "" })) {
      this.found.push(value);
      return emptied(value);
    }
    return this.#inside(value);
  }

  /** The parts within a part that stays. */
  #inside(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.part(item, ""));
    if (!isObject(value)) return value;
    const fields = Object.entries(value).map(([name, field]) => [
      name,
      quotes.has(name) ? this.part(field, name) : this.#inside(field),
    ]);
    return Object.fromEntries(fields);
  }

  /** Whether a part names them outside the parts within it. */
  #names(value: unknown, place: { name: string; under: string }): boolean {
    if (Array.isArray(value)) return false;
    if (!isObject(value)) return this.#isTheirs(value, place);
    return Object.entries(value).some(
      ([name, field]) => !quotes.has(name) && this.#names(field, { name, under: place.name }),
    );
  }

  #isTheirs(value: unknown, { name, under }: { name: string; under: string }): boolean {
    if (typeof value === "number") return numberedNames.test(name) && this.#theirs.names.has(String(value));
    if (typeof value !== "string" || value === "") return false;
    if (this.#theirs.names.has(spelling(value))) return true;
    if (!messageIds.has(name) && name !== "") return false;
    // A platform's id may be told by the name of the object that it is of: `poll:7`.
    return this.#theirs.isMessage(value) || (under !== "" && this.#theirs.isMessage(`${under}:${value}`));
  }
}

function emptied(value: unknown): unknown {
  if (typeof value === "string") return ownId.test(value) ? value : "";
  if (typeof value === "number") return 0;
  if (Array.isArray(value)) return value.map((item) => emptied(item));
  if (!isObject(value)) return value;
  const fields = Object.entries(value).map(([name, field]) => [
    name,
    kept.has(name) && typeof field !== "object" ? field : emptied(field),
  ]);
  return Object.fromEntries(fields);
}
