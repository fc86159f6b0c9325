/**
 * Apps whose one webhook serves several channels, watermarks, and what an erased message leads to: its payloads and
 * its events. `sent_at` is when a call began by our clock, or earlier where the platform says so.
 *
 * What waits to be read has the negative of its arrival in `digested_at` and `routed_at`: a row that keeps its size is
 * overwritten where it stands, while one that grows makes SQLite move its neighbours and leave copies of them in the
 * free space of their page, out of reach of an erasure.
 */
export const apps = `
CREATE TABLE apps (
  id TEXT PRIMARY KEY,
  provider TEXT NOT NULL,
  app_id TEXT NOT NULL,
  name TEXT NOT NULL,
  secrets TEXT NOT NULL,
  verify_token TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  removed_at INTEGER,
  unknown_parts INTEGER NOT NULL DEFAULT 0,
  refused_parts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX apps_provider ON apps (provider, app_id) WHERE removed_at IS NULL;

ALTER TABLE channels ADD COLUMN app_id TEXT REFERENCES apps (id);
CREATE INDEX channels_app ON channels (app_id) WHERE removed_at IS NULL;
ALTER TABLE channels ADD COLUMN options TEXT;

CREATE TABLE app_payloads (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  app_id TEXT NOT NULL REFERENCES apps (id),
  received_at INTEGER NOT NULL,
  body TEXT NOT NULL,
  routed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX app_payloads_waiting ON app_payloads (app_id, id) WHERE routed_at < 0;
CREATE TABLE unrouted_parts (
  app_id TEXT NOT NULL,
  app_payload_id INTEGER NOT NULL REFERENCES app_payloads (id),
  path TEXT NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
ALTER TABLE payloads ADD COLUMN app_payload_id INTEGER REFERENCES app_payloads (id);
UPDATE payloads SET digested_at = -received_at WHERE digested_at IS NULL;
DROP INDEX payloads_waiting;
CREATE INDEX payloads_waiting ON payloads (channel_id, id) WHERE digested_at < 0;

ALTER TABLE messages ADD COLUMN payload_id INTEGER;
ALTER TABLE messages ADD COLUMN edited_at INTEGER;
CREATE TABLE message_payloads (
  message_id TEXT NOT NULL,
  payload_id INTEGER NOT NULL,
  PRIMARY KEY (message_id, payload_id)
) STRICT, WITHOUT ROWID;
ALTER TABLE events ADD COLUMN message_id TEXT;
UPDATE events SET message_id = json_extract(body, '$.message.id')
WHERE type IN ('message.received', 'message.edited');
CREATE INDEX events_message ON events (message_id) WHERE message_id IS NOT NULL;

CREATE TABLE watermarks (
  conversation_id TEXT NOT NULL,
  status TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, status)
) STRICT, WITHOUT ROWID;
ALTER TABLE calls ADD COLUMN sent_at INTEGER;
UPDATE calls SET sent_at = began_at WHERE state = 'accepted';
CREATE INDEX calls_sent ON calls (conversation_id, sent_at) WHERE state = 'accepted';
`;
