/**
 * The keys that seal secrets, each wrapped by a master key that is never here. What was stored before them in plain
 * text is sealed by the start that makes the first one: see `sql/sealing.ts`.
 */
export const dataKeys = `
CREATE TABLE data_keys (
  id INTEGER PRIMARY KEY,
  master TEXT NOT NULL,
  wrapped TEXT NOT NULL,
  used INTEGER NOT NULL DEFAULT 0
) STRICT;
`;
