/**
 * Requests with an Idempotency-Key, under a hash; without a status until they are answered. A hash is a random key: it
 * is kept out of the rows' own order, so that answers are appended and the oldest, which go first, lie together.
 */
export const keyedRequests = `
CREATE TABLE keyed_requests (
  seq INTEGER PRIMARY KEY,
  scope TEXT NOT NULL UNIQUE,
  fingerprint TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  status INTEGER,
  content_type TEXT,
  body TEXT
) STRICT;
CREATE INDEX keyed_requests_expiry ON keyed_requests (expires_at);
`;
