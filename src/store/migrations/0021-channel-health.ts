/** How each channel fares, as JSON of the gateway's own: what it last found of its registration and its token. */
export const channelHealth = `
CREATE TABLE channel_health (
  channel_id TEXT PRIMARY KEY,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE channels ADD COLUMN restricted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN resumes_at INTEGER;
`;
