import type { Json, JsonObject } from "../../../core/json.ts";
import type { SimulatedAccount, World } from "../../../core/simulation.ts";
import { appOf } from "./apps.ts";

/** Meta gives up after seven days (webhooks overview, read 2026-11-21; another page says 36 hours). */
export const keptMs = 7 * 24 * 60 * 60 * 1000;

const maxRetryMs = 60_000;

/** At once, then 1, 2, 4 … seconds up to a minute; Meta's own steps are not published. */
export const retryAfterMs = (tries: number): number =>
  tries <= 1 ? 0 : Math.min(1000 * 2 ** (tries - 2), maxRetryMs);

/** JSON as Meta writes it: `/` and everything beyond ASCII escaped. The signature is over exactly this text. */
function metaJson(value: Json): string {
  return JSON.stringify(value)
    .replaceAll("/", "\\/")
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A POST signed with the secret of the account's app. */
export function signedPost(world: World, account: SimulatedAccount, payload: JsonObject) {
  const body = metaJson(payload);
  const signature = world.sign(appOf(world, account).app_secret, body);
  return {
    headers: { "x-hub-signature-256": `sha256=${signature}`, "user-agent": "facebookexternalua" },
    body,
  };
}

type Entry = JsonObject & { id: string };

/** What an entry holds: WhatsApp's changes, or the events of a page or an Instagram account. */
const itemsOf = (entry: Entry) => (Array.isArray(entry.changes) ? "changes" : "messaging");

function joined(entries: Entry[]): Entry {
  const last = entries.at(-1) as Entry;
  const key = itemsOf(last);
  return { ...last, [key]: entries.flatMap((entry) => entry[key] as Json[]) };
}

/** Entries that follow each other and are of one account are one; of a single account they are two halves. */
function runs(entries: Entry[]): Entry[][] {
  if (entries.every(({ id }) => id === entries[0]?.id)) {
    const half = Math.ceil(entries.length / 2);
    return [entries.slice(0, half), entries.slice(half)];
  }
  const found: Entry[][] = [];
  for (const entry of entries) {
    const run = found.at(-1);
    if (run?.[0]?.id === entry.id) run.push(entry);
    else found.push([entry]);
  }
  return found;
}

/** All events in one POST over several entries: those of the accounts of an app, or two of the same account. */
export function batchEntries(payloads: JsonObject[]): JsonObject[] {
  const first = payloads[0];
  if (!first || payloads.length < 2) return payloads;
  const entries = payloads.flatMap((payload) => payload.entry as Entry[]);
  return [{ ...first, entry: runs(entries).map(joined) }];
}
