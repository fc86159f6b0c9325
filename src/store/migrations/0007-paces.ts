/**
 * How far rates are used up, and pauses, so that a restart knows them; the throughput of a channel, and whether it waits
 * for other credentials.
 */
export const paces = `
CREATE TABLE paces (key TEXT PRIMARY KEY, full_at REAL NOT NULL) STRICT, WITHOUT ROWID;
ALTER TABLE channels ADD COLUMN messages_per_second INTEGER;
ALTER TABLE channels ADD COLUMN awaits_credentials INTEGER NOT NULL DEFAULT 0;
`;
