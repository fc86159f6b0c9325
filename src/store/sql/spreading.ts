import type { Store } from "../store.ts";
import type { Db, Work } from "./db.ts";

/** How far the filling has come; when it is over there is nothing to look at any more. */
const settingKey = "shard_keys";
const over = "filled";
/** Each may have ten rows that are its own. */
const rowsAtATime = 200;

const given = (table: string, owner: string, found: string) =>
  `UPDATE ${table} SET channel_id = owner.channel_id FROM ${owner} AS owner
   WHERE owner.${keyOf(owner)} > ? AND owner.${keyOf(owner)} <= ? AND ${table}.${found} AND ${table}.channel_id = ''`;

/** Owners in the order of their keys, each with what gives the rows that are theirs their shard key. */
const owners: readonly { table: string; fills: readonly string[] }[] = [
  {
    table: "calls",
    fills: [
      given("attempts", "calls", "call_id = owner.id"),
      given("receipts", "calls", "call_id = owner.id"),
    ],
  },
  {
    table: "messages",
    fills: [
      given("history", "messages", "message_id = owner.id"),
      given("message_payloads", "messages", "message_id = owner.id"),
    ],
  },
  { table: "conversations", fills: [given("watermarks", "conversations", "conversation_id = owner.id")] },
  { table: "payloads", fills: [given("unknown_parts", "payloads", "payload_id = owner.id")] },
  {
    table: "deliveries",
    fills: [
      `UPDATE deliveries SET channel_id = coalesce(
         (SELECT channel_id FROM events WHERE id = deliveries.event_id),
         (SELECT channel_id FROM payloads WHERE id = deliveries.payload_id))
       WHERE seq > ? AND seq <= ? AND channel_id IS NULL`,
      `UPDATE delivery_attempts SET endpoint_id = owner.endpoint_id, channel_id = owner.channel_id FROM deliveries AS owner
       WHERE owner.seq > ? AND owner.seq <= ? AND delivery_attempts.delivery_id = owner.id AND delivery_attempts.endpoint_id = ''`,
    ],
  },
];

function keyOf(owner: string): string {
  return owner === "payloads" ? "id" : "seq";
}

export function spreadingPart(db: Db): Pick<Store, "fillShardKeys"> {
  return { fillShardKeys: () => db.write(() => fillSome(db)) };
}

function* fillSome(db: Db): Work<boolean> {
  const { value = "" } =
    (yield* db.one<{ value: string }>("SELECT value FROM settings WHERE key = ?", settingKey)) ?? {};
  if (value === over) return false;
  const [name = owners[0]!.table, after = "0"] = value.split(" ").filter((part) => part !== "");
  const index = owners.findIndex(({ table }) => table === name);
  const last = yield* lastOfPart(db, name, Number(after));
  if (last !== undefined) for (const fill of owners[index]!.fills) yield* db.run(fill, Number(after), last);
  const following = last === undefined ? owners[index + 1]?.table : `${name} ${last}`;
  yield* db.run(
    "INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    settingKey,
    following ?? over,
  );
  return following !== undefined;
}

/** Undefined: there are no more. */
function* lastOfPart(db: Db, table: string, after: number): Work<number | undefined> {
  const key = keyOf(table);
  const part = `SELECT ${key} AS key FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT ${rowsAtATime}`;
  return (
    (yield* db.one<{ last: number | null }>(`SELECT max(key) AS last FROM (${part}) AS part`, after))?.last ??
    undefined
  );
}
