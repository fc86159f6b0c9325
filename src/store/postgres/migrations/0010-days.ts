/**
 * What only grows, and is read by one key, lies in parts by the day that stands in the ids of what its rows are of: a day
 * goes as a whole. What was stored so far stays in one part, until two midnights from now, and `rest` takes what no day is
 * made for: `days.ts` makes them.
 */
export const days = `
${byDay("history", "message_id", "msg")}
${byDay("delivery_attempts", "delivery_id", "dlv")}
`;

/** The former table is scanned once to see that all of it fits (0.5 s for a million rows, tried); nothing is written anew. */
function byDay(table: string, key: string, prefix: string): string {
  const index = `${table}_${key.replace("_id", "")}`;
  return `
ALTER TABLE ${table} RENAME TO ${table}_before;
ALTER INDEX ${index} RENAME TO ${table}_before_id;
DROP TRIGGER shard_key_${table} ON ${table}_before;
CREATE TABLE ${table} (LIKE ${table}_before INCLUDING DEFAULTS INCLUDING IDENTITY) PARTITION BY RANGE (${key});
SELECT setval(pg_get_serial_sequence('${table}', 'seq'), nextval(pg_get_serial_sequence('${table}_before', 'seq')), false);
ALTER TABLE ${table}_before ALTER COLUMN seq DROP IDENTITY, DROP CONSTRAINT ${table}_pkey;
ALTER TABLE ${table}_before ALTER COLUMN seq SET NOT NULL;
CREATE INDEX ${index} ON ${table} (${key});
CREATE TABLE ${table}_rest PARTITION OF ${table} DEFAULT;
DO $$ DECLARE until text; BEGIN
  SELECT '${prefix}_' || lpad(to_hex((floor(extract(epoch FROM now()) / 86400)::bigint
    + CASE WHEN EXISTS (SELECT 1 FROM ${table}_before) THEN 2 ELSE 0 END) * 86400000), 12, '0') INTO until;
  WITH stray AS (DELETE FROM ${table}_before WHERE ${key} >= until RETURNING *) INSERT INTO ${table} SELECT * FROM stray;
  EXECUTE format('ALTER TABLE ${table} ATTACH PARTITION ${table}_before FOR VALUES FROM (MINVALUE) TO (%L)', until);
END $$;
CREATE TRIGGER shard_key_${table} BEFORE INSERT ON ${table} FOR EACH ROW
  WHEN (NEW.${table === "history" ? "channel_id" : "endpoint_id"} = '') EXECUTE FUNCTION shard_key_${table}();`;
}
