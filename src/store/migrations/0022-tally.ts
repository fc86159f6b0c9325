/**
 * How many messages, calls and deliveries there are, by state, of each channel or endpoint, in buckets of 16,384 rows: kept
 * by triggers, so that metrics cost the same beside a million rows, and a bucket at a time can be counted anew and
 * compared. Under the empty state stands how many were ever added and not deleted: the sum of the others, if all is well.
 * `trace` is the W3C trace context under which something was accepted.
 */
export const tally = `
CREATE TABLE tally (
  kind TEXT NOT NULL,
  owner TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  state TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (kind, owner, bucket, state)
) STRICT, WITHOUT ROWID;
${kept("messages", "channel_id", "status")}
${kept("calls", "channel_id", "state")}
${kept("deliveries", "endpoint_id", "state")}

INSERT INTO tally SELECT 'unknown_parts', '', 0, '', count(*) FROM unknown_parts;
CREATE TRIGGER tally_unknown_parts_added AFTER INSERT ON unknown_parts BEGIN
  UPDATE tally SET count = count + 1 WHERE kind = 'unknown_parts' AND owner = '' AND bucket = 0 AND state = '';
END;
CREATE TRIGGER tally_unknown_parts_gone AFTER DELETE ON unknown_parts BEGIN
  UPDATE tally SET count = count - 1 WHERE kind = 'unknown_parts' AND owner = '' AND bucket = 0 AND state = '';
END;

ALTER TABLE messages ADD COLUMN trace TEXT;
ALTER TABLE payloads ADD COLUMN trace TEXT;
ALTER TABLE app_payloads ADD COLUMN trace TEXT;
`;

function kept(table: string, owner: string, state: string): string {
  const add = (row: string, of: string) =>
    `INSERT INTO tally VALUES ('${table}', ${row}.${owner}, ${row}.seq >> 14, ${of}, 1)
    ON CONFLICT (kind, owner, bucket, state) DO UPDATE SET count = count + 1;`;
  const take = (of: string) =>
    `UPDATE tally SET count = count - 1
    WHERE kind = '${table}' AND owner = OLD.${owner} AND bucket = OLD.seq >> 14 AND state = ${of};`;
  return `
INSERT INTO tally SELECT '${table}', ${owner}, seq >> 14, ${state}, count(*) FROM ${table} GROUP BY 2, 3, 4;
INSERT INTO tally SELECT '${table}', ${owner}, seq >> 14, '', count(*) FROM ${table} GROUP BY 2, 3;
CREATE TRIGGER tally_${table}_added AFTER INSERT ON ${table} BEGIN
  ${add("NEW", "''")}
  ${add("NEW", `NEW.${state}`)}
END;
CREATE TRIGGER tally_${table}_changed AFTER UPDATE OF ${state} ON ${table} WHEN OLD.${state} <> NEW.${state} BEGIN
  ${take(`OLD.${state}`)}
  ${add("NEW", `NEW.${state}`)}
END;
CREATE TRIGGER tally_${table}_gone AFTER DELETE ON ${table} BEGIN
  ${take("''")}
  ${take(`OLD.${state}`)}
END;`;
}
