/**
 * Contacts whose content goes everywhere, part by part, and what has gone: `names` are theirs until all of it is done.
 * What was seen is kept as a keyed hash, for a platform's id of an event may hold a person's number.
 */
export const erasures = `
INSERT INTO settings (key, value) VALUES ('hash_key', lower(hex(randomblob(32)))) ON CONFLICT DO NOTHING;
UPDATE seen SET dedupe_key = keyed_hash(dedupe_key);

CREATE TABLE erasures (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  contact_id TEXT NOT NULL UNIQUE,
  channel_id TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  erased_at INTEGER,
  phase TEXT NOT NULL,
  position INTEGER NOT NULL DEFAULT 0,
  names TEXT NOT NULL,
  lanes TEXT NOT NULL,
  messages INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX erasures_open ON erasures (seq) WHERE erased_at IS NULL;
ALTER TABLE messages ADD COLUMN erased_at INTEGER;
CREATE INDEX deliveries_of_payload ON deliveries (payload_id) WHERE payload_id IS NOT NULL;
CREATE INDEX deliveries_of_app_payload ON deliveries (app_payload_id) WHERE app_payload_id IS NOT NULL;
CREATE INDEX contacts_channel ON contacts (channel_id, seq);
`;
