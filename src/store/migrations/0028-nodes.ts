/**
 * Which node works for what, where several share a store, and what they tell each other. A node that is not here has
 * ended, and leases nothing.
 */
export const nodes = `
CREATE TABLE nodes (
  id TEXT PRIMARY KEY,
  beat INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  node TEXT,
  fence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX leases_node ON leases (node);
CREATE TABLE changes (
  kind TEXT PRIMARY KEY,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE wakes (
  name TEXT NOT NULL,
  lane TEXT NOT NULL,
  PRIMARY KEY (name, lane)
) STRICT, WITHOUT ROWID;
`;
