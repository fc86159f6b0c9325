/**
 * What was done by whom. Each hash is of its entry and of the hash before it; `audit_base` in the settings is the hash
 * before the first entry that is kept, `audit_head` the number and the hash of the last.
 */
export const audit = `
CREATE TABLE audit (
  number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  key_name TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT,
  fields TEXT NOT NULL,
  address TEXT NOT NULL,
  status INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_target ON audit (target, number) WHERE target IS NOT NULL;
`;
