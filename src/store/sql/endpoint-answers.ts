import type { Db, Work } from "./db.ts";

/** What endpoints answered to deliveries of something may repeat it. By the id of each, so that no other day is looked into. */
export function* forgetAnswers(
  db: Db,
  column: "event_id" | "payload_id" | "app_payload_id",
  key: string | number,
): Work<void> {
  const sql = "UPDATE delivery_attempts SET answer = '' WHERE answer <> '' AND delivery_id = ?";
  for (const { id } of yield* db.all<{ id: string }>(`SELECT id FROM deliveries WHERE ${column} = ?`, key))
    yield* db.run(sql, id);
}
