import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const fields =
  "id, direction, channel_id, conversation_id, address, content, kind, status, created_at, platform_ids";

/**
 * Writes so many received messages into the database of a gateway that is stopped, in the conversation that it has
 * already: a second for 100,000, where accepting them one by one would take minutes.
 */
export function addMessages(dataDir: string, count: number): void {
  const db = new DatabaseSync(join(dataDir, "antiphon.db"));
  try {
    const known = db.prepare("SELECT id, channel_id FROM conversations ORDER BY seq LIMIT 1").get();
    if (!known) throw new Error("There is no conversation yet: let somebody write first.");
    const { id, channel_id } = known as { id: string; channel_id: string };
    db.exec("BEGIN");
    db.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO messages (${fields})
       SELECT printf('msg_%032x', i), 'in', ?, ?, '1', json_object('type', 'text', 'text', json_object('body',
         printf('Message %d: نص عربي، emoji 🍕 and a few words more that are cut at the end of a narrow row', i))),
         'text', 'received', 1767225600000 + i * 1000, '[]' FROM n`,
    ).run(count, channel_id, id);
    db.exec(
      "UPDATE conversations SET last_seq = (SELECT max(seq) FROM messages WHERE conversation_id = conversations.id)",
    );
    db.exec("COMMIT");
  } finally {
    db.close();
  }
}
