import { text } from "../column-types.ts";

/**
 * SQLite's migration 0029 says what for. A gateway of the version before, which runs on until it is stopped, leaves the
 * new columns out of its rows: there the triggers fill them in.
 */
export const shardKeys = `
${["attempts", "receipts", "history", "message_payloads", "watermarks", "unknown_parts"]
  .map((table) => `ALTER TABLE ${table} ADD COLUMN channel_id ${text} NOT NULL DEFAULT '';`)
  .join("\n")}
ALTER TABLE paces ADD COLUMN channel_id ${text} NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN channel_id ${text};
ALTER TABLE delivery_attempts ADD COLUMN endpoint_id ${text} NOT NULL DEFAULT '', ADD COLUMN channel_id ${text};

${ofOwner("attempts", "calls WHERE id = NEW.call_id")}
${ofOwner("receipts", "calls WHERE id = NEW.call_id")}
${ofOwner("history", "messages WHERE id = NEW.message_id")}
${ofOwner("message_payloads", "messages WHERE id = NEW.message_id")}
${ofOwner("watermarks", "conversations WHERE id = NEW.conversation_id")}
${ofOwner("unknown_parts", "payloads WHERE id = NEW.payload_id")}
${filling(
  "delivery_attempts",
  "endpoint_id",
  `SELECT endpoint_id, channel_id INTO NEW.endpoint_id, NEW.channel_id FROM deliveries WHERE id = NEW.delivery_id;
  NEW.endpoint_id := coalesce(NEW.endpoint_id, '');`,
)}
`;

function ofOwner(table: string, owner: string): string {
  return filling(table, "channel_id", `NEW.channel_id := coalesce((SELECT channel_id FROM ${owner}), '');`);
}

function filling(table: string, column: string, body: string): string {
  return `CREATE FUNCTION shard_key_${table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  ${body}
  RETURN NEW;
END $$;
CREATE TRIGGER shard_key_${table} BEFORE INSERT ON ${table} FOR EACH ROW WHEN (NEW.${column} = '')
  EXECUTE FUNCTION shard_key_${table}();`;
}
