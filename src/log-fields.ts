import { isIP } from "node:net";
import { GatewayError } from "./core/problem.ts";

/** What a field may hold. Whatever has another form is withheld, and so is a field that nobody has listed. */
type Kind =
  | "id"
  | "backup"
  | "time"
  | "key"
  | "count"
  | "word"
  | "words"
  | "path"
  | "pointer"
  | "address"
  | "sentence"
  | "hash"
  | "error";

/** Every field of a log line. Texts of messages, tokens and numbers of people have no kind: they stand in none. */
const fields: Record<string, Kind> = {
  app: "id",
  audit: "count",
  action: "path",
  hash: "hash",
  status: "count",
  backup: "backup",
  by: "key",
  call: "id",
  channel: "id",
  contact: "id",
  conversation: "id",
  delivery: "id",
  endpoint: "id",
  event: "id",
  key: "key",
  message: "id",
  node: "id",
  replay: "id",
  masterKey: "word",
  payload: "count",
  answered: "count",
  bytes: "count",
  calls: "count",
  events: "count",
  expired: "count",
  httpStatus: "count",
  duplicates: "count",
  latencyMs: "count",
  nextInMs: "count",
  queued: "count",
  skipped: "count",
  tries: "count",
  count: "count",
  ms: "count",
  parts: "count",
  pending: "count",
  port: "count",
  rows: "count",
  seconds: "count",
  unknown: "count",
  unrouted: "count",
  as: "word",
  category: "word",
  code: "word",
  kind: "word",
  level: "word",
  method: "word",
  outcome: "word",
  signal: "word",
  since: "time",
  until: "time",
  state: "word",
  changed: "words",
  part: "sentence",
  file: "path",
  route: "path",
  path: "pointer",
  from: "address",
  rule: "word",
  reason: "sentence",
  problem: "sentence",
  error: "sentence",
  err: "error",
};

const withheld = "[withheld]";
const shapes = {
  /** Ours: a UUID, a prefix and hex, that of a raw webhook (its payload's number), or a plain name. */
  id: /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z]{2,6}_[0-9a-f]{8,40}|raw_(?:app_)?\d{1,12}|[a-z][a-z-]{0,31})$/,
  /** A backup's file: its time, and some hex. */
  backup: /^antiphon-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-[0-9a-f]{8}\.db$/,
  /** As every timestamp of ours is written. */
  time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/,
  word: /^[\w.:+-]{1,32}$/,
  hash: /^[0-9a-f]{8,64}$/,
  /** The id of an API key, which is no secret. */
  key: /^key_\w{1,32}$/,
  path: /^[\w./:{}*\\ -]{1,300}$/,
} as const;

/** The fields of a line as they may be written. */
export function loggable(given: object): Record<string, unknown> {
  const told = Object.entries(given).map(([name, value]) => {
    const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return [name, value === undefined ? undefined : kind ? shown(kind, value) : "[not listed]"];
  });
  return Object.fromEntries(told);
}

function shown(kind: Kind, value: unknown): unknown {
  if (kind === "error") return errorShown(value);
  if (kind === "count") return typeof value === "number" || typeof value === "boolean" ? value : withheld;
  if (kind === "words" && Array.isArray(value)) return value.map((one) => shown("word", one));
  // A process that ended by a signal has no code; an exit code is a number.
  if (value === null || (kind === "word" && typeof value === "number" && Math.abs(value) < 1e6)) return value;
  if (typeof value !== "string") return withheld;
  if (kind === "address") return isIP(value) ? value : withheld;
  if (kind === "sentence") return masked(value);
  if (kind === "word" || kind === "words") return shapes.word.test(value) ? masked(value) : withheld;
  if (kind === "pointer") return value.slice(0, maxSentence).split("/").map(stepShown).join("/");
  return shapes[kind].test(value) ? value : withheld;
}

/** A step of a pointer into what a platform posted: a field's name, or a place in a list. */
function stepShown(step: string): string {
  return /^(?:[a-z_]{0,40}|\d{1,4})$/.test(step) ? step : "…";
}

const ownIds = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[a-z]{2,6}_[0-9a-f]{32}\b/;
/** What is quoted may be anybody's words; a URL tells its host alone; long numbers are people's, long words are keys. */
const foreign =
  /"[^"]*"?|“[^”]*”?|(?<!\w)'[^']{3,}'(?!\w)|\b(?<origin>https?:\/\/[^\s/?#@]+)[^\s]*|[^\s@]{1,64}@[^\s@]+|\+?\d[\d ().-]{4,}\d|[\w+/=|:.~-]{20,}/giu;
const maxSentence = 400;

/** A sentence that may hold what a platform said: without what could be a text, a token or a number of somebody. */
export function masked(sentence: string): string {
  return sentence
    .slice(0, maxSentence)
    .split(new RegExp(`(${ownIds.source})`))
    .map((part, index) => (index % 2 === 1 ? part : part.replace(foreign, mask)))
    .join("")
    .replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, " ");
}

function mask(found: string, ...rest: unknown[]): string {
  const { origin } = rest.at(-1) as { origin?: string };
  if (origin !== undefined) return `${origin.toLowerCase()}/…`;
  // A plain word that is only long: `message_deliveries_and_reads`.
  return /^[a-z_.-]+$/.test(found) ? found : "…";
}

/**
 * An error without its message: a library's may quote what it was given, a URL with a token or a body (`JSON.parse`
 * does). What stays tells where and of what kind it was. Our own sentences are told, masked.
 */
export function errorShown(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { name: typeof error };
  const { code, syscall, errcode, address, port } = error as SystemError;
  const cause = error.cause instanceof Error && depth < 3 ? errorShown(error.cause, depth + 1) : undefined;
  return {
    name: wordOf(error.name),
    ...(error instanceof GatewayError && { message: masked(error.detail) }),
    ...(code !== undefined && { code: wordOf(String(code)) }),
    ...(syscall !== undefined && { syscall: wordOf(syscall) }),
    ...(errcode !== undefined && { errcode: Number(errcode) }),
    // A socket's path is none, and says nothing that its code does not.
    ...(typeof address === "string" && isIP(address) !== 0 && { address, port: shown("count", port) }),
    at: framesOf(error),
    ...(cause && { cause }),
  };
}

/** SQLite gives an `errcode`, a socket the address that it was for. */
type SystemError = NodeJS.ErrnoException & { errcode?: number; address?: unknown; port?: unknown };

function wordOf(text: string): string {
  return shapes.word.test(text) ? masked(text) : withheld;
}

const frame = /^ {4}at (?:[\w.<>#$ [\]]{1,200} \()?(?:file:\/\/|node:)[\w./@%-]{1,300}:\d+:\d+\)?$/;

/** The lines below the message, however many lines that has. */
function framesOf({ stack = "", name, message }: Error): string[] {
  const head = message === "" ? name : `${name}: ${message}`;
  const below = stack.startsWith(head) ? stack.slice(head.length) : "";
  return below
    .split("\n")
    .filter((line) => frame.test(line))
    .map((line) => line.trim());
}
