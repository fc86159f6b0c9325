/** Who is signed in to the console, by a hash of what their browser keeps. `key_hash`: of the key as it was then. */
export const sessions = `
CREATE TABLE sessions (
  hash TEXT PRIMARY KEY,
  key_id TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_key ON sessions (key_id, expires_at);
`;
