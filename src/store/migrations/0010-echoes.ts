/**
 * Echoes that name no message of ours, kept for a day: the call that they are of may be under way still. `likeness` of
 * a call is what its echo would show, once it was not answered. `matched_by` tells of a receipt that it came so.
 */
export const echoes = `
CREATE TABLE echoes (
  channel_id TEXT NOT NULL,
  platform_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  likeness TEXT NOT NULL,
  at INTEGER NOT NULL,
  kept_at INTEGER NOT NULL,
  PRIMARY KEY (channel_id, platform_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX echoes_alike ON echoes (conversation_id, likeness, at);
CREATE INDEX echoes_kept ON echoes (kept_at);
ALTER TABLE calls ADD COLUMN likeness TEXT;
CREATE INDEX calls_alike ON calls (conversation_id, likeness) WHERE likeness IS NOT NULL;
ALTER TABLE receipts ADD COLUMN matched_by TEXT;
ALTER TABLE history ADD COLUMN matched_by TEXT;
`;
